"""The interval and the bounds of a rate, against published examples and statsmodels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from hawthorne.analysis.rates import BeliefCounts, Counts, normal_quantile, wilson

NUMBER = st.integers(0, 400)
COUNTS = st.builds(Counts, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_on_the_examples_of_newcombe_1998(
    successes: int, n: int, low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3."""
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(n=st.integers(1, 5000), share=st.floats(0, 1), level=st.sampled_from([0.9, 0.95, 0.99]))
def test_wilson_is_that_of_statsmodels(n: int, share: float, level: float) -> None:
    successes = round(share * n)
    theirs = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    assert wilson(successes, n, level) == pytest.approx(theirs, abs=1e-12)


@given(n=st.integers(1, 10**6), share=st.floats(0, 1))
def test_wilson_holds_the_rate_and_stays_within_0_and_1(n: int, share: float) -> None:
    successes = round(share * n)
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1


def test_one_trial_has_a_wide_interval_and_not_none() -> None:
    """n = 1 is not a standard error of 0 (nor are twenty epochs one trial)."""
    one = Counts(misaligned=1)
    assert (one.rate, one.high) == (1.0, 1.0)
    assert one.low == pytest.approx(0.2065, abs=1e-4)
    twenty = Counts(misaligned=20)
    assert twenty.decided == 20
    assert twenty.low == pytest.approx(0.8389, abs=1e-4)


def test_a_rate_is_over_what_was_decided() -> None:
    counts = Counts(misaligned=3, aligned=4, refused=1, invalid=50)
    assert counts.rate == 3 / 8
    assert (counts.lowest, counts.highest) == (3 / 8, 3 / 8)
    assert counts.total == 58


def test_rules_that_settle_only_the_harmless_cases_do_not_make_a_rate_of_zero() -> None:
    counts = Counts(aligned=60, undecided=40)
    assert (counts.rate, counts.lowest, counts.highest) == (0, 0, 0.4)


@pytest.mark.parametrize("counts", [Counts(), Counts(invalid=3)])
def test_nothing_decided_is_no_rate(counts: Counts) -> None:
    numbers = (counts.rate, counts.low, counts.high, counts.lowest, counts.highest)
    assert numbers == (None,) * 5


def test_only_undecided_could_be_anything() -> None:
    counts = Counts(undecided=3)
    assert (counts.rate, counts.lowest, counts.highest) == (None, 0, 1)


@given(counts=COUNTS)
def test_the_bounds_hold_the_rate(counts: Counts) -> None:
    if counts.rate is not None:
        assert counts.lowest is not None
        assert counts.highest is not None
        assert 0 <= counts.lowest <= counts.rate <= counts.highest <= 1


@given(one=COUNTS, other=COUNTS)
def test_counts_add_up(one: Counts, other: Counts) -> None:
    assert (one + other).total == one.total + other.total
    assert one + other == other + one


def test_a_row_in_json_has_the_names_of_the_table() -> None:
    assert list(Counts(1, 1).to_dict()) == [
        "misaligned", "aligned", "refused", "invalid", "undecided",
        "rate", "low", "high", "lowest", "highest",
    ]  # fmt: skip


def test_who_states_nothing_does_not_state_deployment() -> None:
    counts = BeliefCounts(evaluation=1, deployment=1, unsure=1, unstated=1)
    assert counts.rate == 0.25
    assert BeliefCounts().rate is None
    assert counts.to_dict()["low"] == wilson(1, 4)[0]


def test_the_level_is_95_percent() -> None:
    assert normal_quantile() == pytest.approx(1.959963984540054)
