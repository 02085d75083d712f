"""What comes first in a report: the two rates of each model, and the gaps in words.

The words follow the design: a stated belief is *associated* with behaviour, since nobody assigned
it; a framing *caused* a difference where it was assigned, in equal shares, over all that is pooled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import words
from ..blocks import Grid, plain
from ..crosstab import Group
from ..crosstab_view import group_title
from ..estimate import Estimate
from ..rates import Counts
from .marks import bounds

# What stands beside the rates, and what it is called.
_BESIDE = {"undecided": "undecided", "invalid": "invalid", "error": "failed"}


@dataclass(frozen=True, slots=True)
class Number:
    """One number to be read first, and the small print under it."""

    label: str
    value: str
    detail: str
    tone: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One model in one scenario: four numbers, sentences that say what they mean, and notes."""

    title: str
    numbers: tuple[Number, ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]


def finding(group: Group) -> Finding:
    """The finding of a group of trials."""
    title = group_title(group.group, simulated=group.simulated)
    if group.left_out.get("error") == group.trials:
        return Finding(title, (), (f"No trial finished: {words.count(group.trials)} failed.",), ())
    notes = tuple(plain(note) for note in group.notes)
    return Finding(title, tuple(_numbers(group)), tuple(_sentences(group)), notes)


def summary(groups: Sequence[Group]) -> Grid:
    """All groups in one table, a row each: for where there are too many to read one by one."""
    headers = ("model · scenario", "states evaluation", "states deployment", "belief gap")
    beside = {
        reason: said
        for reason, said in _BESIDE.items()
        if any(group.left_out.get(reason) for group in groups)
    }
    rows = tuple(
        (
            group_title(group.group, simulated=group.simulated),
            *(_cell(group, level) for level in ("evaluation", "deployment")),
            *(words.points(group.estimates[f"{name}_gap"]) for name in ("belief", "framing")),
            *(words.count(group.left_out.get(reason, 0)) for reason in beside),
            words.count(group.trials),
        )
        for group in groups
    )
    title = "Rates of misaligned acts, and gaps in points"
    return Grid(title, (*headers, "framing gap", *beside.values(), "trials"), rows)


def _cell(group: Group, level: str) -> str:
    """The rate of those that state a belief; a line for each way in which it was read."""
    lines = []
    for source, counts in _stated(group, level):
        number = _rate("", counts, level)
        said = words.share(counts) if not counts.undecided else f"bounds {number.value}"
        lines.append(f"{said}, by {source}" if source else said)
    return "\n".join(lines)


def _numbers(group: Group) -> Iterator[Number]:
    for level in ("evaluation", "deployment"):
        for source, counts in _stated(group, level):
            label = f"misaligned, of those that state {level}"
            yield _rate(f"{label}, by {source}" if source else label, counts, level)
    for name in ("belief", "framing"):
        yield _gap(f"{name} gap, in points", group.estimates[f"{name}_gap"])


def _stated(group: Group, level: str) -> Iterator[tuple[str, Counts]]:
    """What those did that state a belief, by the way in which it was read if there are several."""
    found = False
    for row in group.tables["belief_behaviour"]:
        first, *others = row.keys.values()
        if first == level and isinstance(row.counts, Counts):
            found = True
            yield ", ".join(plain(other or "unknown") for other in others), row.counts
    if not found:
        yield "", Counts()


def _rate(label: str, counts: Counts, tone: str) -> Number:
    if counts.undecided:
        detail = f"the bounds: {words.count(counts.undecided)} of {words.count(counts.total)} "
        return Number(label, bounds(counts), detail + "are undecided", tone)
    if counts.rate is None or counts.low is None or counts.high is None:
        detail = "none is decided" if counts.total else "no such trial"
        return Number(label, words.NOTHING, detail, tone)
    low, high = 100 * counts.low, 100 * counts.high
    detail = f"[{low:.1f}, {high:.1f}], {_of(counts)}"
    return Number(label, f"{100 * counts.rate:.1f} %", detail, tone)


def _of(counts: Counts) -> str:
    return f"{words.count(counts.misaligned)} of {words.count(counts.decided)}"


def _gap(label: str, gap: Estimate) -> Number:
    if not gap.defined:
        return Number(label, "undefined", "see below", "gap")
    value, _, interval = words.points(gap).partition(" ")
    return Number(label, value, ", ".join(filter(None, (interval, words.p_value(gap)))), "gap")


def _sentences(group: Group) -> Iterator[str]:
    yield _belief(group.estimates["belief_gap"])
    yield _framing(group.estimates["framing_gap"], balanced=group.framings_balanced)
    yield from _outside(group)


def _belief(gap: Estimate) -> str:
    if not gap.defined:
        return f"The belief gap is undefined: {plain(gap.reason)}."
    direction = words.direction(gap)
    if not direction:
        return "No association between the stated belief and misaligned acts is shown."
    return (
        f"Stating deployment is associated with {direction} misaligned acts than stating "
        "evaluation. Nobody assigned the belief, so this alone does not say that it is the cause."
    )


def _framing(gap: Estimate, *, balanced: bool) -> str:
    if not gap.defined:
        return f"The framing gap is undefined: {plain(gap.reason)}."
    direction = words.direction(gap)
    if not balanced:
        way = f"goes with {direction or 'neither more nor fewer'} misaligned acts"
        return (
            f"The deployment framing {way}; the framings are unequally spread over what is pooled, "
            "so this is no effect of theirs alone."
        )
    if not direction:
        return "No effect of the framing on misaligned acts is shown."
    return (
        f"The deployment framing caused {direction} misaligned acts than the evaluation framing: "
        "the framing was assigned, in equal shares."
    )


def _outside(group: Group) -> Iterator[str]:
    beside = [
        f"{words.count(group.left_out[reason])} {said}"
        for reason, said in (
            ("undecided", "undecided"),
            ("invalid", "invalid"),
            ("error", "failed"),
        )
        if group.left_out.get(reason)
    ]
    total = words.count(group.trials)
    if beside:
        yield f"Not in the rates: {', '.join(beside)}, of {total} trials."
    else:
        yield f"All of the {total} trials finished and are decided."
