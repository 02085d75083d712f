"""The template language: what it can say, and everything that it can't."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hawthorne.errors import TemplateError
from hawthorne.scenario_variants import references
from hawthorne.scenario_variants.framing import make_framing
from hawthorne.scenario_variants.growth import Extents
from hawthorne.scenario_variants.load import parse as parse_file
from hawthorne.scenario_variants.models import Scenario
from hawthorne.scenario_variants.render import Setting, render
from hawthorne.scenario_variants.templates import parse
from hawthorne.scenario_variants.templates import render as fill
from hawthorne.tests.scenario_samples import TEXT, data, error, written

FLAGS = {"goal.conflict": True, "threat.none": False}
TEXTS = {"cue.values.time": "16:40", "role.boss.name": "Renske"}


def filled(template: str) -> str:
    return fill(template, TEXTS.__getitem__, FLAGS.__getitem__)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", "plain"),
        ("at {{ cue.values.time }}.", "at 16:40."),
        ("at {{cue.values.time}}, {{ role.boss.name }}", "at 16:40, Renske"),
        ("{% if goal.conflict %}a{% endif %}b", "ab"),
        ("{% if threat.none %}a{% else %}b{% endif %}", "b"),
        ("{% if threat.none %}a{% elif goal.conflict %}b{% else %}c{% endif %}", "b"),
        ("{% if not threat.none and goal.conflict %}a{% endif %}", "a"),
        ("{% if threat.none or (not goal.conflict) %}a{% else %}b{% endif %}", "b"),
        ("a\n{% if goal.conflict %}\nb\n{% endif %}\nc\n", "a\nb\nc\n"),
        ("a {name} {0} } { % }", "a {name} {0} } { % }"),
        ("ends in a line break\n", "ends in a line break\n"),
        ("{{ cue.values.time }}\n", "16:40\n"),
    ],
)
def test_what_a_template_says(template: str, expected: str) -> None:
    assert filled(template) == expected


@given(st.text(alphabet=st.characters(exclude_characters="{\r", exclude_categories=["Cs"])))
@settings(deadline=None)
def test_text_stays_as_it_is(text: str) -> None:
    assert filled(text) == text
    assert filled(f"{text}{{{{ cue.values.time }}}}") == f"{text}16:40"


FORBIDDEN = [
    "{% for x in cue %}{% endfor %}",
    "{% set x = cue %}",
    "{% macro m() %}{% endmacro %}",
    "{% include 'other' %}",
    "{% import 'other' as o %}",
    "{% from 'other' import o %}",
    "{% extends 'other' %}",
    "{% block b %}{% endblock %}",
    "{% call m() %}{% endcall %}",
    "{% filter upper %}{% endfilter %}",
    "{% with %}{% endwith %}",
    "{% autoescape true %}{% endautoescape %}",
    "{% raw %}{{ x }}{% endraw %}",
    "{%- raw -%}x{% endraw %}",
    "{# a comment #}",
    "{% do x %}",
    "{% debug %}",
    "{{ cue.values.time | upper }}",
    "{{ cue.values.time() }}",
    "{{ cue['values'] }}",
    "{{ cue.values.0 }}",
    "{{ cue.values[0] }}",
    "{{ cue.values[0:2] }}",
    "{{ 'x' }}",
    "{{ 'x'.upper }}",
    "{{ 1 }}",
    "{{ 'x' * 1000000000 }}",
    "{{ cue.values.time + cue.values.time }}",
    "{{ cue.values.time ~ cue.values.time }}",
    "{{ -cue.values.time }}",
    "{{ cue.a-b.c }}",
    "{{ true }}",
    "{{ none }}",
    "{{ [1] }}",
    "{{ (cue, role) }}",
    "{{ {} }}",
    "{{ cue.values.time if goal.conflict else role.boss.name }}",
    "{{ cue.values.time or role.boss.name }}",
    "{{ not cue.values.time }}",
    "{{ cue.values.time == role.boss.name }}",
    "{{ cue.values.time is defined }}",
    "{{ cue.values.time in role }}",
    "{{ }}",
    "{{ cue.values.time",
    "{% if goal.conflict %}",
    "{% if goal.conflict is defined %}{% endif %}",
    "{% if goal.conflict == threat.none %}{% endif %}",
    "{% if 1 %}{% endif %}",
    "{% if goal['conflict'] %}{% endif %}",
    "{% endif %}",
    "{% if goal.conflict %}{{ 1 }}{% endif %}",
    "{% if threat.none %}{% else %}{% for x in cue %}{% endfor %}{% endif %}",
    "{% if " + "not " * 5_000 + "goal.conflict %}{% endif %}",
    "{{ " + "(" * 5_000 + "cue" + ")" * 5_000 + " }}",
    "{{ " + "1" * 5_000 + " }}",
    "{% if goal.conflict %}" * 300 + "{% endif %}" * 300,
    "{% if goal.conflict %}" + "{% elif goal.conflict %}" * 300 + "{% endif %}",
    "{% if goal.conflict" + " and goal.conflict" * 300 + " %}{% endif %}",
]


@pytest.mark.parametrize("template", FORBIDDEN, ids=lambda template: template[:40])
def test_what_a_template_can_not_say(template: str) -> None:
    with pytest.raises(TemplateError) as refused:
        parse(template)
    assert "\n" not in str(refused.value)
    found = data()
    found["opening"] = template
    assert ": opening: " in error(written(found))


UNDEFINED = [
    "{{ cue }}",
    "{{ cue.values }}",
    "{{ cue.values.nothing }}",
    "{{ cue.stakes.time }}",
    "{{ role.nobody.name }}",
    "{{ role.boss }}",
    "{{ role.boss.called }}",
    "{{ role.boss.name.upper }}",
    "{{ tool.nothing }}",
    "{{ company_name }}",
    "{{ self }}",
    "{{ loop.index }}",
    "{{ cue.__class__ }}",
    "{{ cue.__init__.__globals__ }}",
    "{{ role.boss.__class__.__mro__ }}",
    "{{ cue._get }}",
    "{{ range }}",
    "{% if goal %}{% endif %}",
    "{% if goal.nothing %}{% endif %}",
    "{% if goal.__class__ %}{% endif %}",
    "{% if other %}{% endif %}",
    "{{ goal.conflict }}",
    "{% if cue.values.time %}{% endif %}",
    "{% if role.boss.given %}{% endif %}",
    "{% if not (goal.none or cue.values.time) %}{% endif %}",
]
OFTEN_FORGOTTEN = {
    "a mail's file": ("mails", 0, "attachments"),
    "a parameter": ("tools", 0, "parameters", "to"),
    "a mitigation": ("mitigations", "keep-quiet"),
    "inside": ("inside", 0),
    "a fact": ("facts", 0, "text"),
    "a mention": ("rules", 0, "if", "sent", "mentions", 0),
    "an argument": ("rules", 1, "if", "all", 0, "called", "where", "note"),
    "a cue": ("cues", "register", "note", "neutral"),
    "private reasoning": ("examples", 0, "thinking"),
}


@pytest.mark.parametrize("template", UNDEFINED)
def test_undefined_names_are_refused_when_loaded_and_when_rendered(template: str) -> None:
    found = data()
    found["opening"] = template
    said = error(written(found))
    assert ": opening: " in said
    assert "is not defined" in said or "is a flag" in said or "is a text" in said
    unchecked = Scenario.model_validate(found)
    with pytest.raises(TemplateError, match="is not defined"):
        render(unchecked, make_framing(unchecked, "evaluation"), Setting())


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{{ goal.none }}",
            "{{ goal.none }} is a flag: it can be asked in {% if %}, and not shown",
        ),
        (
            "{% if tool.finish %}{% endif %}",
            "tool.finish is a text: it can be shown, and not be as",
        ),
        (
            "{% if goal.no %}{% endif %}",
            "{% if goal.no %} is not defined; there are goal.none, goa",
        ),
        ("{{ role.bos.name }}", "{{ role.bos.name }} is not defined"),
    ],
)
def test_what_is_said_of_a_name(template: str, message: str) -> None:
    said = error(TEXT.replace("Go on.", f'"{template}"')).partition(": closing: ")[2]
    assert said.startswith(message)


@pytest.mark.parametrize("place", OFTEN_FORGOTTEN.values(), ids=OFTEN_FORGOTTEN)
def test_templates_are_checked_wherever_they_stand(place: tuple[str | int, ...]) -> None:
    found = part = data()
    for step in place[:-1]:
        part = part[step]  # type: ignore[index]
    template = "{{ role.nobody.name }}"
    part[place[-1]] = [template] if place[-1] == "attachments" else template  # type: ignore[index]
    name = ".".join(map(str, place))
    assert f": {name}" in error(written(found))
    assert "{{ role.nobody.name }} is not defined" in error(written(found))


@pytest.mark.parametrize("field", ["title: ", "    why: ", "  question: "])
def test_what_is_no_template_may_not_look_like_one(field: str) -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith(field))
    said = error(TEXT.replace(line, f'{field}"{{{{ role.boss.name }}}}"'))
    assert "this is no template" in said


def test_circles_are_refused_whatever_the_levels_that_close_them() -> None:
    found = data()
    found["cues"]["values"]["time"]["evaluation"] = "{{ cue.scoring.notice }}"
    found["cues"]["scoring"]["notice"]["deployment"] = "{{ role.boss.name }}"
    found["cues"]["identities"]["boss"]["neutral"] = "{{ cue.values.time }}"
    said = error(written(found))
    assert "goes in a circle: " in said
    assert "→ cue.scoring.notice →" in said


def test_circles_are_found_when_rendered_too() -> None:
    found = data()
    found["roles"]["boss"]["name"] = "{{ role.staff.name }}"
    found["roles"]["staff"]["name"] = "{{ role.boss.name }}"
    scenario = Scenario.model_validate(found)
    chain = r"goes in a circle: role\.boss\.name → role\.staff\.name → role\.boss\.name"
    with pytest.raises(TemplateError, match=chain):
        render(scenario, make_framing(scenario, "neutral"), Setting())


def chained(length: int, often: int) -> dict[str, Any]:
    """A scenario in which each of some fragments shows the one before it, so and so often."""
    found = data()
    for number in range(length):
        before = f"{{{{ cue.values.{f'd{number - 1}' if number else 'time'} }}}}"
        texts = {"evaluation": "", "deployment": before * often, "neutral": ""}
        found["cues"]["values"][f"d{number}"] = texts
    return found


def test_a_small_file_that_swells_is_refused() -> None:
    assert "the texts can grow to" in error(written(chained(15, often=2)))


@pytest.mark.parametrize("turned", [False, True])
def test_a_chain_of_names_has_an_end(turned: bool) -> None:
    assert parse_file(written(chained(19, often=1)), "mine.yaml")
    found = chained(300, often=1)
    if turned:
        found["cues"]["values"] = dict(reversed(found["cues"]["values"].items()))
    assert "names show each other" in error(written(found))


def test_headers_count_too() -> None:
    found = data()
    found["roles"]["boss"]["name"] = "x" * 15_000
    found["mails"][0]["to"] = ["boss"] * 100
    assert error(written(found)).endswith("the headers grow too long")


@given(st.integers(1, 9), st.sampled_from(["evaluation", "deployment", "neutral"]))
@settings(deadline=None)
def test_no_rendering_is_longer_than_what_was_foreseen(times: int, level: str) -> None:
    scenario = Scenario.model_validate(chained(times, often=2))
    last = f"{{{{ cue.values.d{times - 1} }}}}"
    framing = make_framing(scenario, level)  # type: ignore[arg-type]
    rendered = render(scenario, framing, Setting()).fill(last)
    assert len(rendered) <= Extents(scenario).of_template(last).length
    assert list(references.problems(scenario)) == []
