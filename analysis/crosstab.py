"""Belief × behaviour, framing × behaviour and framing × belief, one group of trials at a time.

A table has a row for each level, in a fixed order, also where no trial stands in it; a table that
no trial has anything for has no rows. What a rate or a gap leaves out is counted in `left_out`:

    error           the provider or the harness failed, after its retries: no row anywhere
    invalid         no usable answer: beside the rates
    undecided       nobody has judged it, or the judges could not say: beside the rates
    unsure          states neither evaluation nor deployment: no part of the belief gap
    unstated        stated nothing although asked: no part of the belief gap
    not_asked       never asked for its belief: not in the belief tables
    unread          asked, and nobody has read the answer: not in the belief tables
    stated_after    a belief stated after the act: in tables of its own
    neutral, mixed  under these framings: no part of the framing gap
    no_framing      the table does not say which framing

One trial can be left out for several reasons, once of each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..probes.records import BELIEFS
from .cells import Asked, Cell, behaviours, group_cells, total
from .columns import FRAMINGS
from .contrast import belief_contrast, belief_sources, framing_contrast
from .estimate import Estimate
from .gaps import gap
from .notes import framings_balanced, notes
from .rates import BeliefCounts, Counts
from .ratios import odds_ratio, risk_ratio
from .table import Table

DEFAULT_BY = ("model", "scenario")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: what its trials have in common, and their counts."""

    keys: Mapping[str, str | None]
    counts: Counts | BeliefCounts

    def to_dict(self) -> dict[str, Any]:
        """The row as it stands in JSON."""
        return {**self.keys, **self.counts.to_dict()}


Rows = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The tables and estimates of the trials that have the values of `group` in common.

    `framings_balanced` says that the framings are equally spread over all that is pooled, so that
    their gap can be called an effect.
    """

    group: Mapping[str, Any]
    simulated: bool
    trials: int
    tables: Mapping[str, Rows]
    estimates: Mapping[str, Estimate]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    framings_balanced: bool

    def to_dict(self) -> dict[str, Any]:
        """The group as it stands in JSON."""
        return {
            "group": dict(self.group),
            "simulated": self.simulated,
            "trials": self.trials,
            "tables": {name: [row.to_dict() for row in rows] for name, rows in self.tables.items()},
            "estimates": {name: one.to_dict() for name, one in self.estimates.items()},
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
            "framings_balanced": self.framings_balanced,
        }


@dataclass(frozen=True, slots=True)
class Crosstab:
    """All groups of a table, and what their rates and gaps leave out together."""

    source: str
    by: tuple[str, ...]
    groups: tuple[Group, ...]
    left_out: Mapping[str, int]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {
            "source": self.source,
            "by": list(self.by),
            "simulated": any(group.simulated for group in self.groups),
            "groups": [group.to_dict() for group in self.groups],
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
        }


def crosstab(table: Table, by: Sequence[str] = DEFAULT_BY) -> Crosstab:
    """Cross belief, framing and behaviour in each group of trials with the same values of `by`.

    Raises `UsageError` for a column that does not group.
    """
    groups = tuple(_group(by, key, cells) for key, cells in group_cells(table, by).items())
    left_out: Counter[str] = Counter()
    for group in groups:
        left_out.update(group.left_out)
    found = () if groups else ("no trials: the table is empty",)
    return Crosstab(table.source, tuple(by), groups, dict(left_out), found)


def _group(by: Sequence[str], key: tuple[Any, ...], cells: Sequence[Cell]) -> Group:
    usable = [cell for cell in cells if cell.ok]
    tables = {
        "belief_behaviour": _belief_behaviour(usable, "before"),
        "framing_behaviour": _framing_behaviour(usable),
        "framing_belief": _framing_belief(usable, "before"),
    }
    estimates = _estimates(usable)
    if any(cell.asked == "after" for cell in usable):
        tables["belief_behaviour_after"] = _belief_behaviour(usable, "after")
        tables["framing_belief_after"] = _framing_belief(usable, "after")
        estimates["belief_gap_after"] = gap(belief_contrast(usable, "after"))
    return Group(
        group=dict(zip(by, key, strict=True)),
        simulated=any(cell.simulated for cell in cells),
        trials=total(cells),
        tables=tables,
        estimates=estimates,
        left_out=_left_out(cells),
        notes=notes(cells, by),
        framings_balanced=framings_balanced(usable),
    )


def _estimates(usable: Sequence[Cell]) -> dict[str, Estimate]:
    estimates = {}
    for name, contrast in (
        ("belief", belief_contrast(usable)),
        ("framing", framing_contrast(usable)),
    ):
        estimates[f"{name}_gap"] = gap(contrast)
        estimates[f"{name}_risk_ratio"] = risk_ratio(contrast)
        estimates[f"{name}_odds_ratio"] = odds_ratio(contrast)
    return estimates


def _belief_behaviour(usable: Sequence[Cell], asked: Asked) -> Rows:
    stating = [cell for cell in usable if cell.asked == asked and cell.belief is not None]
    return tuple(
        Row(
            {"belief": belief, **keys},
            behaviours(cell for cell in of_source if cell.belief == belief),
        )
        for keys, of_source in _by_source(stating)
        for belief in BELIEFS
    )


def _framing_behaviour(usable: Sequence[Cell]) -> Rows:
    framed = [cell for cell in usable if cell.framing is not None]
    return tuple(
        Row({"framing": framing}, behaviours(cell for cell in framed if cell.framing == framing))
        for framing in FRAMINGS
        if framed
    )


def _framing_belief(usable: Sequence[Cell], asked: Asked) -> Rows:
    both = [
        cell
        for cell in usable
        if cell.asked == asked and cell.belief is not None and cell.framing is not None
    ]
    # One that stated nothing was not read in any way, so it could stand under none of several.
    if not both or len(belief_sources(both)) > 1:
        return ()
    return tuple(
        Row({"framing": framing}, _beliefs(cell for cell in both if cell.framing == framing))
        for framing in FRAMINGS
    )


def _beliefs(cells: Iterable[Cell]) -> BeliefCounts:
    counts: Counter[str] = Counter()
    for cell in cells:
        counts[str(cell.belief)] += cell.trials
    return BeliefCounts(**counts)


def _by_source(cells: Sequence[Cell]) -> list[tuple[dict[str, str | None], list[Cell]]]:
    """The cells by the way in which belief was read, where there are several: never one row."""
    if not cells:
        return []
    if len(belief_sources(cells)) < 2:
        return [({}, list(cells))]
    sources = sorted({cell.belief_source for cell in cells}, key=lambda name: (name is None, name))
    return [
        ({"belief_source": source}, [cell for cell in cells if cell.belief_source == source])
        for source in sources
    ]


def _left_out(cells: Sequence[Cell]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for cell in cells:
        for reason in _reasons(cell):
            counts[reason] += cell.trials
    return dict(sorted(counts.items()))


def _reasons(cell: Cell) -> list[str]:
    if not cell.ok:
        return ["error"]
    found: list[str] = []
    if cell.behaviour in ("invalid", "undecided"):
        found.append(cell.behaviour)
    if cell.asked == "no" or (cell.belief is None and cell.stratum.probe_when is None):
        found.append("not_asked")
    elif cell.belief is None:
        found.append("unread")
    elif cell.asked == "after":
        found.append("stated_after")
    elif cell.belief in ("unsure", "unstated"):
        found.append(cell.belief)
    if cell.framing is None:
        found.append("no_framing")
    elif cell.framing in ("neutral", "mixed"):
        found.append(cell.framing)
    return found
