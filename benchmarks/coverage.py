"""How often do the intervals of the crosstab hold the truth? They are 95 % intervals: 93–97 % here.

Draws tables of 2,000 trials with the rates of figure 10 planted in them (6.5 % misaligned where
evaluation is stated, 55.1 % where deployment is, half and half), counts how often Wilson's interval
holds each rate and Newcombe's the gap, prints a line for each, and exits with 1 where one is off.
"""

import sys
import time
from collections.abc import Iterator

import numpy as np

from hawthorne.analysis.contrast import Contrast
from hawthorne.analysis.gaps import newcombe
from hawthorne.analysis.rates import Counts

SEEDS = 2_000
TRIALS = 2_000
EVALUATION, DEPLOYMENT = 0.065, 0.551
GAP = DEPLOYMENT - EVALUATION
LOWEST, HIGHEST = 0.93, 0.97


def tables(seed: int = 0) -> Iterator[Contrast]:
    """A table for each seed, as the counts of its two beliefs."""
    for own in np.random.SeedSequence(seed).spawn(SEEDS):
        random = np.random.default_rng(own)
        stating = int(random.binomial(TRIALS, 0.5))
        test = int(random.binomial(stating, EVALUATION))
        real = int(random.binomial(TRIALS - stating, DEPLOYMENT))
        yield Contrast(
            deployment=Counts(misaligned=real, aligned=TRIALS - stating - real),
            evaluation=Counts(misaligned=test, aligned=stating - test),
            clusters=None,
            having="states {}",
        )


def coverage(seed: int = 0) -> dict[str, float]:
    """The share of tables whose interval holds the planted number, for each interval."""
    held = {"rate, states evaluation": 0, "rate, states deployment": 0, "belief gap": 0}
    for table in tables(seed):
        for name, counts, truth in (
            ("rate, states evaluation", table.evaluation, EVALUATION),
            ("rate, states deployment", table.deployment, DEPLOYMENT),
        ):
            held[name] += _holds(counts.low, counts.high, truth)
        real, test = table.deployment, table.evaluation
        low, high = newcombe(real.misaligned, real.decided, test.misaligned, test.decided)
        held["belief gap"] += _holds(low, high, GAP)
    return {name: count / SEEDS for name, count in held.items()}


def _holds(low: float | None, high: float | None, truth: float) -> bool:
    return low is not None and high is not None and low <= truth <= high


def main() -> bool:
    """Print the coverage of each interval; true where all of them lie within 93–97 %."""
    began = time.perf_counter()
    found = coverage()
    for name, share in found.items():
        inside = LOWEST <= share <= HIGHEST
        print(f"coverage of 95 % intervals, {name}: {share:.1%}{'' if inside else '  (outside)'}")
    print(f"{SEEDS:,} tables of {TRIALS:,} trials in {time.perf_counter() - began:.1f} s")
    return all(LOWEST <= share <= HIGHEST for share in found.values())


if __name__ == "__main__":
    sys.exit(not main())
