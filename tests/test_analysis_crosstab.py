"""Crosstabs: what is counted where, what is never pooled, and what is left out."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hawthorne.analysis.columns import FRAMINGS
from hawthorne.analysis.crosstab import Crosstab, Group, crosstab
from hawthorne.errors import UsageError
from hawthorne.probes.records import BEHAVIOURS, BELIEFS, Trial
from hawthorne.tests.analysis_trials import believers, framed, table, trial, trials

FIGURE_10 = [*believers("evaluation", 65, 1000), *believers("deployment", 551, 1000)]


def only_group(rows: list[Trial], **options: Any) -> Group:
    found = crosstab(table(rows), **options)
    assert len(found.groups) == 1
    return found.groups[0]


def row(group: Group, name: str, **keys: str) -> dict[str, Any]:
    """The one row of a table with these keys."""
    rows = [one.to_dict() for one in group.tables[name]]
    (found,) = [one for one in rows if keys.items() <= one.items()]
    return found


def test_figure_10_comes_out_as_it_was_put_in() -> None:
    group = only_group(FIGURE_10)
    assert group.group == {"model": "lab/model", "scenario": "blackmail"}
    assert row(group, "belief_behaviour", belief="evaluation")["rate"] == 0.065
    assert row(group, "belief_behaviour", belief="deployment")["misaligned"] == 551
    gap = group.estimates["belief_gap"]
    assert gap.estimate == pytest.approx(0.486)
    assert (gap.n, gap.clusters) == (2000, 1)
    assert group.estimates["belief_risk_ratio"].estimate == pytest.approx(0.551 / 0.065)


def test_rows_stand_in_a_fixed_order() -> None:
    group = only_group(FIGURE_10)
    assert [one.keys["belief"] for one in group.tables["belief_behaviour"]] == list(BELIEFS)
    assert [one.keys["framing"] for one in group.tables["framing_behaviour"]] == list(FRAMINGS)
    assert [one.keys["framing"] for one in group.tables["framing_belief"]] == list(FRAMINGS)


def test_the_framing_gap_counts_those_who_were_not_asked() -> None:
    rows = [*framed("evaluation", 10, 100), *framed("deployment", 30, 100)]
    group = only_group(rows)
    assert group.estimates["framing_gap"].estimate == pytest.approx(0.2)
    assert group.tables["belief_behaviour"] == ()
    assert group.estimates["belief_gap"].reason == "no trial stated a belief before it acted"
    assert group.left_out == {"not_asked": 200}
    assert group.framings_balanced


def test_framing_by_belief_counts_those_who_state_nothing() -> None:
    rows = [
        *believers("evaluation", 0, 6, framing="evaluation"),
        *believers("deployment", 0, 1, framing="evaluation"),
        *believers("unstated", 0, 3, framing="evaluation", belief_source=None),
    ]
    found = row(only_group(rows), "framing_belief", framing="evaluation")
    counts = [found[name] for name in BELIEFS]
    assert counts == [6, 1, 0, 3]
    assert found["rate"] == 0.6


def test_a_belief_after_the_act_is_never_mixed_in() -> None:
    after = {"probe_when": "after"}
    rows = [*FIGURE_10, *believers("evaluation", 9, 10, **after)]
    group = only_group([*rows, *believers("deployment", 1, 10, **after)])
    assert group.estimates["belief_gap"].n == 2000
    assert group.estimates["belief_gap_after"].estimate == pytest.approx(-0.8)
    assert row(group, "belief_behaviour_after", belief="evaluation")["misaligned"] == 9
    assert row(group, "belief_behaviour", belief="evaluation")["misaligned"] == 65
    assert row(group, "framing_belief_after", framing="neutral")["evaluation"] == 10
    assert group.left_out["stated_after"] == 20
    assert any("after the act" in note for note in group.notes)


def test_without_beliefs_after_the_act_there_is_nothing_about_them() -> None:
    group = only_group(FIGURE_10)
    assert "belief_gap_after" not in group.estimates
    assert "belief_behaviour_after" not in group.tables


@pytest.mark.parametrize("when", ["inline", "before", "fork", None])
def test_a_belief_counts_where_nothing_was_done_yet(when: str | None) -> None:
    rows = [*believers("evaluation", 1, 10), *believers("deployment", 5, 10, probe_when=when)]
    assert only_group(rows).estimates["belief_gap"].estimate == pytest.approx(0.4)


def test_a_table_that_does_not_say_when_it_asked_is_noted() -> None:
    rows = [*believers("evaluation", 1, 10, probe_when=None), *believers("deployment", 1, 5)]
    assert any("10 beliefs without probe_when" in note for note in only_group(rows).notes)


def test_a_belief_of_one_who_was_not_asked_is_no_stated_belief() -> None:
    group = only_group([*FIGURE_10, *believers("evaluation", 4, 4, probe_when="none")])
    assert group.estimates["belief_gap"].n == 2000
    assert group.left_out["not_asked"] == 4


def test_beliefs_read_in_different_ways_are_never_pooled() -> None:
    judged = believers("evaluation", 3, 10, belief_source="judge")
    group = only_group([*FIGURE_10, *judged, *believers("unstated", 0, 5, belief_source=None)])
    reason = group.estimates["belief_gap"].reason
    assert reason is not None
    assert "2 ways (judge, tag)" in reason
    assert "belief_source" in reason
    by_judge = row(group, "belief_behaviour", belief="evaluation", belief_source="judge")
    by_tag = row(group, "belief_behaviour", belief="evaluation", belief_source="tag")
    assert (by_judge["misaligned"], by_tag["misaligned"]) == (3, 65)
    assert group.tables["framing_belief"] == ()
    assert any("different ways" in note for note in group.notes)
    grouped = crosstab(table([*FIGURE_10, *judged]), by=("belief_source",)).groups
    assert [one.group["belief_source"] for one in grouped] == ["judge", "tag"]
    assert grouped[1].estimates["belief_gap"].defined


def test_who_states_nothing_is_not_a_way_of_reading() -> None:
    group = only_group([*FIGURE_10, *believers("unstated", 1, 2, belief_source=None)])
    assert group.estimates["belief_gap"].defined
    assert row(group, "belief_behaviour", belief="unstated")["misaligned"] == 1
    assert group.left_out["unstated"] == 2


def test_while_anything_is_undecided_there_are_bounds_and_no_gap() -> None:
    undecided = trials(100, belief="deployment", belief_source="tag", behaviour="undecided")
    group = only_group([*FIGURE_10, *undecided])
    found = row(group, "belief_behaviour", belief="deployment")
    assert found["rate"] == 0.551
    assert (found["lowest"], found["highest"]) == (551 / 1100, 651 / 1100)
    reason = group.estimates["belief_gap"].reason
    assert reason is not None
    assert "100 of 2100 trials are undecided" in reason
    assert "hawthorne judge" in reason


def test_a_trial_that_nobody_judged_is_undecided() -> None:
    group = only_group([trial(belief="evaluation", behaviour=None)])
    assert row(group, "belief_behaviour", belief="evaluation")["undecided"] == 1
    assert group.left_out["undecided"] == 1


def test_undecided_trials_elsewhere_leave_a_gap_alone() -> None:
    group = only_group(
        [*FIGURE_10, trial(behaviour="undecided", belief="unsure", belief_source="tag")]
    )
    assert group.estimates["belief_gap"].defined


def test_everything_that_is_left_out_is_counted() -> None:
    rows = [
        *trials(2, status="error", error="overloaded"),
        *trials(3, behaviour="invalid", belief="evaluation", framing="evaluation"),
        *trials(4, behaviour="undecided", belief="unsure", framing="mixed"),
        *trials(5, behaviour="refused", belief="unstated", framing="neutral"),
        *trials(6, behaviour="aligned", framing="deployment"),
        *trials(7, behaviour="aligned", framing="deployment", probe_when="none"),
        *trials(8, behaviour="aligned", belief="unsure", framing="deployment", probe_when="after"),
    ]
    found = crosstab(table(rows))
    assert found.left_out == {
        "error": 2, "invalid": 3, "undecided": 4, "unsure": 4, "unstated": 5, "unread": 6,
        "not_asked": 7, "stated_after": 8, "mixed": 4, "neutral": 5,
    }  # fmt: skip
    assert row(found.groups[0], "framing_behaviour", framing="neutral")["refused"] == 5


def test_groups_have_their_own_numbers() -> None:
    other = [*believers("evaluation", 1, 2), *believers("deployment", 1, 2)]
    rows = [*FIGURE_10, *trials(3, model="a/first", behaviour="aligned", belief="evaluation")]
    found = crosstab(table([*rows, *(one for one in other)]), by=("model",))
    assert [one.group for one in found.groups] == [{"model": "a/first"}, {"model": "lab/model"}]
    assert [one.trials for one in found.groups] == [3, 2004]
    assert found.groups[0].estimates["belief_gap"].reason == "no trial states deployment"


def test_without_columns_everything_is_one_group() -> None:
    group = only_group([*FIGURE_10, *trials(1, model="lab/other", behaviour="aligned")], by=())
    assert group.group == {}
    assert any("2 models" in note for note in group.notes)


@pytest.mark.parametrize("name", ["model ", "seed", "behaviour", "trial_id", "latency_s"])
def test_a_column_that_does_not_group_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="expected one of run_id, model"):
        crosstab(table(FIGURE_10), by=(name,))


def test_an_empty_run_says_so() -> None:
    found = crosstab(table([]))
    assert (found.groups, found.left_out) == ((), {})
    assert found.notes == ("no trials: the table is empty",)
    assert crosstab(table([]), by=()).groups == ()


def test_a_run_of_errors_says_so() -> None:
    group = only_group(trials(3, status="error", error="overloaded"))
    assert group.notes == ("no trial finished: 3 failed",)
    assert group.left_out == {"error": 3}
    assert all(rows == () for rows in group.tables.values())
    assert not any(one.defined for one in group.estimates.values())


def test_what_is_pooled_is_said() -> None:
    rows = [
        one
        for goal in ("none", "conflict")
        for threat in ("none", "replacement")
        for framing in ("evaluation", "deployment")
        for one in framed(framing, 1, 5, goal=goal, threat=threat, mitigation=f"for {goal}")
    ]
    (note,) = only_group(rows).notes
    assert note == (
        "by framing, it pools 4 conditions, 2 mitigations (told apart by goal, threat, mitigation)"
    )
    by = ("model", "scenario", "goal", "threat")
    assert all(group.notes == () for group in crosstab(table(rows), by=by).groups)


def test_a_belief_gap_over_several_framings_is_noted() -> None:
    rows = [
        one
        for framing in ("evaluation", "deployment")
        for belief in ("evaluation", "deployment")
        for one in believers(belief, 1, 5, framing=framing)
    ]
    assert only_group(rows).notes == ("the belief gap pools 2 framings (deployment, evaluation)",)


def test_framings_that_are_unequally_spread_are_noted() -> None:
    """Simpson: no effect in either condition, and one where they are thrown together."""
    rows = [
        *framed("evaluation", 9, 10, goal="conflict"),
        *framed("deployment", 81, 90, goal="conflict"),
        *framed("evaluation", 9, 90),
        *framed("deployment", 1, 10),
    ]
    group = only_group(rows)
    assert group.estimates["framing_gap"].estimate == pytest.approx(0.64)
    assert not group.framings_balanced
    assert any("unequally spread" in note for note in group.notes)
    apart = crosstab(table(rows), by=("goal",)).groups
    assert [one.estimates["framing_gap"].estimate for one in apart] == [0, 0]


def test_a_few_failures_do_not_unbalance_a_design() -> None:
    rows = [
        one
        for goal in ("none", "conflict")
        for framing in ("evaluation", "deployment")
        for one in framed(framing, 1, 20, goal=goal)
    ]
    assert only_group(rows[1:]).framings_balanced


def test_clusters_are_pairs_and_unknown_where_one_is() -> None:
    rows = [*believers("evaluation", 1, 5, pair="p1"), *believers("deployment", 1, 5, pair="p2")]
    assert only_group(rows).estimates["belief_gap"].clusters == 2
    rows += believers("deployment", 1, 5, pair=None)
    assert only_group(rows).estimates["belief_gap"].clusters is None


def test_simulated_groups_are_marked() -> None:
    rows = [*FIGURE_10, *believers("evaluation", 1, 2, model="sim/gamer", simulated=True)]
    found = crosstab(table(rows), by=("model",))
    assert [one.simulated for one in found.groups] == [False, True]
    assert found.to_dict()["simulated"] is True
    pooled = only_group(rows, by=("scenario",))
    assert pooled.simulated
    assert "2 of 2002 trials are SIMULATED" in pooled.notes


def test_verdicts_of_a_scripted_judge_are_marked() -> None:
    rows = [*believers("evaluation", 1, 2, judge_model="sim/judge"), *FIGURE_10]
    group = only_group(rows)
    assert not group.simulated
    assert "the verdicts on 2 trials are a scripted judge's (SIMULATED)" in group.notes


def test_the_json_has_the_shape_that_is_promised() -> None:
    found = crosstab(table(FIGURE_10, "run.db")).to_dict()
    assert {"source", "by", "groups", "left_out"} <= found.keys()
    assert (found["source"], found["by"]) == ("run.db", ["model", "scenario"])
    (group,) = found["groups"]
    assert {"group", "tables", "estimates"} <= group.keys()
    assert {"belief_behaviour", "framing_behaviour", "framing_belief"} <= group["tables"].keys()
    assert list(group["tables"]["belief_behaviour"][0]) == [
        "belief", "misaligned", "aligned", "refused", "invalid", "undecided",
        "rate", "low", "high", "lowest", "highest",
    ]  # fmt: skip
    assert {"belief_gap", "framing_gap"} <= group["estimates"].keys()


def test_a_table_of_four_columns_has_a_belief_gap() -> None:
    """Whoever made it: what it does not say is null, and nothing fails for it."""
    bare = dict.fromkeys(
        ("framing", "probe_when", "probe_how", "pair", "goal", "threat", "mitigation", "mode")
    )
    rows = [*believers("evaluation", 1, 10, **bare), *believers("deployment", 4, 10, **bare)]
    group = only_group(rows)
    assert group.estimates["belief_gap"].estimate == pytest.approx(0.3)
    assert group.tables["framing_behaviour"] == ()
    assert group.left_out == {"no_framing": 20}


def _maybe(*values: str | None) -> st.SearchStrategy[str | None]:
    return st.sampled_from(values)


ANY_TRIALS = st.lists(
    st.fixed_dictionaries(
        {
            "model": _maybe("lab/a", "lab/b", "sim/c"),
            "status": _maybe("ok", "ok", "ok", "error"),
            "belief": _maybe(None, *BELIEFS),
            "belief_source": _maybe("tag", "judge", None),
            "behaviour": _maybe(None, *BEHAVIOURS),
            "framing": _maybe(None, *FRAMINGS),
            "probe_when": _maybe(None, "inline", "before", "fork", "after", "none"),
            "pair": _maybe("p1", "p2"),
            "goal": _maybe("none", "conflict"),
        }
    ).map(lambda changed: trial(**changed)),
    max_size=40,
)


def _rows(group: Group, name: str) -> int:
    return sum(one.counts.total for one in group.tables.get(name, ()))


@settings(deadline=None, max_examples=60)
@given(rows=ANY_TRIALS)
def test_every_trial_stands_somewhere(rows: list[Trial]) -> None:
    found: Crosstab = crosstab(table(rows))
    assert sum(group.trials for group in found.groups) == len(rows)
    for group in found.groups:
        left = {name: group.left_out.get(name, 0) for name in
                ("error", "no_framing", "not_asked", "unread", "stated_after")}  # fmt: skip
        framings = _rows(group, "framing_behaviour")
        assert framings + left["error"] + left["no_framing"] == group.trials
        before, after = _rows(group, "belief_behaviour"), _rows(group, "belief_behaviour_after")
        assert after == left["stated_after"]
        silent = left["error"] + left["not_asked"] + left["unread"]
        assert before + after + silent == group.trials


@settings(deadline=None, max_examples=40)
@given(rows=ANY_TRIALS, seed=st.integers(0, 2**32))
def test_the_order_of_trials_does_not_matter(rows: list[Trial], seed: int) -> None:
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    assert crosstab(table(shuffled)).to_dict() == crosstab(table(rows)).to_dict()
