"""What the tests of whole sweeps share."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hawthorne.probes.engine.run import run_sweep
from hawthorne.probes.engine.spec import SweepSpec, make_spec
from hawthorne.probes.engine.tally import Tally
from hawthorne.probes.records import Trial
from hawthorne.probes.runfile.read import RunReader
from hawthorne.tests.loopback.exchange import Answer, Request, Respond
from hawthorne.tests.loopback.server import Loopback
from hawthorne.tests.planted import Planted

KEY = "sk-secret-of-this-test"


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


def command(*arguments: str | Path) -> list[str]:
    """The command line, for a process of its own."""
    return [sys.executable, "-m", "hawthorne", *map(str, arguments)]


def call(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """A command, from its start to its end."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120, **more)


def plant(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """A loopback server that `openai/…` goes to, with a planted subject and its judge behind it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.openai_url)
    loopback.respond = Planted(spec_of(epochs=1))
    return loopback


def slowed(respond: Respond, seconds: float, *, judge: float | None = None) -> Respond:
    """The same answers, later; those of a judge after a time of their own."""

    def late(request: Request) -> Answer:
        wait = seconds if judge is None or not request.schema else judge
        return replace(respond(request), delay=wait)

    return late


def wait_until(holds: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Wait for something to happen while a process runs."""
    while not holds():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
