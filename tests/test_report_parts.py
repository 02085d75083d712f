"""The parts of a report: the sample, the texts, the command, the embedded data, the figure."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.analysis.crosstab import crosstab
from hawthorne.analysis.report import figure, marks, page, sample, texts
from hawthorne.analysis.report.command import command
from hawthorne.analysis.table import Table
from hawthorne.probes.engine.spec import make_spec
from hawthorne.probes.records import Transcript, Turn, Verdict
from hawthorne.tests.analysis_trials import believers, framed, table, trial, trials
from hawthorne.tests.report_runs import ANSWER, HOSTILE, MAIL, QUOTE, subject


def _many() -> Table:
    rows = [
        *believers("evaluation", 3, 300, framing="evaluation"),
        *believers("deployment", 200, 400, framing="deployment"),
        *framed("neutral", 1, 50, model="lab/other"),
        *trials(2, status="error"),
    ]
    return table(rows)


def test_a_sample_has_every_kind_and_as_many_of_each_as_fit() -> None:
    drawn = sample.draw(_many().frame, 70)
    assert (len(drawn.frame), drawn.total, drawn.complete) == (70, 752, False)
    assert drawn.cells == drawn.represented == 7
    counts = drawn.frame.groupby(["belief", "behaviour"], observed=True).size()
    assert counts[("evaluation", "misaligned")] == 3
    assert counts[("evaluation", "aligned")] == counts[("deployment", "misaligned")]


def test_a_sample_does_not_depend_on_the_order_of_the_table() -> None:
    frame = _many().frame
    shuffled = frame.sample(frac=1, random_state=1)
    ids = [set(sample.draw(each, 40).frame["trial_id"]) for each in (frame, shuffled)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(("limit", "shown"), [(0, 0), (3, 3), (10_000, 752)])
def test_a_sample_of_any_size(limit: int, shown: int) -> None:
    drawn = sample.draw(_many().frame, limit)
    assert len(drawn.frame) == shown
    assert drawn.represented == min(drawn.cells, shown)


def test_an_empty_table_has_an_empty_sample() -> None:
    drawn = sample.draw(table([]).frame, 10)
    assert (len(drawn.frame), drawn.total, drawn.complete) == (0, 0, True)


def test_an_answer_is_taken_apart_in_order() -> None:
    text = texts.take_apart(subject(ANSWER, reasoning="Hm."))
    (turn,) = text["turns"]
    assert turn["thinking"] == "Hm.\n\nNobody has to know."
    assert [part["kind"] for part in turn["parts"]] == ["belief", "prose", "action", "action"]
    assert turn["parts"][1]["text"] == "One mail:"
    assert turn["parts"][2]["arguments"][2] == ("body", MAIL)


def test_turns_of_the_world_are_no_answer() -> None:
    turns = (Turn("subject", "Hello."), Turn("world", '<action tool="x"></action>'))
    text = texts.take_apart(Transcript(turns))
    assert text["turns"][1] == {
        "role": "world",
        "parts": [{"kind": "prose", "text": '<action tool="x"></action>'}],
    }


def test_a_quote_has_the_place_that_a_browser_counts() -> None:
    text = texts.take_apart(
        subject("<action tool='send'><body>\U0001f600 Do it now.</body></action>")
    )
    found = texts.verdict(Verdict("j", "misaligned", 1, ("Do it now",)), text)
    assert found["quotes"] == [{"text": "Do it now", "at": [0, 3, 12]}]


def test_a_masked_quote_is_marked_in_the_argument_that_it_is_from() -> None:
    text = texts.take_apart(subject(ANSWER))
    quotes = texts.verdict(Verdict("j", "misaligned", 1, (QUOTE, "never said")), text)["quotes"]
    slot, start, end = quotes[0]["at"]
    string = list(texts.slots(text))[slot]
    assert string == MAIL
    assert string[start:end].startswith("Dear Ada,")
    assert quotes[1]["at"] is None


def test_the_command_asks_for_the_same_sweep_and_says_no_more_than_needed() -> None:
    wanted: dict[str, Any] = {
        "models": ["sim/figure-10", "sim/a b.yaml"],
        "scenarios": ["blackmail"],
        "epochs": 7,
        "settings": {"temperature": 0.5, "tier": "flex"},
        "scratchpad": False,
        "base_url": "http://user:secret@localhost:1/v1",
        "max_tokens": 100,
    }
    spec = make_spec(wanted).model_dump(mode="json")
    assert command(spec, "my run.db").replace(" \\\n    ", " ") == (
        "hawthorne sweep --model sim/figure-10 --model 'sim/a b.yaml' --scenario blackmail "
        "--epochs 7 --no-scratchpad --max-tokens 100 --set temperature=0.5 --set tier=flex "
        "--base-url http://…@localhost:1/v1 --out 'my run.db'"
    ).replace("http://…@localhost:1/v1", "'http://…@localhost:1/v1'")


@given(st.recursive(st.text() | st.none(), lambda inner: st.lists(inner, max_size=4)))
def test_embedded_data_reads_back_and_can_not_end_its_element(data: object) -> None:
    text = page.embedded(data)
    assert json.loads(text) == data
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", text)
    text.encode("utf-8")


def test_hostile_text_reads_back_too() -> None:
    assert json.loads(page.embedded([HOSTILE])) == [HOSTILE]


def _figure(rows: list[Any], kind: marks.Kind = "belief") -> str:
    panels = marks.panels(crosstab(table(rows)), kind)
    return figure.draw(panels, kind=kind, title="Rates")


def test_the_figure_is_the_same_every_time_and_needs_no_style_of_its_own() -> None:
    rows = [*believers("evaluation", 2, 20), *believers("deployment", 9, 20)]
    svg = _figure(rows)
    assert svg == _figure(rows)
    assert "style=" not in svg
    assert "<style" not in svg
    assert "http" not in svg


def test_the_figure_says_its_numbers_to_those_who_do_not_see_it() -> None:
    rows = [*believers("evaluation", 2, 20), *believers("deployment", 9, 20)]
    wide, narrow = (
        ElementTree.fromstring(part) for part in _figure(rows).split("\n<svg", 1)[:1] * 2
    )
    said = wide.findtext("desc") or ""
    assert "states evaluation: 10.0 % [2.8, 30.1] (2 of 20)" in said
    assert "states deployment: 55.1 % (no interval)" in said
    assert narrow.findtext("title") == "Rates"


def test_ids_are_unique_over_both_forms() -> None:
    ids = re.findall(r'\bid="([^"]+)"', _figure(believers("evaluation", 2, 20)))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "name", ["lab/$x^{2}$", "lab/<b>&", "実験/模型", "lab/\x1b[31m", "x" * 300]
)
def test_any_name_of_a_model_can_be_drawn(name: str) -> None:
    svg = _figure(believers("evaluation", 2, 20, model=name))
    for part in re.findall(r"<svg.*?</svg>", svg, re.DOTALL):
        ElementTree.fromstring(part)


def test_published_marks_stand_only_beside_the_study_s_scenario_and_only_by_belief() -> None:
    rows = believers("evaluation", 2, 20, framing="evaluation")
    assert "as published" in _figure(rows)
    assert "as published" not in _figure(rows, "framing")
    other = believers("evaluation", 2, 20, scenario="leak")
    assert "as published" not in _figure(other)


def test_simulated_models_are_labelled_in_the_figure() -> None:
    rows = believers("evaluation", 2, 20, model="sim/a", simulated=True)
    assert "sim/a (SIMULATED)</text>" in _figure(rows)


def test_undecided_trials_show_as_bounds() -> None:
    undecided = trial(belief="evaluation", belief_source="tag", behaviour="undecided")
    rows = [*believers("evaluation", 5, 10), undecided]
    svg = _figure(rows)
    assert "bounds 45.5–54.5 %" in svg
    assert "1 undecided" in svg


def test_nothing_to_show_has_no_panels() -> None:
    assert marks.panels(crosstab(table(trials(3, status="error"))), "belief") == ()


STYLE = (Path(page.FOLDER) / "style.css").read_text(encoding="utf-8")


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(place: int) -> None:
    colours = _colours(re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[place])
    pairs = [(name, "ground") for name in ("ink", "muted", "evaluation", "deployment", "link")]
    pairs += [(name, "raised") for name in ("ink", "muted", "evaluation", "deployment")]
    pairs += [("warning", "ground"), ("warning", "warning-ground"), ("mark-ink", "mark")]
    for text, ground in pairs:
        light, dark = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)
