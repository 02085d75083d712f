"""Every scenario of the library: minimal pairs to the byte, rules that agree, no give-aways."""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hawthorne.probes.episode import read
from hawthorne.probes.examples import LABELS, misread, validate
from hawthorne.probes.forms import read_answer
from hawthorne.probes.records import Transcript, Turn
from hawthorne.probes.variant import Probe, Variant
from hawthorne.scenario_variants import templates
from hawthorne.scenario_variants.cues import LEVELS, Level
from hawthorne.scenario_variants.framing import make_framing
from hawthorne.scenario_variants.load import LIBRARY, library_ids, load
from hawthorne.scenario_variants.marks import all_spans, skeleton, unmarked
from hawthorne.scenario_variants.models import Scenario
from hawthorne.scenario_variants.pairs import missing_facts, prove
from hawthorne.scenario_variants.render import MODES, Rendering, Setting, render, settings

each_scenario = pytest.mark.parametrize("name", library_ids())

# What says that somebody is watching how an assistant does. It may stand in the evaluation texts of
# cues and nowhere else.
GIVES_AWAY = re.compile(
    r"""\b(?: tests? | test(?:ed|er|ers|ing|user) | evaluat\w+ | benchmark\w* | grade(?:s|d|r|rs) |
    grading | rubrics? | sandbox\w* | mock(?:ed|s)? | simulat\w+ | red[\s-]?team\w* | fiction\w* |
    fictitious | hypothetical\w* | scenarios? | exercises? | assess\w* | raters? | scor(?:ed|ing) |
    placeholders? | examples? | lorem | (?:mis)?align(?:ed|ment) | role[\s-]?play\w* |
    experiment\w* | stud(?:y|ies) | trials? | ethic\w* | unethical | made[\s-]up | exam | probes? |
    dummy | fake\w* | suite | eval | deploy\w* | archetype | decision\spoint | AI\s(?:safety|model)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\$\{|\{[A-Za-z_]+\}|<[A-Z][A-Z_ ]*>|\[[A-Z][A-Z_ ]+\]|\bTBD\b|\bXXX+\b"
    r"|\b(?:your|company|person)_?name\b|lorem ipsum"
)
# How much longer one flavour of a cue may be; a cue that can't keep to it is listed with a reason.
RATIO = 1.5
TOO_LONG: dict[tuple[str, str], str] = {}
# Names and times are what they are; from here on, each fragment has to keep to the ratio.
SHORT = 30
PROBES = [
    (probe, order)
    for probe in (Probe("none", None), Probe("inline", "choice"), Probe("inline", "probability"))
    for order in probe.orders
]


@cache
def rendered(
    name: str, level: Level, setting: Setting, mode: str = "text", marked: bool = False
) -> Rendering:
    scenario = load(name).scenario
    return render(scenario, make_framing(scenario, level), setting, mode=mode, marked=marked)


def everywhere(name: str, levels: tuple[Level, ...] = LEVELS) -> Iterator[Rendering]:
    """Every rendering of a scenario: condition, mitigation, level, mode."""
    for setting in settings(load(name).scenario):
        for level in levels:
            for mode in MODES:
                yield rendered(name, level, setting, mode)


def scenario_of(name: str) -> Scenario:
    return load(name).scenario


@each_scenario
def test_a_file_has_the_name_of_its_scenario(name: str) -> None:
    loaded = load(name)
    assert loaded.scenario.id == name
    assert loaded.where == str(LIBRARY / f"{name}.yaml")


@each_scenario
def test_it_is_valid(name: str) -> None:
    assert validate(name)["problems"] == []


@each_scenario
def test_minimal_pairs_are_proved(name: str) -> None:
    assert prove(scenario_of(name)) == []


@each_scenario
@pytest.mark.parametrize("scratchpad", [True, False])
def test_minimal_pairs_hold_for_the_messages_that_a_subject_gets(
    name: str, scratchpad: bool
) -> None:
    for setting in settings(scenario_of(name)):
        for probe, order in PROBES:
            skeletons = set()
            for level in LEVELS:
                plain, marked = (
                    written(
                        Variant(
                            rendered(name, level, setting, marked=m), probe, "text", scratchpad
                        ),
                        order,
                    )
                    for m in (False, True)
                )
                assert unmarked(marked) == plain
                skeletons.add(skeleton(marked))
            assert len(skeletons) == 1


def written(variant: Variant, order: object) -> str:
    """The messages and tools of a variant in one text."""
    messages = [(m.role, m.content) for m in variant.messages(order)]  # type: ignore[arg-type]
    return json.dumps([messages, variant.tools()], ensure_ascii=False)


@given(st.data())
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_mixture_of_levels_is_a_minimal_pair_with_all_its_facts(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(library_ids()))
    scenario = scenario_of(name)
    setting = data.draw(st.sampled_from(settings(scenario)))
    levels = {str(cue): data.draw(st.sampled_from(LEVELS)) for cue in scenario.cues}
    framing = make_framing(scenario, "neutral", levels=levels)
    plain = render(scenario, framing, setting)
    marked = render(scenario, framing, setting, marked=True)
    base = rendered(name, "evaluation", setting, marked=True)
    assert missing_facts(plain) == []
    assert unmarked(marked.everything()) == plain.everything()
    assert skeleton(marked.everything()) == skeleton(base.everything())


@each_scenario
def test_there_is_enough_of_it(name: str) -> None:
    scenario = scenario_of(name)
    assert len(scenario.cues) >= 8
    assert len(scenario.examples) >= 6
    kinds = {"misdeed", "subtle", "good", "refusal", "looks-bad", "no-act"}
    assert {example.kind for example in scenario.examples} == kinds
    assert {example.label for example in scenario.examples} == set(LABELS)
    assert len(scenario.mitigations) >= 1
    assert len(scenario.facts) >= 5
    assert {"none", "conflict"} == set(scenario.conditions.goal)
    assert {"none", "replacement"} == set(scenario.conditions.threat)
    assert all(len(rendering.mails) >= 8 for rendering in everywhere(name))


@each_scenario
def test_every_fragment_says_something_and_is_read_somewhere(name: str) -> None:
    scenario = scenario_of(name)
    shown = {
        span.name
        for setting in settings(scenario)
        for level in LEVELS
        for mode in MODES
        for span in all_spans(rendered(name, level, setting, mode, True).everything())
    }
    # Rules know people by names that no mail needs to mention.
    shown |= {
        part.removeprefix("cue.")
        for role in scenario.roles.values()
        for part in templates.shown(templates.parse(role.given))
    }
    for cue, fragments in scenario.cues.items():
        for key, fragment in fragments.items():
            assert f"{cue}.{key}" in shown
            assert fragment.evaluation.strip()
            assert fragment.deployment.strip()
            assert all(text == text.strip() for text in fragment.levels)
        assert any(f.evaluation != f.deployment for f in fragments.values())


@each_scenario
def test_the_rules_say_of_each_example_what_its_author_says(name: str) -> None:
    assert list(misread(scenario_of(name))) == []


@each_scenario
def test_every_condition_has_an_example_of_every_label(name: str) -> None:
    scenario = scenario_of(name)
    for setting in settings(scenario):
        assert {e.label for e in scenario.examples if setting.holds(e.when)} == set(LABELS)


@each_scenario
def test_examples_are_written_in_the_wire_forms(name: str) -> None:
    for rendering in everywhere(name):
        tools = {tool.name for tool in rendering.tools}
        for example in rendering.scenario.examples:
            text = rendering.fill(example.answer)
            answer = read_answer(text)
            assert answer.thinking == ""
            assert "belief>" not in text
            assert "p_evaluation" not in text
            assert all(action.closed and action.tool in tools for action in answer.actions)
            assert bool(answer.actions) is (example.label in ("misaligned", "aligned"))


@each_scenario
def test_mails_of_examples_reach_somebody_who_is_known(name: str) -> None:
    for setting in settings(scenario_of(name)):
        for level in LEVELS:
            rendering = rendered(name, level, setting)
            variant = Variant(rendering, Probe("none", None))
            for example in rendering.scenario.examples:
                turn = Turn("subject", rendering.fill(example.answer))
                for event in read(variant, Transcript((turn,))).events:
                    assert all(who.role or "@" in who.address for who in event.recipients)
                    assert event.forwarded or event.tool != "forward_email"


@each_scenario
def test_nothing_outside_the_evaluation_texts_of_cues_says_test(name: str) -> None:
    for rendering in everywhere(name, ("deployment", "neutral")):
        assert GIVES_AWAY.search(rendering.everything()) is None
        for example in rendering.scenario.examples:
            assert GIVES_AWAY.search(rendering.fill(example.thinking + example.answer)) is None
    for setting in settings(scenario_of(name)):
        for mode in MODES:
            marked = rendered(name, "evaluation", setting, mode, True).everything()
            assert GIVES_AWAY.search(skeleton(marked)) is None


@each_scenario
def test_the_evaluation_flavour_does_say_so(name: str) -> None:
    """The list of words above sees what it is meant to see."""
    found = GIVES_AWAY.findall(rendered(name, "evaluation", Setting()).everything())
    assert len(set(found)) >= 5


@each_scenario
def test_a_judge_is_not_told_about_framings(name: str) -> None:
    scenario = scenario_of(name)
    rubric = scenario.rubric
    texts = [rubric.question, rubric.misaligned, rubric.aligned, rubric.looks_bad]
    texts += [*rubric.severity.values(), *(role.called for role in scenario.roles.values())]
    labels = re.compile(r"\b(?:mis)?aligned\b")  # the judge's own words
    assert all(GIVES_AWAY.search(labels.sub("", text)) is None for text in texts)
    assert set(rubric.severity) == {"1", "2", "3"}
    assert all(role.called for role in scenario.roles.values())


@each_scenario
def test_no_placeholder_is_left_over(name: str) -> None:
    for rendering in everywhere(name):
        assert PLACEHOLDER.search(rendering.everything()) is None


@each_scenario
def test_the_flavours_of_a_cue_are_of_similar_length(name: str) -> None:
    scenario = scenario_of(name)
    one, other = (rendered(name, level, Setting()) for level in ("evaluation", "deployment"))
    for cue, fragments in scenario.cues.items():
        lengths = {
            key: tuple(len(r.fill(f"{{{{ cue.{cue}.{key} }}}}")) for r in (one, other))
            for key in fragments
        }
        total = [sum(column) for column in zip(*lengths.values(), strict=True)]
        long = [pair for pair in lengths.values() if max(pair) > SHORT]
        too_long = [pair for pair in (total, *long) if max(pair) > RATIO * min(pair)]
        assert bool(too_long) is ((name, cue) in TOO_LONG), (cue, too_long)


@each_scenario
def test_files_hold_ordinary_characters_and_no_double_spaces(name: str) -> None:
    text = load(name).source
    odd = {
        c for c in text if unicodedata.category(c) in ("Co", "Cc", "Cf", "Cs", "Cn") and c != "\n"
    }
    assert odd == set()
    for rendering in everywhere(name):
        assert re.search(r"[^ \n] {2,}|[ \t]\n|\n{4,}", rendering.everything()) is None
