"""The plan of a sweep: ids that never change, balance, and arms that are mixed in time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.errors import HawthorneError, UsageError
from hawthorne.probes.engine.estimate import Forecast, forecast
from hawthorne.probes.engine.plan import SubjectPlan, plan
from hawthorne.probes.engine.spec import SweepSpec, make_spec, read_settings
from hawthorne.probes.subjects.sim import SimSubject

SIM = SimSubject.named("figure-10")


def planned(**wanted: object) -> SubjectPlan:
    given_ = {"models": ["sim/figure-10"], "scenarios": ["blackmail"], "epochs": 4, **wanted}
    return plan(make_spec(given_), SIM)


def ids(**wanted: object) -> list[str]:
    return [trial.trial_id for trial in planned(**wanted).trials()]


def test_epochs_keep_their_ids_when_more_are_asked_for() -> None:
    few, many = ids(epochs=10), ids(epochs=20)
    assert set(few) < set(many)
    assert many[: len(few)] == few
    assert len(set(many)) == len(many) == 40


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"arm": "b"},
        {"max_tokens": 100},
        {"settings": {"temperature": 0.5}},
        {"scratchpad": False},
        {"hows": ["probability"]},
        {"whens": ["none"]},
        {"mitigations": ["no-leverage"]},
        {"goals": ["conflict"]},
        {"threats": ["none"]},
    ],
)
def test_whatever_determines_a_trial_changes_every_id(change: dict[str, object]) -> None:
    assert not set(ids()) & set(ids(**change))


def test_what_does_not_determine_a_trial_leaves_its_id() -> None:
    assert ids() == ids(judges=["sim/judge"]) == ids(models=["sim/figure-10", "sim/other"])


def test_a_trial_keeps_its_id_whatever_else_is_in_the_sweep() -> None:
    assert set(ids(framings=["deployment"])) < set(ids(framings=["neutral", "deployment"]))
    assert set(ids(goals=["none"])) < set(ids(goals=["conflict", "none"]))


@given(st.integers(1, 12), st.integers(0, 1000))
def test_option_order_is_balanced_within_each_variant(pairs: int, seed: int) -> None:
    trials = list(planned(epochs=2 * pairs, seed=seed).trials())
    counts = Counter((trial.cell.variant.hash, trial.order) for trial in trials)
    assert set(counts.values()) == {pairs}
    assert len(counts) == 4


def test_every_epoch_holds_every_arm_before_the_next_begins() -> None:
    sweep = planned(framings=["evaluation", "deployment", "neutral"], goals=["none", "conflict"])
    trials = list(sweep.trials())
    for epoch in range(4):
        block = trials[6 * epoch : 6 * epoch + 6]
        assert len({(t.cell.variant.hash) for t in block}) == 6
    orders = {tuple(t.cell.variant.hash for t in trials[6 * e : 6 * e + 6]) for e in range(4)}
    assert len(orders) > 1, "the arms always come in the same order"


def test_seeds_differ_between_trials() -> None:
    seeds = [trial.seed for trial in planned(epochs=50).trials()]
    assert len(set(seeds)) == len(seeds)


def test_the_default_condition_is_the_one_of_figure_10() -> None:
    setting = planned().cells[0].variant.rendering.setting
    assert (setting.goal, setting.threat, setting.mitigation) == ("none", "replacement", "none")


def test_a_moment_that_asks_nothing_is_not_multiplied_by_the_forms() -> None:
    sweep = planned(whens=["none", "inline"], hows=["choice", "probability"])
    probes = Counter((c.variant.probe.when, c.variant.probe.how) for c in sweep.cells)
    assert probes == {("none", None): 2, ("inline", "choice"): 2, ("inline", "probability"): 2}


def test_rows_carry_the_identity() -> None:
    sweep = planned(settings={"temperature": 1})
    trial = sweep.row(next(sweep.trials()), "run")
    assert trial.settings.startswith('{"max_tokens": 4096, "profile": "')
    assert '"temperature": 1' in trial.settings
    assert (trial.simulated, trial.model, trial.status) == (True, "sim/figure-10", "ok")
    assert trial.pair == "blackmail/none/replacement/unstated/none/text"
    assert trial.behaviour is None


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ({"framings": ["both"]}, "--framing both"),
        ({"goals": ["some"]}, "--goal some"),
        ({"whens": ["later"]}, "--when later"),
        ({"epochs": 0}, "--epochs 0"),
        ({"max_tokens": -1}, "--max-tokens -1"),
        ({"mode": "video"}, "--mode video"),
        ({"arm": "\udcff"}, "--arm \udcff"),
        ({"models": ["sim/x", "sim/\udcff"]}, "--model sim/\udcff"),
        ({"settings": {"a": 1, "b": float("nan")}}, "--set b=nan"),
    ],
)
def test_bad_values_name_their_option(wanted: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError) as error:
        make_spec({"models": ["sim/x"], "scenarios": ["blackmail"], **wanted})
    assert str(error.value).startswith(named)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "wanted",
    [{"scenarios": ["nothing"]}, {"mitigations": ["nothing"]}, {"whens": ["before"]}],
)
def test_what_a_scenario_does_not_have_is_said_before_anything_runs(
    wanted: dict[str, object],
) -> None:
    with pytest.raises(HawthorneError, match=r"there are|has"):
        planned(**wanted)


@pytest.mark.parametrize(
    ("pair", "setting"),
    [
        ("temperature=0.5", {"temperature": 0.5}),
        ("stop=a=b", {"stop": "a=b"}),
        ("a=", {"a": ""}),
        ('a={"b": [true, null]}', {"a": {"b": [True, None]}}),
        ("a=" + "[" * 100_000, {"a": "[" * 100_000}),
        ("a=" + "9" * 5_000, {"a": "9" * 5_000}),
    ],
)
def test_a_setting_is_json_where_it_can_be(pair: str, setting: dict[str, object]) -> None:
    assert read_settings([pair]) == setting


@pytest.mark.parametrize("pair", ["", "a", "=1"])
def test_a_setting_without_a_name_is_none(pair: str) -> None:
    with pytest.raises(UsageError, match=f"--set {pair}: expected KEY=VALUE"):
        read_settings([pair])


def test_a_plan_knows_its_own_trials() -> None:
    own, longer = planned(epochs=4), planned(epochs=5)
    rows = [own.row(trial, "run") for trial in own.trials()]
    assert all(own.holds(row) and longer.holds(row) for row in rows)
    later = [longer.row(trial, "run") for trial in longer.trials()][len(rows) :]
    assert not any(own.holds(row) for row in later)
    others = planned(seed=1), planned(arm="b"), planned(scratchpad=False), planned(whens=["none"])
    assert not any(other.holds(row) for other in others for row in rows)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"models": ["nope/x"]}, "--model nope/x: no provider"),
        ({"models": ["gpt-5"]}, "--model gpt-5: expected PROVIDER/MODEL"),
        ({"models": ["sim/nope"]}, "sim/figure-10"),
        ({"models": ["local/nope"]}, "qwen-0.5b"),
        ({"judges": ["sim/figure-10"]}, "--judge sim/figure-10"),
        ({"judges": ["nope/x"]}, "--judge nope/x: no provider"),
        ({"models": ["openai/x"], "base_url": "ftp://x"}, "base URL"),
        ({"models": ["openai/x"], "settings": {"messages": []}}, "--set messages"),
        ({"hows": ["open"]}, "there are choice, probability"),
    ],
)
def test_a_forecast_finds_typing_errors_without_a_key(
    wanted: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    given_ = {"models": ["sim/figure-10"], "scenarios": ["blackmail"], **wanted}
    with pytest.raises(HawthorneError, match=said):
        forecast(make_spec(given_))


def test_a_forecast_knows_which_models_get_a_scratchpad() -> None:
    def count(*models: str, **more: object) -> Forecast:
        return forecast(make_spec({"models": models, "scenarios": ["blackmail"], **more}))

    plain, reasoning = count("openai/plain"), count("deepseek/deepseek-reasoner")
    assert reasoning.input_tokens < plain.input_tokens
    both = count("openai/plain", "deepseek/deepseek-reasoner", "openai/plain")
    assert (both.models, both.trials, both.variants) == (2, 40, 4)
    assert both.input_tokens == plain.input_tokens + reasoning.input_tokens
    for scratchpad, one in ((True, plain), (False, reasoning)):
        same = count("openai/plain", "deepseek/deepseek-reasoner", scratchpad=scratchpad)
        assert (same.variants, same.input_tokens) == (2, 2 * one.input_tokens)


def test_the_forecast_counts_what_the_plan_holds() -> None:
    spec = SweepSpec(
        models=("sim/figure-10", "openai/x"),
        scenarios=("blackmail",),
        whens=("inline", "none"),
        epochs=7,
        judges=("sim/judge",),
    )
    found = forecast(spec)
    assert found.trials == 2 * len(plan(spec, SIM)) == 2 * 2 * 2 * 7
    assert found.judge_calls_at_most == found.subject_calls == found.trials
    prompt = sum(len(m.content) for m in plan(spec, SIM).cells[0].variant.messages(None))
    assert found.prompt_tokens_largest * 4 == pytest.approx(prompt, rel=0.2)
