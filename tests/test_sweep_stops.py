"""A sweep or a judging that is stopped, in whatever way: nothing is lost, and it goes on."""

import os
import resource
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from hawthorne.probes.runfile.read import RunReader
from hawthorne.tests.loopback.server import Loopback
from hawthorne.tests.sweeps import call, command, plant, slowed, sweep, trials, wait_until

SWEEP = ("sweep", "--model", "openai/planted", "--scenario", "blackmail", "--epochs", "30")
JUDGE = ("--judge", "openai/judge")
FOR_EVER = 60.0


@pytest.fixture
def server(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    return plant(loopback, monkeypatch)


def started(*arguments: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stopped(process: "subprocess.Popen[str]", *signals: int) -> tuple[int, str]:
    """Send signals one after another; the exit code and the messages."""
    with process:
        try:
            for number in signals:
                process.send_signal(number)
                time.sleep(0.2)  # two of a kind that come together are one
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    return process.returncode, said


def asked(server: Loopback) -> int:
    return len([request for request in server.completions if not request.schema])


def judged(server: Loopback) -> int:
    return len(server.completions) - asked(server)


def test_killed_while_requests_are_in_flight_it_goes_on_where_it_was(
    tmp_path: Path, server: Loopback
) -> None:
    out, connections = tmp_path / "run.db", 4
    server.respond = slowed(server.respond, 0.03)
    options = (*SWEEP, *JUDGE, "--out", out, "--max-connections", str(connections))
    for kill in range(3):
        process = started(*options)
        seen = len(server.completions)
        wait_until(lambda: len(server.completions) >= seen + 12 + 5 * kill, process)  # noqa: B023
        process.kill()
        process.communicate()
    finished = call(*options)
    assert finished.returncode == 0, finished.stderr
    rows = trials(out)
    assert len(rows) == 60
    assert {row.status for row in rows} == {"ok"}
    assert not [row for row in rows if row.behaviour == "undecided"]
    by_judge = [row for row in rows if row.verdict_source == "judge"]
    # What is asked twice is at most what was in flight when it was killed.
    assert 60 <= asked(server) <= 60 + 3 * connections
    assert len(by_judge) <= judged(server) <= len(by_judge) + 3 * connections


def test_killed_between_a_transcript_and_its_verdict_only_the_judge_is_asked_again(
    tmp_path: Path, server: Loopback
) -> None:
    out, respond = tmp_path / "run.db", server.respond
    server.respond = slowed(respond, 0.0, judge=FOR_EVER)
    process = started(*SWEEP, *JUDGE, "--out", out, "--max-connections", "4")
    wait_until(lambda: judged(server) == 4, process)
    process.kill()
    process.communicate()
    answered, server.respond = asked(server), respond
    assert len(trials(out)) == answered
    assert call(*SWEEP, *JUDGE, "--out", out).returncode == 0
    assert asked(server) == 60
    rows = trials(out)
    assert not [row for row in rows if row.behaviour == "undecided"]
    assert judged(server) == 4 + len([row for row in rows if row.verdict_source == "judge"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_once_it_finishes_what_is_in_flight(
    tmp_path: Path, server: Loopback, number: signal.Signals
) -> None:
    out, respond = tmp_path / "run.db", server.respond
    server.respond = slowed(respond, 0.1)
    process = started(*SWEEP, *JUDGE, "--out", out, "--max-connections", "4")
    wait_until(lambda: len(server.completions) >= 10, process)
    code, said = stopped(process, number)
    assert code == 130
    assert "goes on where" in said
    rows = trials(out)
    assert len(rows) == asked(server) < 60
    assert len([row for row in rows if row.verdict_source == "judge"]) == judged(server)
    assert not [row for row in rows if row.behaviour == "undecided"]
    server.respond = respond
    assert call(*SWEEP, *JUDGE, "--out", out).returncode == 0
    assert len(trials(out)) == asked(server) == 60


def test_interrupted_twice_it_stops_at_once(tmp_path: Path, server: Loopback) -> None:
    out, respond = tmp_path / "run.db", server.respond
    server.respond = lambda request: slowed(respond, 0.0 if asked(server) < 7 else FOR_EVER)(
        request
    )
    process = started(*SWEEP, "--out", out, "--max-connections", "4")
    wait_until(lambda: asked(server) >= 10, process)
    code, said = stopped(process, signal.SIGINT, signal.SIGINT)
    assert code == 130
    assert "stored" in said
    assert "Traceback" not in said
    assert 0 < len(trials(out)) < 10
    with RunReader(out) as reader:
        assert [one.finished_at for one in reader.sweeps()] == [None]


def test_an_interrupted_judging_loses_no_verdict(tmp_path: Path, server: Loopback) -> None:
    out, respond = tmp_path / "run.db", server.respond
    sweep(out, models=["openai/planted"], epochs=30)
    still_open = [row for row in trials(out) if row.behaviour == "undecided"]
    server.respond = slowed(respond, 0.1)
    process = started("judge", out, *JUDGE, "--max-connections", "2")
    wait_until(lambda: judged(server) >= 3, process)
    code, said = stopped(process, signal.SIGINT)
    assert code == 130
    assert "goes on where" in said
    decided = [row for row in trials(out) if row.verdict_source == "judge"]
    assert len(decided) == judged(server) < len(still_open)
    server.respond = respond
    assert call("judge", out, *JUDGE).returncode == 0
    assert judged(server) == len(still_open), "nothing is judged twice"


def test_a_second_sweep_of_the_same_file_says_who_is_at_work(
    tmp_path: Path, server: Loopback
) -> None:
    out = tmp_path / "run.db"
    server.respond = slowed(server.respond, FOR_EVER)
    first = started(*SWEEP, "--out", out)
    wait_until(lambda: asked(server) > 0, first)
    second = call("sweep", "--model", "sim/figure-10", "--scenario", "leak", "--out", out)
    assert second.returncode == 2
    assert f"is being written by process {first.pid}" in second.stderr
    assert second.stderr.count("\n") == 1
    assert stopped(first, signal.SIGINT, signal.SIGINT)[0] == 130


def test_a_full_disk_is_one_line_and_the_sweep_goes_on_later(tmp_path: Path) -> None:
    out = tmp_path / "run.db"
    options = ("sweep", "--model", "sim/figure-10", "--scenario", "blackmail", "--epochs", "200")
    full = call(*options, "--out", out, preexec_fn=limited)
    assert full.returncode == 2
    assert full.stderr.startswith(f"hawthorne: {out}: ")
    assert full.stderr.count("\n") == 1
    assert 0 < len(trials(out)) < 400
    assert call(*options, "--out", out).returncode == 0
    assert len(trials(out)) == 400


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))


def test_a_job_in_the_background_is_not_stopped_by_what_its_parent_ignores(
    tmp_path: Path, server: Loopback
) -> None:
    out = tmp_path / "run.db"
    server.respond = slowed(server.respond, 0.1)
    process = subprocess.Popen(
        command(*SWEEP, "--epochs", "5", "--out", out),
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=ignoring,
    )
    wait_until(lambda: asked(server) > 0, process)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(30) == 0
    assert len(trials(out)) == 10


def ignoring(*_: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
