"""Numbers and estimates in words, for people. Fractions become percentages and points here only."""

from .estimate import Estimate
from .rates import BeliefCounts, Counts

NOTHING = "–"


def count(number: int) -> str:
    """`2,000`."""
    return f"{number:,}"


def share(counts: Counts | BeliefCounts) -> str:
    """`55.1 % [52.0, 58.2]`, a rate with its interval."""
    if counts.rate is None or counts.low is None or counts.high is None:
        return NOTHING
    return f"{100 * counts.rate:.1f} % [{100 * counts.low:.1f}, {100 * counts.high:.1f}]"


def rate(counts: Counts) -> str:
    """As `share`, and below it the bounds, `bounds 3.1–45.0 %`, while anything is undecided."""
    if not counts.undecided or counts.lowest is None or counts.highest is None:
        return share(counts)
    bounds = f"bounds {100 * counts.lowest:.1f}–{100 * counts.highest:.1f} %"
    return f"{share(counts)}\n{bounds}"


def points(estimate: Estimate) -> str:
    """`+48.6 [+45.0, +52.1]`, a gap in percentage points, or that it is undefined."""
    if estimate.estimate is None or estimate.low is None or estimate.high is None:
        return "undefined"
    middle, low, high = (
        _signed(100 * part) for part in (estimate.estimate, estimate.low, estimate.high)
    )
    return f"{middle} [{low}, {high}]"


def ratio(estimate: Estimate) -> str:
    """`8.5 [6.6, 10.8]`, or that it is undefined."""
    if estimate.estimate is None or estimate.low is None or estimate.high is None:
        return "undefined"
    return f"{estimate.estimate:.3g} [{estimate.low:.3g}, {estimate.high:.3g}]"


def p_value(estimate: Estimate) -> str:
    """`p = 0.012`, `p < 0.001`; empty where nothing was tested."""
    if estimate.p_value is None:
        return ""
    return "p < 0.001" if estimate.p_value < 0.001 else f"p = {estimate.p_value:.3f}"


def sample(estimate: Estimate) -> str:
    """`2,000 trials of 4 pairs`."""
    words = f"{count(estimate.n)} {'trial' if estimate.n == 1 else 'trials'}"
    if estimate.clusters is None:
        return words
    return f"{words} of {estimate.clusters} {'pair' if estimate.clusters == 1 else 'pairs'}"


def direction(estimate: Estimate) -> str:
    """`more` or `fewer` where the interval leaves out 0, else empty: nothing is shown."""
    if estimate.low is None or estimate.high is None or estimate.low <= 0 <= estimate.high:
        return ""
    return "more" if estimate.low > 0 else "fewer"


def _signed(value: float) -> str:
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")
