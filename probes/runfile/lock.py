"""One writer at a time.

Readers must get at the file while a sweep is on, and SQLite's own write lock is free between two
commits, so the writer holds a lock beside it: an empty SQLite database `RUN.db-lock`, in an
exclusive transaction that never writes. SQLite asks the operating system for that lock, on every
system that it runs on, and the system lets go of it when the process is gone, whatever ended it: a
lock can't go stale, and a file that a killed process left behind means nothing.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from .failures import result_code

# Long enough to outwait `is_held`, which touches the lock for microseconds.
_PATIENCE_S = 0.25
_ATTEMPTS = 20
_held_here: set[Path] = set()


class Held(Exception):
    """Another writer has the lock."""


class WriterLock:
    """The lock of one run file, held from construction until `release`.

    Raises `Held`, `OSError` or `sqlite3.Error`.
    """

    def __init__(self, run_file: Path) -> None:
        self._file = _lock_file(run_file)
        # Asked here and not of the system: on POSIX, the handle that a second attempt in this
        # process would open and close would take the first one's lock with it.
        if self._file in _held_here:
            raise Held
        self._handle, self._db = _take(self._file)
        _held_here.add(self._file)

    def release(self) -> None:
        """Takes the lock's file away and lets go."""
        _remove(self._file)
        self._db.close()
        os.close(self._handle)
        _held_here.discard(self._file)
        if os.name == "nt":  # an open file could not be removed
            _remove(self._file)


def is_held(run_file: Path) -> bool:
    """True while a writer is at work on the file."""
    lock_file = _lock_file(run_file.resolve())
    if not lock_file.exists():
        return False
    try:
        with closing(_looking(lock_file)) as db:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error as error:  # any other than busy: the writer left just now
        return result_code(error) == sqlite3.SQLITE_BUSY
    return False


def _looking(lock_file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{lock_file.as_uri()}?mode=ro", uri=True, timeout=0)


def _lock_file(run_file: Path) -> Path:
    return run_file.with_name(run_file.name + "-lock")


def _take(file: Path) -> tuple[int, sqlite3.Connection]:
    """A handle and the connection that has the lock, both on the file that stands at this path.

    A writer that closes may remove the file between our opening and our locking it; then we hold a
    lock that nobody else can see. The handle keeps the file's number from being given to another
    file, so if the path still leads to the handle's file, it never led elsewhere meanwhile.
    """
    for _ in range(_ATTEMPTS):
        handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o666)
        try:
            db = _exclusive(file)
        except BaseException:
            os.close(handle)
            raise
        if _leads_to(file, handle):
            return handle, db
        db.close()
        os.close(handle)
    raise Held


def _exclusive(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=_PATIENCE_S, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = MEMORY")  # no journal file beside the lock
        db.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        db.close()
        if result_code(error) == sqlite3.SQLITE_BUSY:
            raise Held from error
        raise
    return db


def _leads_to(file: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), file.stat())
    except FileNotFoundError:
        return False


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
