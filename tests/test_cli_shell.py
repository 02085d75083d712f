"""The command line and its shell: pipes that close, streams that are not there, exit codes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hawthorne.tests.loopback import faults
from hawthorne.tests.loopback.exchange import Answer
from hawthorne.tests.loopback.server import Loopback
from hawthorne.tests.sweeps import call, plant, sweep, trials

SWEEP = ("sweep", "--model", "sim/figure-10", "--scenario", "blackmail", "--epochs", "3")
HERE = f"{sys.executable} -m hawthorne"
# Far more than a pipe holds.
LONG = f"{HERE} scenarios show blackmail --json"


@pytest.fixture
def server(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    return plant(loopback, monkeypatch)


def shell(line: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, timeout=60, **more
    )


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (f"{LONG} | head -1", 0, ""),
        (f"{HERE} scenarios show blackmail | head -1", 0, ""),
        (f"{HERE} --help >&-", 0, ""),
        (f"{LONG} > /dev/full", 2, "hawthorne: the output can't be written: No space left"),
        (f"{HERE} --version > /dev/full", 2, "hawthorne: the output can't be written: No space"),
    ],
)
def test_an_output_that_nobody_reads_is_no_error_of_ours(line: str, code: int, said: str) -> None:
    done = shell(line)
    assert done.returncode == code
    assert done.stderr.startswith(said) if said else done.stderr == ""
    assert done.stderr.count("\n") == bool(said)


@pytest.mark.parametrize("messages", ["2>&1 | true", "2>/dev/full", "2>&- >&- <&-"])
def test_a_sweep_goes_on_though_nobody_reads_its_messages(tmp_path: Path, messages: str) -> None:
    out = tmp_path / "run.db"
    done = shell(f"{HERE} {' '.join(SWEEP)} --out {out} {messages}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(trials(out)) == 6


def test_a_result_gets_through_though_nobody_reads_the_messages(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    line = f"{HERE} {' '.join(SWEEP)} --json --out {tmp_path / 'run.db'} 2> >(true) > {result}"
    assert shell(line).returncode == 0
    assert json.loads(result.read_text(encoding="utf-8"))["done"] == 6


def test_what_a_terminal_can_not_show_is_escaped(tmp_path: Path) -> None:
    out = tmp_path / "run.db"
    sweep(out, epochs=2)
    done = call("crosstab", out, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "(SIMULATED) \\xb7 blackmail" in done.stdout


def test_a_sweep_prints_one_object_and_nothing_else(tmp_path: Path) -> None:
    done = call(*SWEEP, "--judge", "sim/judge", "--json", "--out", tmp_path / "run.db")
    result = json.loads(done.stdout)
    assert (result["total"], result["done"], result["failed"]) == (6, 6, 0)
    assert (result["cost_usd"], result["stopped"], result["interrupted"]) == (0.0, {}, False)
    assert "in_flight" not in result


def test_a_dry_run_finds_a_typing_error_and_writes_nothing(tmp_path: Path) -> None:
    for wrong in (("--model", "opnai/x"), ("--judge", "sim/jugde"), ("--set", "messages=1")):
        done = call(*SWEEP, *wrong, "--dry-run", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert wrong[1].partition("=")[0] in done.stderr
        assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_replicate_says_how_it_went_and_goes_on(tmp_path: Path, server: Loopback) -> None:
    out = tmp_path / "my run.db"
    replicate = ("replicate", "figure-10", "--model", "openai/m", "--epochs", "4", "--out", out)
    server.respond = lambda request: Answer(fault=faults.status(400, "not today"))
    failed = call(*replicate)
    assert failed.returncode == 3
    assert "0 of 4 trials" in failed.stderr
    assert "(the last: 400: not today): the same command with --retry-errors" in failed.stderr
    assert "Claude Opus 4, published" in failed.stdout, "the marks are there whatever happens"
    server.respond = lambda request: Answer("It reads real. <belief>deployment</belief> I decline.")
    again = call(*replicate, "--retry-errors", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["experiment"] == "figure-10"
    assert f"hawthorne crosstab '{out}'" in again.stderr
    assert len(server.completions) == 8


def test_a_judge_that_fails_is_exit_3_and_one_without_work_is_not(
    tmp_path: Path, server: Loopback
) -> None:
    out, planted = tmp_path / "run.db", server.respond
    sweep(out, models=["openai/planted"], epochs=3)
    judge = ("judge", out, "--judge", "openai/judge")
    server.respond = lambda request: Answer(fault=faults.status(401, "bad key"))
    stopped = call(*judge)
    assert stopped.returncode == 3
    assert "judge openai/judge stopped: 401: bad key" in stopped.stderr
    server.respond = planted
    assert call(*judge).returncode == 0
    idle = call(*judge, "--json")
    assert idle.returncode == 0
    assert "nothing to judge" in idle.stderr
    assert json.loads(idle.stdout)["judged"] == 0
