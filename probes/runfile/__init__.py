"""The run file: one SQLite database that holds every trial of a run, and what made it.

`RunWriter` (`write`) adds trials and verdicts, each in a commit of its own; `RunReader` (`read`)
streams the trial table, also while a sweep is on. `schema.sql` says what is kept where, `connect`
what counts as a run file, `lock` how there is never more than one writer, `failures` what can go
wrong.
"""

from .read import RunReader
from .summary import JudgeSummary, ModelSummary, RunSummary, Sweep
from .write import RunWriter

__all__ = ["JudgeSummary", "ModelSummary", "RunReader", "RunSummary", "RunWriter", "Sweep"]
