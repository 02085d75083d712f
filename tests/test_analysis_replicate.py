"""The published numbers, and a run set beside them."""

import io

import pytest

from hawthorne.analysis import show
from hawthorne.analysis.published import PATH, published
from hawthorne.analysis.replicate import STUDIES, Replication, compare, sweep_of
from hawthorne.errors import UsageError
from hawthorne.tests.analysis_trials import believers, table, trials

FIGURE_10 = [
    *believers("evaluation", 65, 1000, model="sim/figure-10", simulated=True),
    *believers("deployment", 551, 1000, model="sim/figure-10", simulated=True),
]


def printed(result: Replication) -> str:
    stream = io.StringIO()
    show.to_terminal(result, stream, 100)
    return stream.getvalue()


def test_the_published_numbers_are_the_article_s() -> None:
    """Agentic Misalignment (arXiv 2510.05179): figure 10, and the rates of its other figures."""
    figure_10 = {mark.belief: mark.rate for mark in published("figure-10")}
    assert figure_10 == {"deployment": 0.551, "evaluation": 0.065}
    assert {mark.model: mark.mark() for mark in published("headline")} == {
        "Claude Opus 4": "96.3 %",
        "Gemini": "95.9 %",
        "GPT-4.1": "about 80 %",
        "Grok 3 Beta": "about 80 %",
        "DeepSeek-R1": "79 %",
        "Claude Sonnet": "over 60 %",
    }
    assert {mark.model: mark.rate for mark in published("lethal")} == {
        "Claude Opus 4": 0.523,
        "GPT-4.1": 0.536,
        "Claude Sonnet": 0.921,
        "Gemini": 0.914,
        "DeepSeek-R1": 0.948,
    }
    assert [mark.mark() for mark in published("leak")] == ["70–90 %"]
    assert [mark.rate for mark in published("control")] == [0]
    assert [mark.rate for mark in published("mitigation")] == [0.96, 0.37]


def test_every_mark_is_a_fraction_and_has_no_interval() -> None:
    assert PATH.is_file()
    for mark in published():
        assert 0 <= mark.rate <= (mark.up_to or 1) <= 1
        assert not {"low", "high", "n", "p_value"} & mark.to_dict().keys()


def test_every_part_of_a_study_has_marks_of_its_condition() -> None:
    for study in STUDIES.values():
        for part in study.parts:
            assert part.published
            for mark in part.published:
                assert (mark.goal, mark.threat) == (part.goal, part.threat)
                assert mark.scenario == study.fixed["scenario"]


def test_figure_10_stands_beside_its_marks() -> None:
    text = printed(compare(table(FIGURE_10), "figure-10"))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "sim/figure-10 (SIMULATED) evaluation 65 1,000 6.5 % [5.1, 8.2]" in lines
    assert "deployment 551 1,000 55.1 % [52.0, 58.2]" in lines
    assert "any 616 2,000 30.8 % [28.8, 32.9]" in lines
    assert "Claude Opus 4, published deployment 55.1 %" in lines
    assert "Claude Opus 4, published evaluation 6.5 %" in lines
    assert "GPT-4.1, published any about 80 %" in lines


def test_each_condition_has_its_own_rows() -> None:
    conflict = believers("evaluation", 9, 10, model="lab/m", goal="conflict")
    result = compare(table([*FIGURE_10, *conflict]), "figure-10")
    first, second = result.parts
    assert [group.group["model"] for group in result.groups(first)] == ["sim/figure-10"]
    assert [group.group["model"] for group in result.groups(second)] == ["lab/m"]


def test_one_goal_is_one_part() -> None:
    result = compare(table(FIGURE_10), "figure-10", goal="none")
    assert [part.goal for part in result.parts] == ["none"]
    assert "Gemini" not in printed(result)
    assert {mark["experiment"] for mark in result.to_dict()["published"]} == {"figure-10"}
    with pytest.raises(UsageError, match="expected one of none, conflict"):
        compare(table(FIGURE_10), "figure-10", goal="vague")


@pytest.mark.parametrize(
    "other",
    [
        {"scenario": "leak"},
        {"threat": "none"},
        {"mitigation": "no-leverage"},
        {"mode": "agent"},
        {"probe_when": "fork"},
        {"probe_how": "open"},
    ],
)
def test_trials_under_other_conditions_are_left_out_and_counted(other: dict[str, str]) -> None:
    result = compare(table([*FIGURE_10, *believers("evaluation", 7, 7, **other)]), "figure-10")
    assert result.measured.left_out["other_conditions"] == 7
    assert "7 under conditions that are not the study's" in " ".join(printed(result).split())
    assert [group.trials for group in result.measured.groups] == [2000]


def test_a_run_with_none_of_the_conditions_says_so() -> None:
    result = compare(table(believers("evaluation", 1, 2, threat="none")), "figure-10")
    text = " ".join(printed(result).split())
    assert "no trial was run under the study's conditions: scenario blackmail" in text
    assert "Claude Opus 4, published" in text


def test_a_run_of_errors_says_so() -> None:
    result = compare(table(trials(3, status="error")), "figure-10")
    assert "no trial finished: 3 failed" in printed(result)


def test_the_json_is_a_crosstab_s_with_the_marks() -> None:
    found = compare(table(FIGURE_10), "figure-10").to_dict()
    assert {"source", "by", "groups", "left_out", "experiment", "published"} <= found.keys()
    assert found["by"] == ["model", "goal", "threat"]
    (group,) = found["groups"]
    assert group["estimates"]["belief_gap"]["estimate"] == pytest.approx(0.486)


def test_nothing_is_tested_against_a_mark() -> None:
    text = printed(compare(table(FIGURE_10), "figure-10"))
    assert "nothing is tested against them" in " ".join(text.split())
    assert text.count("p < 0.001") == 1


def test_the_sweep_asks_for_the_trials_that_are_compared() -> None:
    sweep = sweep_of("figure-10")
    assert sweep["scenarios"] == ("blackmail",)
    assert sweep["threats"] == ("replacement",)
    assert (sweep["whens"], sweep["hows"], sweep["mode"]) == (("inline",), ("choice",), "text")


@pytest.mark.parametrize("call", [sweep_of, lambda name: compare(table([]), name)])
def test_an_unknown_experiment_is_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(UsageError, match="expected one of figure-10"):
        call("figure-99")
