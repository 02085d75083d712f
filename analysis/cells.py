"""The trial table counted: trials that are alike in all that an estimate looks at are one cell.

Every crude, stratified or clustered estimate can be made from cells, and a hundred thousand trials
have a few hundred of them, so that pandas counts once and the rest is plain Python.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..errors import UsageError
from ..probes.records import Behaviour
from .columns import COLUMNS
from .rates import Counts
from .table import SIMULATED_PREFIX, Table

if TYPE_CHECKING:
    import pandas as pd

Asked = Literal["before", "after", "no"]
# What a trial is grouped by has few values and is no outcome.
_NEVER_BY = {"trial_id", "seed", "behaviour"}
BY_COLUMNS = tuple(
    name
    for name, column in COLUMNS.items()
    if column.kind in ("text", "bool") and name not in _NEVER_BY
)


class Stratum(NamedTuple):
    """What was fixed for a trial, apart from its framing: inside a stratum, like meets like."""

    model: str | None
    scenario: str | None
    goal: str | None
    threat: str | None
    oversight: str | None
    mitigation: str | None
    probe_when: str | None
    probe_how: str | None
    mode: str | None
    settings: str | None
    arm: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """So many `trials` that are alike; None is what the table does not say."""

    stratum: Stratum
    pair: str | None
    simulated: bool
    simulated_judge: bool
    ok: bool
    framing: str | None
    belief: str | None
    belief_source: str | None
    behaviour: Behaviour
    trials: int

    @property
    def asked(self) -> Asked:
        """When belief was asked for, seen from the act.

        `fork` asks in a copy of the conversation that has not acted. A table that does not say is
        taken to mean before (a note tells).
        """
        when = self.stratum.probe_when
        return "no" if when == "none" else "after" if when == "after" else "before"


Groups = dict[tuple[Any, ...], list[Cell]]


def group_cells(table: Table, by: Sequence[str]) -> Groups:
    """The cells of each group, where trials with the same values in the columns `by` are a group.

    Groups come sorted by these values, so that the order of trials does not matter. Raises
    `UsageError` for a column that does not group.
    """
    for name in by:
        if name not in BY_COLUMNS:
            raise UsageError(f"--by {name}: expected one of {', '.join(BY_COLUMNS)}")
    columns = _counted(table.frame, by)
    strata = map(Stratum._make, zip(*(columns[name] for name in Stratum._fields), strict=True))
    keys = zip(*(columns[name] for name in by), strict=True) if by else repeat(())
    groups: Groups = {}
    # Not strict: without `by`, the one empty key is repeated for ever.
    for key, stratum, *rest in zip(keys, strata, *(columns[name] for name in _OWN), strict=False):
        groups.setdefault(key, []).append(Cell(stratum, *rest))
    return dict(sorted(groups.items(), key=lambda group: [(v is None, v) for v in group[0]]))


_OWN = (
    "pair",
    "simulated",
    "simulated_judge",
    "ok",
    "framing",
    "belief",
    "belief_source",
    "behaviour",
    "trials",
)


def _counted(frame: "pd.DataFrame", by: Sequence[str]) -> dict[str, list[Any]]:
    """The cells as columns of plain values, with their number of trials under `trials`."""
    keys = frame[list(dict.fromkeys([*by, *Stratum._fields, *_OWN[:2], *_OWN[4:-1]]))].copy()
    judges = frame["judge_model"].astype("str")
    keys["simulated_judge"] = judges.str.contains(SIMULATED_PREFIX, regex=False).fillna(False)
    keys["ok"] = frame["status"] == "ok"
    # Nobody has judged it yet: to an estimate, that is the same as judges who could not say.
    keys["behaviour"] = keys["behaviour"].fillna("undecided")
    names = list(keys.columns)
    counted = keys.groupby(names, observed=True, dropna=False, sort=False).size()
    flat = counted.reset_index(name="trials")
    return {name: _plain(flat[name]) for name in flat.columns}


def _plain(column: "pd.Series[Any]") -> list[Any]:
    values = column.astype(object)
    return values.where(column.notna(), None).tolist()


def total(cells: Iterable[Cell]) -> int:
    """How many trials stand in these cells."""
    return sum(cell.trials for cell in cells)


def behaviours(cells: Iterable[Cell]) -> Counts:
    """What the trials of these cells did."""
    counts: Counter[str] = Counter()
    for cell in cells:
        counts[cell.behaviour] += cell.trials
    return Counts(**counts)


def pairs(cells: Iterable[Cell]) -> int | None:
    """How many pairs the trials come from; None where some trial's pair is not known."""
    names = {cell.pair for cell in cells}
    return None if None in names else len(names)
