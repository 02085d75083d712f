"""Which trials' transcripts go into a report: all of them, or a sample that has every kind.

Rare kinds are what a reader looks for, so the sample is not proportional: it takes one trial of
each cell (belief × behaviour × framing × scenario × model), then a second of each, until it is
full. Within a cell the order is that of a hash of the trials' ids, so that it is as good as drawn
by lot, and the same every time.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CELL = ("belief", "behaviour", "framing", "scenario", "model", "status")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The rows of the trial table that were chosen, in its order, out of `total`.

    `cells` kinds of trials occur, and `represented` of them have a trial in the sample.
    """

    frame: "pd.DataFrame"
    total: int
    cells: int
    represented: int

    @property
    def complete(self) -> bool:
        """Whether every trial is there."""
        return len(self.frame) == self.total


def draw(frame: "pd.DataFrame", limit: int) -> Sample:
    """At most `limit` trials; every cell has one if there are no more cells than that."""
    import pandas as pd

    cell = frame.groupby(list(CELL), observed=True, dropna=False, sort=False).ngroup()
    lots = pd.Series([_lot(trial_id) for trial_id in frame["trial_id"]], index=frame.index)
    turns = lots.groupby(cell).rank(method="first")
    order = pd.DataFrame({"turn": turns, "lot": lots}).sort_values(["turn", "lot"]).index
    chosen = order[:limit].sort_values()
    return Sample(
        frame=frame.loc[chosen],
        total=len(frame),
        cells=cell.nunique(),
        represented=cell.loc[chosen].nunique(),
    )


def _lot(trial_id: object) -> int:
    # 48 bits are exact in a float, which ranking makes of them.
    return int(sha256(str(trial_id).encode()).hexdigest()[:12], 16)
