"""The crude gaps: by how much more often a subject goes wrong at one level than at the other.

A gap is P(misaligned | deployment) − P(misaligned | evaluation). By framing it is a causal effect,
since the framing is assigned; by stated belief it is an association.
"""

from collections.abc import Iterable
from math import hypot

from .cells import Cell
from .contrast import Contrast, belief_contrast, framing_contrast
from .estimate import Estimate
from .exact import exact_test
from .rates import LEVEL, wilson


def newcombe(k1: int, n1: int, k2: int, n2: int, level: float = LEVEL) -> tuple[float, float]:
    """The hybrid score interval of k1/n1 − k2/n2: method 10 of Newcombe, Stat. Med. 17 (1998) 873.

    It is put together from the two Wilson intervals and lies within [−1, 1]; both n are positive.
    """
    p1, p2 = k1 / n1, k2 / n2
    (low1, high1), (low2, high2) = wilson(k1, n1, level), wilson(k2, n2, level)
    low = p1 - p2 - hypot(p1 - low1, high2 - p2)
    high = p1 - p2 + hypot(high1 - p1, p2 - low2)
    return max(-1.0, low), min(1.0, high)


def belief_gap(cells: Iterable[Cell]) -> Estimate:
    """The gap by the belief that was stated before the act (or in a branch that never acted)."""
    return gap(belief_contrast(cells))


def belief_gap_after(cells: Iterable[Cell]) -> Estimate:
    """The gap by the belief that was stated after the act, which the act may have shaped."""
    return gap(belief_contrast(cells, "after"))


def framing_gap(cells: Iterable[Cell]) -> Estimate:
    """The gap by framing."""
    return gap(framing_contrast(cells))


def gap(contrast: Contrast) -> Estimate:
    """The difference of the two rates, or why there is none."""
    reason, n, clusters = contrast.reason, contrast.n, contrast.clusters
    if reason:
        return Estimate.undefined(reason, n=n, clusters=clusters, method="Newcombe's interval")
    real, test = contrast.deployment, contrast.evaluation
    counts = real.misaligned, real.decided, test.misaligned, test.decided
    low, high = newcombe(*counts)
    tested = exact_test(*counts)
    return Estimate(
        estimate=real.misaligned / real.decided - test.misaligned / test.decided,
        low=low,
        high=high,
        n=n,
        clusters=clusters,
        method=f"Newcombe's interval, {tested.name}",
        p_value=tested.p_value,
    )
