"""A sweep, and a judging, that somebody waits for: progress and outcome are told on stderr."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from .display import judging_summary, progress, summary
from .run import run_judging, run_sweep
from .spec import SweepSpec
from .tally import Tally


def sweep(spec: SweepSpec, out: Path, *, connections: int, retry_errors: bool) -> Tally:
    """As `run_sweep`."""
    tally = Tally()
    with progress(tally):
        run_sweep(spec, out, connections=connections, retry_errors=retry_errors, tally=tally)
    _tell(summary(tally, out))
    return tally


def judging(run: Path, judges: Sequence[str], *, connections: int) -> Tally:
    """As `run_judging`."""
    tally = Tally()
    with progress(tally):
        run_judging(run, tuple(judges), connections=connections, tally=tally)
    _tell(judging_summary(tally, run))
    return tally


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
