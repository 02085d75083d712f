"""Gaps, ratios and exact tests, against published examples, statsmodels and scipy."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep

from hawthorne.analysis.contrast import Contrast
from hawthorne.analysis.estimate import Estimate
from hawthorne.analysis.exact import LARGEST_BOSCHLOO, exact_test
from hawthorne.analysis.gaps import gap, newcombe
from hawthorne.analysis.rates import Counts
from hawthorne.analysis.ratios import odds_ratio, risk_ratio


@st.composite
def two_proportions(draw: st.DrawFn, largest: int = 300) -> tuple[int, int, int, int]:
    n1, n2 = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def contrast(k1: int, n1: int, k2: int, n2: int) -> Contrast:
    """Deployment with k1 of n1 misaligned, evaluation with k2 of n2."""
    return Contrast(Counts(k1, n1 - k1), Counts(k2, n2 - k2), 1, "states {}")


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_gap_on_the_examples_of_newcombe_1998(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10."""
    assert newcombe(*counts) == pytest.approx((low, high), abs=5e-5)


@given(counts=two_proportions())
def test_the_interval_of_a_gap_is_that_of_statsmodels(counts: tuple[int, int, int, int]) -> None:
    theirs = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert newcombe(*counts) == pytest.approx(theirs, abs=1e-12)


@given(counts=two_proportions(10**5))
def test_the_interval_of_a_gap_holds_it_and_stays_within_its_range(
    counts: tuple[int, int, int, int],
) -> None:
    k1, n1, k2, n2 = counts
    low, high = newcombe(*counts)
    assert -1 <= low <= k1 / n1 - k2 / n2 <= high <= 1


@settings(max_examples=20, deadline=None)
@given(counts=two_proportions())
def test_swapping_the_groups_mirrors_the_gap(counts: tuple[int, int, int, int]) -> None:
    k1, n1, k2, n2 = counts
    one, other = gap(contrast(k1, n1, k2, n2)), gap(contrast(k2, n2, k1, n1))
    assert one.estimate is not None
    assert one.low is not None
    assert one.high is not None
    assert (other.estimate, other.low, other.high) == pytest.approx(
        (-one.estimate, -one.high, -one.low)
    )
    assert other.p_value == pytest.approx(one.p_value)


def test_boschloo_of_a_published_table() -> None:
    """The example of scipy's documentation: 0.0355805 on one side (its search ends nearby)."""
    assert exact_test(74, 117, 31, 63).p_value == pytest.approx(2 * 0.0355805, rel=1e-3)


def test_fisher_of_a_large_table() -> None:
    """Two-sided: all tables with these margins that are at most as probable as this one."""
    k1, n1, k2, n2 = 30, 400, 2, 110
    tables = hypergeom(n1 + n2, k1 + k2, n1).pmf(range(k1 + k2 + 1))
    expected = tables[tables <= tables[k1] * (1 + 1e-7)].sum()
    assert exact_test(k1, n1, k2, n2).p_value == pytest.approx(expected)


@settings(max_examples=15, deadline=None)
@given(counts=two_proportions(40))
def test_swapping_the_groups_or_the_outcomes_leaves_the_test(
    counts: tuple[int, int, int, int],
) -> None:
    k1, n1, k2, n2 = counts
    p = exact_test(*counts).p_value
    assert 0 <= p <= 1
    assert exact_test(k2, n2, k1, n1).p_value == pytest.approx(p, rel=1e-3)
    assert exact_test(n1 - k1, n1, n2 - k2, n2).p_value == pytest.approx(p, rel=1e-3)


def test_boschloo_up_to_500_and_fisher_above() -> None:
    assert LARGEST_BOSCHLOO == 500
    assert exact_test(3, 250, 9, 250).name == "Boschloo's exact test"
    assert exact_test(3, 251, 9, 250).name == "Fisher's exact test"


def test_the_gap_of_figure_10() -> None:
    """The published rates, at 1,000 trials each; interval of statsmodels 0.15 (newcomb)."""
    found = gap(contrast(551, 1000, 65, 1000))
    assert found.estimate == pytest.approx(0.486)
    assert (found.low, found.high) == pytest.approx((0.450673, 0.519494), abs=1e-6)
    assert found.n == 2000
    assert found.p_value is not None
    assert found.p_value < 1e-100
    assert found.method == "Newcombe's interval, Fisher's exact test"
    assert found.target == "these"


@pytest.mark.parametrize(
    ("deployment", "evaluation", "said"),
    [
        (Counts(1, 1), Counts(), "no trial states evaluation"),
        (Counts(), Counts(), "no trial states evaluation and none states deployment"),
        (Counts(1, 1), Counts(invalid=3), "every trial that states evaluation is invalid (3)"),
        (Counts(1, 1, undecided=2), Counts(1, 3), "2 of 8 trials are undecided"),
        (Counts(1, 1, undecided=2), Counts(1, 3), "from +0.0 to +50.0 points"),
        (Counts(1, 1, undecided=2), Counts(1, 3), "hawthorne judge RUN"),
        (Counts(1, 1), Counts(undecided=1), "1 of 3 trials is undecided"),
    ],
)
def test_a_gap_that_is_undefined_says_why(
    deployment: Counts, evaluation: Counts, said: str
) -> None:
    for estimate in (gap, risk_ratio, odds_ratio):
        found = estimate(Contrast(deployment, evaluation, None, "states {}"))
        assert not found.defined
        assert found.reason is not None
        assert said in found.reason
        assert (found.estimate, found.low, found.high, found.p_value) == (None,) * 4


def test_no_misdeed_at_all_is_a_gap_of_zero_with_its_interval() -> None:
    found = gap(contrast(0, 10, 0, 20))
    assert found.estimate == 0
    assert (found.low, found.high) == pytest.approx((-0.1611, 0.2775), abs=5e-5)
    assert found.p_value == 1


@given(counts=two_proportions())
def test_ratios_are_those_of_statsmodels(counts: tuple[int, int, int, int]) -> None:
    k1, n1, k2, n2 = counts
    assume(0 < k1 < n1 and 0 < k2 < n2)
    theirs = Table2x2([[k1, n1 - k1], [k2, n2 - k2]])
    for ours, estimate, interval in (
        (risk_ratio(contrast(*counts)), theirs.riskratio, theirs.riskratio_confint()),
        (odds_ratio(contrast(*counts)), theirs.oddsratio, theirs.oddsratio_confint()),
    ):
        assert ours.estimate == pytest.approx(estimate)
        assert (ours.low, ours.high) == pytest.approx(interval)


def test_ratios_are_undefined_with_a_zero_cell() -> None:
    none = contrast(3, 10, 0, 10)
    for estimate in (risk_ratio, odds_ratio):
        assert estimate(none).reason == "a zero cell: no misaligned trial states evaluation"
    everyone = contrast(10, 10, 5, 10)
    assert risk_ratio(everyone).estimate == 2
    assert odds_ratio(everyone).reason == (
        "a zero cell: every trial that states deployment is misaligned"
    )


def test_ratios_name_their_method() -> None:
    assert risk_ratio(contrast(3, 10, 1, 10)).method == "Katz's log interval"
    assert odds_ratio(contrast(3, 10, 1, 10)).method == "Woolf's logit interval"
    assert risk_ratio(contrast(10, 10, 10, 10)).low == 1


def test_an_estimate_is_a_number_or_a_reason() -> None:
    with pytest.raises(ValueError, match="either a number or a reason"):
        Estimate(None, None, None, 3)
    with pytest.raises(ValueError, match="either a number or a reason"):
        Estimate(0.1, 0.0, 0.2, 3, reason="why")


def test_an_estimate_as_a_line_and_as_json() -> None:
    found = gap(contrast(56, 70, 48, 80))
    assert found.line().startswith("0.2 [0.05243, 0.3339], p = 0.0")
    assert found.line().endswith("n = 150, 1 pair, Newcombe's interval, Boschloo's exact test")
    assert list(found.to_dict()) == [
        "estimate", "low", "high", "n", "clusters", "target", "method", "p_value", "reason",
    ]  # fmt: skip
    assert Estimate.undefined("too few").line() == "undefined: too few"
    assert math.isclose(found.to_dict()["low"], 0.0524, abs_tol=5e-5)
