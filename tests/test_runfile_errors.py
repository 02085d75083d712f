"""Whatever is wrong with a run file: one clear line, and what was there stays there."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from hawthorne.errors import RunFileError
from hawthorne.probes.runfile import RunReader, RunWriter
from hawthorne.probes.runfile.connect import connect_to_write
from hawthorne.probes.runfile.failures import explained
from hawthorne.probes.runfile.lock import WriterLock
from hawthorne.tests.runfile_samples import filled, stored, transcript, trial, trial_id

NUMBERS = range(300)


def _text_file(path: Path) -> None:
    path.write_text("model,scenario,belief,behaviour\n" * 200, encoding="utf-8")


def _short_text(path: Path) -> None:
    path.write_text("hello", encoding="utf-8")


def _other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript("PRAGMA journal_mode = WAL; CREATE TABLE bookmarks (url);")


def _other_application(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript("PRAGMA application_id = 7; PRAGMA user_version = 1;")


def _later_format(path: Path) -> None:
    filled(path, *NUMBERS)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE meta SET value = '9.1' WHERE key = 'hawthorne'")
        db.commit()
        db.execute("PRAGMA user_version = 2")


def _truncated(path: Path) -> None:
    content = filled(path, *NUMBERS).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("open_", [RunReader, RunWriter.open], ids=["reader", "writer"])
@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (_text_file, "is not a run file (not an SQLite database): name another file"),
        (_short_text, "is not a run file (not an SQLite database): name another file"),
        (_other_program, "is a database of another program, not a run file: name another file"),
        (_other_application, "is a database of another program, not a run file: name another file"),
        (
            _later_format,
            "has format 2, and this hawthorne reads format 1: "
            "use the hawthorne that made it (9.1), or export there and import here",
        ),
        (
            _truncated,
            "is damaged: go on in a new file, "
            "and save what can be read with `sqlite3 FILE .recover`",
        ),
        (_folder, "is a folder: name a file in it"),
    ],
)
def test_what_is_no_run_file_is_refused_and_left_alone(
    tmp_path: Path,
    open_: Callable[[Path], object],
    spoil: Callable[[Path], None],
    text: str,
) -> None:
    path = tmp_path / "run.db"
    spoil(path)
    before = None if path.is_dir() else path.read_bytes()
    with pytest.raises(RunFileError) as caught:
        open_(path)
    assert str(caught.value) == f"{path}: {text}"
    assert before is None or path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["run.db"]


def test_a_missing_file_is_no_run_to_read(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match=r"run\.db: there is no such file: check the name"):
        RunReader(tmp_path / "run.db")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "run.db"
    with pytest.raises(RunFileError, match="can't be opened: check that the folder exists"):
        RunWriter.open(path)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_run_to_read_but_one_to_write(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    path.touch()
    with pytest.raises(RunFileError, match="is empty: no run was ever stored in it"):
        RunReader(path)
    assert filled(path, 1)
    assert len(stored(path)) == 1


def _read_all(run: RunReader) -> None:
    for number in NUMBERS:
        run.transcript(trial_id(number))


def test_a_damaged_page_shows_when_it_is_read(tmp_path: Path) -> None:
    path = filled(tmp_path / "run.db", *NUMBERS)
    content = bytearray(path.read_bytes())
    page = 4096
    for start in range(len(content) // 2, len(content), page):
        content[start // page * page : start // page * page + 200] = b"\xff" * 200
    path.write_bytes(content)
    with RunReader(path) as run, pytest.raises(RunFileError, match=r"run\.db: is damaged"):
        _read_all(run)


def test_a_damaged_transcript_shows_though_sqlite_sees_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path / "run.db", 1)
    with closing(sqlite3.connect(path)) as db:
        content = bytearray(db.execute("SELECT content FROM texts").fetchone()[0])
        content[len(content) // 2] ^= 0xFF
        db.execute("UPDATE texts SET content = ?", (bytes(content),))
        db.commit()
    with RunReader(path) as run, pytest.raises(RunFileError, match=r"run\.db: is damaged"):
        run.transcript(trial_id(1))


def test_text_that_is_no_utf8_shows(tmp_path: Path) -> None:
    path = filled(tmp_path / "run.db", 1)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE trials SET served_by = CAST(x'ff41' AS TEXT)")
        db.commit()
    with RunReader(path) as run, pytest.raises(RunFileError, match=r"run\.db: is damaged"):
        list(run.trials())


def _write_without_end(run: RunWriter) -> None:
    for number in count(1):
        run.add_trial(trial(number, variant=f"variant-{number}"), transcript(f"{number}"))


def test_a_full_disk_costs_one_trial_and_no_more(tmp_path: Path) -> None:
    """SQLite's own limit on pages: the same result code as a disk that has no room left."""
    path = filled(tmp_path / "run.db", 0)
    db = connect_to_write(path, {})
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 4}")
    with RunWriter(path, WriterLock(path), db) as run:
        with pytest.raises(RunFileError, match=r"run\.db: can't be written, the disk is full"):
            _write_without_end(run)
        written = next(number for number in count() if not run.has(trial_id(number)))
        assert written > 1
        db.execute(f"PRAGMA max_page_count = {pages + 100}")
        # What was remembered of the trial that failed is forgotten: its rows are not there.
        assert run.add_trial(trial(written, variant=f"variant-{written}"), transcript("again"))
    assert [one.trial_id for one in stored(path)] == [trial_id(n) for n in range(written + 1)]
    assert [one.variant for one in stored(path)][-1] == f"variant-{written}"


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path / "run.db", 1)
    before = path.read_bytes()
    with RunReader(path) as run:
        list(run.trials())
        run.summary()
    assert path.read_bytes() == before


def test_an_error_of_ours_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(":memory:")) as db,
        pytest.raises(sqlite3.OperationalError),
        explained(tmp_path),
    ):
        db.execute("SELECT nothing FROM nowhere")


@pytest.mark.parametrize("number", [13, 30, 2, 28, 5])  # EACCES, EROFS, ENOENT, ENOSPC, EIO
def test_what_the_system_says_names_the_file(tmp_path: Path, number: int) -> None:
    with pytest.raises(RunFileError) as caught, explained(tmp_path / "run.db"):
        raise OSError(number, "what the system says")
    assert str(caught.value).startswith(f"{tmp_path / 'run.db'}: can't be ")
    assert "\n" not in str(caught.value)
