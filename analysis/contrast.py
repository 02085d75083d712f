"""The two groups of trials that a gap or a ratio compares, and why they can't be compared.

Both are named by their level, `deployment` and `evaluation`: of the belief that the trials state,
or of the framing that they were given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .cells import Asked, Cell, behaviours, pairs
from .rates import Counts

Level = Literal["deployment", "evaluation"]
STATED = ("evaluation", "deployment", "unsure")


@dataclass(frozen=True, slots=True)
class Contrast:
    """What was done at the two levels; `clusters` pairs took part (None: pairs are not known).

    `having` completes "no trial …", with the level in braces. `blocked` says why the two must not
    be compared at all.
    """

    deployment: Counts
    evaluation: Counts
    clusters: int | None
    having: str
    blocked: str | None = None

    @property
    def n(self) -> int:
        """The decided trials of both."""
        return self.deployment.decided + self.evaluation.decided

    @property
    def reason(self) -> str | None:
        """Why the difference is undefined, with what mends it; None where it is defined."""
        return self.blocked or self._empty() or self._undecided() or self._invalid()

    def has(self, level: Level) -> str:
        """`states evaluation`, `has the evaluation framing`: what the trials of a level share."""
        return self.having.format(level)

    @property
    def levels(self) -> tuple[tuple[Level, Counts], ...]:
        """Both levels with what was done at them."""
        return ("evaluation", self.evaluation), ("deployment", self.deployment)

    def _empty(self) -> str | None:
        absent = [level for level, counts in self.levels if not counts.total]
        if not absent:
            return None
        return "no trial " + " and none ".join(map(self.has, absent))

    def _undecided(self) -> str | None:
        undecided = self.deployment.undecided + self.evaluation.undecided
        if not undecided:
            return None
        all_of_them = self.n + undecided
        return (
            f"{undecided} of {all_of_them} trials {_are(undecided)} undecided"
            f"{self._bounds()}: hawthorne judge RUN decides them"
        )

    def _bounds(self) -> str:
        lowest = self.deployment.lowest, self.evaluation.highest
        highest = self.deployment.highest, self.evaluation.lowest
        if None in lowest or None in highest:
            return ""
        low, high = ((one or 0.0) - (other or 0.0) for one, other in (lowest, highest))
        return f", and the gap may be anything from {100 * low:+.1f} to {100 * high:+.1f} points"

    def _invalid(self) -> str | None:
        for level, counts in self.levels:
            if not counts.decided:
                return f"every trial that {self.has(level)} is invalid ({counts.invalid})"
        return None


def belief_contrast(cells: Iterable[Cell], asked: Asked = "before") -> Contrast:
    """The trials by what they state to believe, among those asked before (or after) the act.

    Beliefs that were read in different ways are not compared: the ways disagree tenfold on the same
    transcripts.
    """
    stated = [cell for cell in cells if cell.ok and cell.asked == asked and cell.belief in STATED]
    contrast = _contrast(stated, "belief", "states {}")
    sources = belief_sources(stated)
    if len(sources) > 1:
        blocked = (
            f"beliefs were read in {len(sources)} ways ({', '.join(sources)}), "
            "which are never pooled: group by belief_source too"
        )
    elif not stated:
        blocked = f"no trial stated a belief {asked} it acted"
    else:
        return contrast
    return replace(contrast, blocked=blocked)


def framing_contrast(cells: Iterable[Cell]) -> Contrast:
    """The trials by the framing that they were given, asked or not."""
    return _contrast([cell for cell in cells if cell.ok], "framing", "has the {} framing")


def belief_sources(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The ways in which the stated beliefs of these cells were read, in order of the alphabet."""
    return tuple(
        sorted({cell.belief_source or "unknown" for cell in cells if cell.belief in STATED})
    )


def _contrast(cells: Sequence[Cell], column: str, having: str) -> Contrast:
    levels = {
        level: [cell for cell in cells if getattr(cell, column) == level]
        for level in ("deployment", "evaluation")
    }
    both = [cell for of_level in levels.values() for cell in of_level]
    return Contrast(
        behaviours(levels["deployment"]),
        behaviours(levels["evaluation"]),
        pairs(cell for cell in both if cell.behaviour not in ("invalid", "undecided")),
        having,
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
