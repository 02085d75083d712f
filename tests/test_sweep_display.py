"""The progress of a sweep: what it says, on a terminal and elsewhere."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from hawthorne.probes.engine.display import progress, summary, words
from hawthorne.probes.engine.tally import Lane, Tally
from hawthorne.probes.records import Usage, Verdict
from hawthorne.tests.loopback.server import Loopback
from hawthorne.tests.sweeps import command, plant, slowed

OUT = Path("run.db")


def under_way(seconds: float, *lanes: Lane, judging: bool = False, **counts: Any) -> Tally:
    """A tally in the middle of a phase that began some seconds ago."""
    tally = Tally(**counts)
    names = ("openai/a", "sim/b", "local/c")
    tally.begin(dict(zip(names, lanes, strict=False)), judging=judging)
    tally.since = time.monotonic() - seconds
    return tally


def test_it_says_what_is_done_failed_and_in_flight_and_what_it_took() -> None:
    lane = Lane(todo=100, done=40, in_flight=20)
    tally = under_way(50, lane, total=150, found=50, found_failed=2, done=37, failed=3)
    tally.input_tokens, tally.output_tokens, tally.cost_usd = 123_456, 7_890, None
    assert words(tally) == (
        "85/150 done · 5 failed · 20 in flight · 123k + 7,890 tokens · cost not known · 0:50 left"
    )
    tally.interrupted = True
    assert words(tally).endswith("finishing what is in flight (Ctrl-C again: at once)")


def test_before_anything_is_asked_the_total_is_there() -> None:
    assert words(Tally(total=60)) == "0/60 done · starting · 0 + 0 tokens · $0.00"


def test_a_phase_of_judging_has_a_progress_of_its_own() -> None:
    lanes = Lane(todo=30, done=10), Lane(todo=10, done=10)
    tally = under_way(20, *lanes, judging=True, total=500, judged=20)
    assert words(tally).startswith("20/40 judged · 0 in flight")
    assert words(tally).endswith("0:40 left")


@pytest.mark.parametrize(
    ("lanes", "left"),
    [
        ((Lane(todo=10, done=5),), 100.0),
        ((Lane(todo=10),), None),  # nothing has come back yet
        ((Lane(todo=10, done=5), Lane(todo=0)), 100.0),  # all of this model's were there already
        ((Lane(todo=10, done=5), Lane(todo=10_000, done=10_000), Lane(todo=9, done=1)), 800.0),
        ((Lane(todo=10, done=5), Lane(todo=10)), None),  # the slowest tells, and it is not known
        ((Lane(todo=100, done=1, in_flight=18),), 900.0),  # half done, on the average
        ((Lane(todo=2, done=2), Lane(todo=3, done=3)), 0.0),
    ],
)
def test_the_time_left_is_the_slowest_models(lanes: tuple[Lane, ...], left: float | None) -> None:
    found = under_way(100, *lanes, total=20_000, found=9_000).seconds_left()
    assert found == (left if left is None else pytest.approx(left, rel=0.01))


def test_a_model_that_was_stopped_has_no_time_left() -> None:
    tally = under_way(100, Lane(todo=1000, done=1), Lane(todo=10, done=5))
    tally.stopped["openai/a"] = "401"
    assert tally.seconds_left() == pytest.approx(100, rel=0.01)


def test_the_summary_says_what_would_help_and_nothing_else() -> None:
    failed = under_way(1, Lane(2), total=10, done=8, failed=2, open=3)
    failed.last_error = "400: no"
    assert list(summary(failed, Path("my run.db"))) == [
        "8 of 10 trials are in my run.db",
        "10 asked, 0 judgements: 0 tokens in, 0 out, $0.00",
        "2 trials failed (the last: 400: no): the same command with --retry-errors asks just those "
        "again",
        "3 trials undecided: hawthorne judge 'my run.db' --judge PROVIDER/MODEL",
        "next: hawthorne crosstab 'my run.db'   or   hawthorne report 'my run.db'",
    ]
    none = Tally(total=10, failed=4, stopped={"openai/a": "401: bad key"})
    assert list(summary(none, OUT))[2:] == [
        "openai/a stopped: 401: bad key",
        "4 trials failed and 6 not asked: once that is mended, the same command with "
        "--retry-errors asks them",
    ]


def test_one_paid_call_hides_the_cost() -> None:
    tally = Tally()
    tally.add_verdict(Verdict("sim/judge", "aligned", 0, usage=Usage(5, 0, 5)), free=True)
    assert tally.cost_usd == 0.0
    tally.add_verdict(Verdict("openai/x", "aligned", 0, usage=Usage(5, 0, 5)), free=False)
    tally.add_verdict(Verdict("sim/judge", "aligned", 0, usage=Usage(5, 0, 5)), free=True)
    assert tally.cost_usd is None
    assert tally.input_tokens == 15


def test_where_there_is_no_terminal_there_is_a_plain_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a log is no terminal, whatever this makes of it
    with progress(Tally(total=60), plain_every=0.02):
        time.sleep(0.1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 2
    assert set(lines) == {"0/60 done · starting · 0 + 0 tokens · $0.00"}


def test_on_a_terminal_it_is_one_line_that_leaves_nothing_behind(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    server = plant(loopback, monkeypatch)
    server.respond = slowed(server.respond, 0.1)
    sweep = ("sweep", "--model", "openai/planted", "--scenario", "blackmail", "--epochs", "10")
    code, shown = on_a_terminal(
        *sweep, "--judge", "openai/judge", "--max-connections", "4", "--out", str(tmp_path / "r")
    )
    assert code == 0
    assert re.search(r"\d+/20 done · (\d+ judged · )?4 in flight · \S+ \+ \S+ tokens", shown)
    assert " left" in shown
    *_, last = re.split("\x1b\\[2K", shown)
    assert last.startswith("20 of 20 trials are in ")
    assert "\x1b[?25h" in shown, "the cursor is back"


def on_a_terminal(*arguments: str) -> tuple[int, str]:
    """A command with a terminal of 160 columns as its stderr: its exit code, and all that came."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 160, 0, 0))
    process = subprocess.Popen(command(*arguments), stdin=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65_536):
            shown += chunk
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(ours)
    return process.wait(30), shown.decode()
