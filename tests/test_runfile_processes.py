"""Several processes and one file: a writer that is killed, a second one, a full disk, no rights."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hawthorne.errors import RunFileError
from hawthorne.probes.records import Verdict
from hawthorne.probes.runfile import RunReader, RunWriter
from hawthorne.tests.runfile_samples import filled, stored, trial, trial_id

_START = """
import importlib.readers, os, sys  # the first: not to be found once rights are dropped
from pathlib import Path
from hawthorne.errors import RunFileError
from hawthorne.probes.records import Verdict
from hawthorne.probes.runfile import RunReader, RunWriter
from hawthorne.tests.runfile_samples import *
path = Path(sys.argv[1])
def say(*words): print(*words, flush=True)
"""
_WRITE_ON = """
with RunWriter.open(path) as run:
    number = int(sys.argv[2])
    while True:
        run.add_trial(trial(number), transcript(f"answer {number}"))
        run.add_verdict(trial_id(number), Verdict("judge", "aligned", 0))
        say(number)
        number += 1
"""
_HOLD = """
run = RunWriter.open(path)
run.add_trial(trial(1), transcript())
say("ready")
sys.stdin.read()
"""
_WRITE_UNTIL_FULL = """
import resource
run = RunWriter.open(path)
size = 600_000
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    for number in range(100_000):
        run.add_trial(trial(number), transcript(f"answer {number}"))
        say(number)
except RunFileError as error:
    say(error)
run.close()
"""
_WITHOUT_RIGHTS = """
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.setuid(65534)
for attempt in (path, path.with_name("new.db")):
    try:
        RunWriter.open(attempt).close()
    except RunFileError as error:
        say(error)
with RunReader(path) as run:
    say(len(list(run.trials())))
"""
_CONTEND = """
import time
from hawthorne.probes.runfile.lock import Held, WriterLock
mark = path.with_name("mark")
taken = 0
while taken < 100:
    try:
        lock = WriterLock(path)
    except Held:
        continue
    os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    time.sleep(0.0005)
    mark.unlink()
    lock.release()
    taken += 1
say("done")
"""
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX limits and rights")


@contextmanager
def _process(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _START + script, *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.read().splitlines()


def test_a_killed_writer_loses_nothing_and_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    draw = random.Random(7)
    first = 0
    for _ in range(4):
        with _process(_WRITE_ON, path, first) as process:
            start = _line(process)
            time.sleep(draw.uniform(0, 0.15))
            process.kill()  # SIGKILL, where there is one
            last = int([start, *_said(process)][-1])
        judged = {one.trial_id: one.behaviour for one in stored(path)}
        assert all(judged[trial_id(number)] == "aligned" for number in range(last + 1))
        with RunWriter.open(path) as run:  # at once, over what the dead one left
            assert all(run.is_done(trial_id(number)) for number in range(last + 1))
            assert not run.is_done(trial_id(last + 2))
        first = last + 1
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [each.name for each in tmp_path.iterdir()] == ["run.db"]


def test_a_second_writer_is_refused_at_once_and_readers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with _process(_HOLD, path) as process:
        assert _line(process) == "ready"
        started = time.monotonic()
        with pytest.raises(RunFileError) as caught:
            RunWriter.open(path)
        assert time.monotonic() - started < 2
        assert str(caught.value).startswith(
            f"{path}: is being written by process {process.pid} since 2"
        )
        assert str(caught.value).endswith("Z: wait until it is done, or stop it")
        with RunReader(path) as run:
            assert [one.trial_id for one in run.trials()] == [trial_id(1)]
            assert run.summary().writing
    with RunReader(path) as run:
        assert not run.summary().writing
    with RunWriter.open(path) as writer:
        writer.add_verdict(trial_id(1), Verdict("judge", "aligned"))
        assert writer.add_trial(trial(2))


def test_a_reader_that_stays_keeps_no_writer_out(tmp_path: Path) -> None:
    path = filled(tmp_path / "run.db", 1)
    with RunReader(path) as run:
        stream = run.trials()
        with _process(_HOLD.replace("trial(1)", "trial(2)"), path) as process:
            assert _line(process) == "ready"
            assert len(list(stream)) == 2
        filled(path, 3)
        assert len(list(run.trials())) == 3


def test_only_one_of_many_ever_has_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with (
        _process(_CONTEND, path) as one,
        _process(_CONTEND, path) as two,
        _process(_CONTEND, path) as three,
    ):
        assert [_said(each) for each in (one, two, three)] == [["done"]] * 3
    assert list(tmp_path.iterdir()) == []


@posix
def test_no_room_left_is_one_clear_line_and_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with _process(_WRITE_UNTIL_FULL, path) as process:
        *numbers, error = _said(process)
    assert error.startswith(f"{path}: can't be read or written, the disk reports an error: ")
    assert error.endswith("start again, what was finished is stored")
    assert [one.trial_id for one in stored(path)] == [trial_id(int(n)) for n in numbers]
    with RunWriter.open(path) as run:
        assert run.add_trial(trial(len(numbers)))


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder outside pytest's own, which is closed to the user that root turns into."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@posix
@pytest.mark.parametrize(
    ("rights", "refused", "names"),
    [
        (0o555, "can't be opened: check that the folder exists and that you may", {"run.db"}),
        (0o777, "can't be written, the file or its folder is read-only", {"run.db", "new.db"}),
    ],
    ids=["folder", "file"],
)
def test_without_rights_nothing_is_written_but_all_is_read(
    shared_folder: Path, rights: int, refused: str, names: set[str]
) -> None:
    path = filled(shared_folder / "run.db", 1, 2)
    before = path.read_bytes()
    path.chmod(0o444)
    shared_folder.chmod(rights)
    with _process(_WITHOUT_RIGHTS, path) as process:
        *errors, read = _said(process)
    assert errors[0].startswith(f"{path}: {refused}")
    assert len(errors) == (2 if names == {"run.db"} else 1)
    assert read == "2"
    assert path.read_bytes() == before
    assert {each.name for each in shared_folder.iterdir()} == names
