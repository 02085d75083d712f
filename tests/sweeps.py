"""What the tests of whole sweeps share."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hawthorne.probes.engine.run import run_sweep
from hawthorne.probes.engine.spec import SweepSpec, make_spec
from hawthorne.probes.engine.tally import Tally
from hawthorne.probes.records import Trial
from hawthorne.probes.runfile.read import RunReader


def spec_of(**wanted: Any) -> SweepSpec:
    """A small sweep of the simulated subject, changed by what is given."""
    return make_spec({"models": ["sim/figure-10"], "scenarios": ["blackmail"], **wanted})


def sweep(out: Path, *, retry_errors: bool = False, connections: int = 20, **wanted: Any) -> Tally:
    """Run a sweep into a file."""
    return run_sweep(spec_of(**wanted), out, connections=connections, retry_errors=retry_errors)


def trials(out: Path) -> list[Trial]:
    """All rows of a run."""
    with RunReader(out) as reader:
        return list(reader.trials())


def table(rows: Iterable[Trial]) -> Counter[tuple[str | None, str | None, str]]:
    """How often each belief, behaviour and framing came together."""
    return Counter((row.belief, row.behaviour, row.framing) for row in rows)
