"""A replication as blocks: for each condition what was measured, and below it the marks."""

from collections.abc import Iterator

from . import words
from .blocks import Block, Grid, Heading, Line, plain
from .crosstab import Group
from .crosstab_view import group_title, outside, row_label
from .rates import Counts
from .replicate import Part, Replication

HEADERS = ("model", "stated belief", "misaligned", "of", "rate of misaligned")


def replication_blocks(result: Replication) -> Iterator[Block]:
    """The whole comparison."""
    yield Heading(result.study.title)
    for part in result.parts:
        rows = [*_measured(result.groups(part)), *_published(part)]
        yield Grid(part.title, HEADERS, tuple(rows), left=2)
        for group in result.groups(part):
            yield from _gap(group)
    yield Line(
        "Published rates are marks: the article names models without versions and not all of its "
        "numbers of trials, so they have no interval and nothing is tested against them.",
        "quiet",
    )
    yield from outside(result.measured.left_out)
    yield from (Line(f"Note: {plain(note)}.", "warning") for note in result.measured.notes)


def _measured(groups: tuple[Group, ...]) -> Iterator[tuple[str, ...]]:
    for group in groups:
        name = _name(group)
        whole = Counts()
        for row in group.tables["belief_behaviour"]:
            counts = row.counts
            if isinstance(counts, Counts) and counts.total:
                whole += counts
                yield name, *_cells(row_label(row), counts)
                name = ""
        yield name, *_cells("any", whole)


def _cells(belief: str, counts: Counts) -> tuple[str, ...]:
    return (
        belief,
        words.count(counts.misaligned),
        words.count(counts.decided),
        words.rate(counts),
    )


def _published(part: Part) -> Iterator[tuple[str, ...]]:
    for mark in part.published:
        yield f"{mark.model}, published", mark.belief or "any", "", "", mark.mark()


def _gap(group: Group) -> Iterator[Block]:
    gap, name = group.estimates["belief_gap"], _name(group)
    if gap.defined:
        said = f"belief gap {words.points(gap)} points, {words.p_value(gap)}: an association"
        yield Line(f"{name}: {said}.")
    else:
        yield Line(f"{name}: belief gap undefined: {plain(gap.reason)}.", "warning")
    yield from (Line(f"Note on {name}: {plain(note)}.", "quiet") for note in group.notes)


def _name(group: Group) -> str:
    return group_title({"model": group.group["model"]}, simulated=group.simulated)
