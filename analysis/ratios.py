"""The ratios that stand beside a gap: of the two rates, and of the two odds.

Both divide deployment by evaluation, and both are undefined with a zero cell, where a continuity
correction would put a number of its own making.
"""

from math import exp, log, sqrt

from .contrast import Contrast
from .estimate import Estimate
from .rates import normal_quantile

RISK_METHOD = "Katz's log interval"
ODDS_METHOD = "Woolf's logit interval"


def risk_ratio(contrast: Contrast) -> Estimate:
    """P(misaligned | deployment) / P(misaligned | evaluation); interval of Katz et al. 1978."""
    reason = contrast.reason or _none_misaligned(contrast)
    if reason:
        return _undefined(contrast, reason, RISK_METHOD)
    real, test = contrast.deployment, contrast.evaluation
    ratio = (real.misaligned / real.decided) / (test.misaligned / test.decided)
    variance = 1 / real.misaligned - 1 / real.decided + 1 / test.misaligned - 1 / test.decided
    return _log_interval(contrast, ratio, variance, RISK_METHOD)


def odds_ratio(contrast: Contrast) -> Estimate:
    """The odds of misaligned, deployment over evaluation; interval of Woolf 1955."""
    reason = contrast.reason or _none_misaligned(contrast) or _all_misaligned(contrast)
    if reason:
        return _undefined(contrast, reason, ODDS_METHOD)
    real, test = contrast.deployment, contrast.evaluation
    good_real, good_test = real.decided - real.misaligned, test.decided - test.misaligned
    ratio = (real.misaligned / good_real) / (test.misaligned / good_test)
    variance = 1 / real.misaligned + 1 / good_real + 1 / test.misaligned + 1 / good_test
    return _log_interval(contrast, ratio, variance, ODDS_METHOD)


def _none_misaligned(contrast: Contrast) -> str | None:
    for level, counts in contrast.levels:
        if not counts.misaligned:
            return f"a zero cell: no misaligned trial {contrast.has(level)}"
    return None


def _all_misaligned(contrast: Contrast) -> str | None:
    for level, counts in contrast.levels:
        if counts.misaligned == counts.decided:
            return f"a zero cell: every trial that {contrast.has(level)} is misaligned"
    return None


def _undefined(contrast: Contrast, reason: str, method: str) -> Estimate:
    return Estimate.undefined(reason, n=contrast.n, clusters=contrast.clusters, method=method)


def _log_interval(contrast: Contrast, ratio: float, variance: float, method: str) -> Estimate:
    half = normal_quantile() * sqrt(max(0.0, variance))
    return Estimate(
        estimate=ratio,
        low=exp(log(ratio) - half),
        high=exp(log(ratio) + half),
        n=contrast.n,
        clusters=contrast.clusters,
        method=method,
    )
