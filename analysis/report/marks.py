"""What the figures show: the rates of misaligned acts, one panel a scenario, one block a model.

The published numbers of the study stand in the panel of its scenario as marks of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .. import words
from ..blocks import SIMULATED, plain
from ..crosstab import Crosstab, Group
from ..published import published
from ..rates import Counts

Kind = Literal["belief", "framing"]
STUDY = "Claude Opus 4, as published by the study"
_LEVELS: Mapping[Kind, tuple[str, ...]] = {
    "belief": ("evaluation", "deployment"),
    "framing": ("evaluation", "deployment", "neutral", "mixed"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One rate: measured (`counts`), or `published` as a fraction, without an interval."""

    level: str
    label: str
    counts: Counts | None = None
    published: float | None = None

    @property
    def rate(self) -> float | None:
        """The rate, whoever found it; None where no trial is decided."""
        return self.counts.rate if self.counts else self.published

    @property
    def number(self) -> str:
        """The rate with its interval; with its bounds instead while trials are undecided."""
        if self.counts is None:
            return f"{100 * (self.published or 0):.1f} %"
        return (
            f"bounds {bounds(self.counts)}" if self.counts.undecided else words.share(self.counts)
        )

    @property
    def short(self) -> str:
        """The rate alone, or its bounds, for where there is little room."""
        if self.counts and self.counts.undecided:
            return bounds(self.counts)
        return words.NOTHING if self.rate is None else f"{100 * self.rate:.1f} %"

    @property
    def sample(self) -> str:
        """`530 of 962`, and how many are undecided."""
        if self.counts is None:
            return "no interval"
        if self.counts.undecided:
            return f"{words.count(self.counts.undecided)} undecided"
        return f"{words.count(self.counts.misaligned)} of {words.count(self.counts.decided)}"

    @property
    def sentence(self) -> str:
        """The mark for those who do not see it."""
        return f"{self.label}: {self.number} ({self.sample})"


@dataclass(frozen=True, slots=True)
class Block:
    """The marks of one model, or those of the study."""

    title: str
    marks: tuple[Mark, ...]
    simulated: bool = False
    is_published: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One scenario."""

    scenario: str
    blocks: tuple[Block, ...]


def bounds(counts: Counts) -> str:
    """`3.1–45.0 %`: between these lies the rate, whatever the undecided turn out to be."""
    if counts.lowest is None or counts.highest is None:
        return words.NOTHING
    return f"{100 * counts.lowest:.1f}–{100 * counts.highest:.1f} %"


def panels(result: Crosstab, kind: Kind) -> tuple[Panel, ...]:
    """The panels of a crosstab by model and scenario; none where no trial has anything to show."""
    blocks: dict[str, list[Block]] = {}
    for group in result.groups:
        marks = tuple(_marks(group, kind))
        if marks:
            title = plain(group.group["model"])
            of_scenario = blocks.setdefault(str(group.group["scenario"]), [])
            of_scenario.append(Block(_said(title, group.simulated), marks, group.simulated))
    return tuple(
        Panel(plain(scenario), (*found, *_published(scenario, kind)))
        for scenario, found in sorted(blocks.items())
    )


def caption(panels: Sequence[Panel], kind: Kind) -> Iterator[str]:
    """What has to be said to read the marks, in sentences."""
    blocks = [block for panel in panels for block in panel.blocks]
    counts = [mark.counts for block in blocks for mark in block.marks if mark.counts]
    yield (
        "Filled marks are the share of misaligned acts among the decided trials, "
        "lines their 95 % Wilson intervals."
    )
    if any(each.undecided for each in counts):
        yield (
            "Where trials are undecided, the pale bar spans what the rate can be, whatever they "
            "turn out to be, and a hollow mark is the share among those that are decided."
        )
    if any(block.is_published for block in blocks):
        yield (
            "Diamonds are the rates that the study (Agentic Misalignment, Anthropic 2025, "
            "figure 10) published for Claude Opus 4 under no goal conflict and a replacement "
            "threat; the numbers of trials behind them are not known, so they have no interval and "
            "nothing is tested against them."
        )
    if kind == "belief":
        yield "Nobody assigned the belief: a difference between the two is an association."
    else:
        yield "The framing was assigned."
    if any(block.simulated for block in blocks):
        yield "Models marked (SIMULATED) are simulated subjects with a known truth planted in them."


def _said(title: str, simulated: bool) -> str:
    return f"{title} {SIMULATED}" if simulated else title


def _marks(group: Group, kind: Kind) -> Iterator[Mark]:
    for level in _LEVELS[kind]:
        for row in group.tables[f"{kind}_behaviour"]:
            first, *others = row.keys.values()
            if first != level or not isinstance(row.counts, Counts):
                continue
            # The two levels that are compared stay where they are, also when one has no trial.
            if row.counts.total or (level in _LEVELS["belief"] and not others):
                yield Mark(level, _label(kind, level, others), row.counts)


def _label(kind: Kind, level: str, others: list[str | None]) -> str:
    label = f"states {level}" if kind == "belief" else f"{level} framing"
    return f"{label}, by {plain(others[0] or 'unknown')}" if others else label


def _published(scenario: str, kind: Kind) -> Iterator[Block]:
    marks = [
        Mark(mark.belief, f"states {mark.belief}", published=mark.rate)
        for mark in published("figure-10")
        if mark.scenario == scenario and mark.belief
    ]
    if marks and kind == "belief":
        marks.sort(key=lambda mark: _LEVELS["belief"].index(mark.level))
        yield Block(STUDY, tuple(marks), is_published=True)
