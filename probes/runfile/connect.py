"""Opening a run file: is it one of ours, and in the form that this code reads?

Never open a run file by other means (to hash it, say) in a process that has it open here: on POSIX,
closing any handle of a file drops the locks that SQLite holds on it.
"""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path

from .failures import TEXTS, explained, refusal, result_code

APPLICATION_ID = 0x68777468  # "hwth"
FORMAT = 1
_SCHEMA = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
_BUSY_S = 10.0  # readers and the writer only ever wait while a log is being recovered or folded in
_UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
_WRITER_CACHE_KIB = 16_384  # keeps the inner pages of a million trials' index in memory


def connect_to_write(path: Path, meta: Mapping[str, str]) -> sqlite3.Connection:
    """A connection for the one writer; a file that is not there, or is empty, becomes a run file.

    `meta` is what a run file is born with, written together with the schema. A new file that can't
    be finished is taken away again. Raises `RunFileError`.
    """
    _refuse_folder(path)
    is_new = not path.exists()
    if not (is_new or os.access(path, os.W_OK)):
        raise refusal(path, TEXTS[sqlite3.SQLITE_READONLY])
    try:
        with explained(path):
            return _prepared(path, meta)
    except BaseException:
        if is_new:
            _take_away(path)
        raise


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that can't change a row, in step with a writer. Raises `RunFileError`."""
    _refuse_folder(path)
    if not path.exists():
        raise refusal(path, "there is no such file: check the name")
    with explained(path):
        db = _open_to_read(path)
        try:
            if _is_empty(db):
                raise refusal(path, "is empty: no run was ever stored in it")
            _identify(db, path)
        except BaseException:
            db.close()
            raise
        return db


def _prepared(path: Path, meta: Mapping[str, str]) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        is_empty = _is_empty(db)
        if not is_empty:
            _identify(db, path)
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        # A commit survives the death of the process; fsync waits for the log to be folded in, so
        # that a power cut can cost the last seconds, but never the file.
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        if is_empty:
            _create(db, meta)
    except BaseException:
        db.close()
        raise
    return db


def _create(db: sqlite3.Connection, meta: Mapping[str, str]) -> None:
    db.executescript(
        f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; "
        f"PRAGMA user_version = {FORMAT};\n{_SCHEMA}"
    )
    db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    db.execute("COMMIT")


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Opened for writing where that is allowed, but with all changes forbidden.

    Only so does SQLite take its helper files away when the last one leaves. A file that we may not
    write, and that has no log, is read as one that nobody changes: helper files that stay behind,
    as read-only as the file is, would keep the next writer out.
    """
    file = path.resolve()
    uri = file.as_uri()
    if os.access(file, os.W_OK):
        try:
            return _tried(f"{uri}?mode=rw")
        except sqlite3.OperationalError as error:
            if result_code(error) not in _UNWRITABLE:
                raise
    has_log = file.with_name(file.name + "-wal").exists()
    return _tried(f"{uri}?mode=ro" if has_log else f"{uri}?immutable=1")


def _tried(uri: str) -> sqlite3.Connection:
    db = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None)
    try:
        db.execute("PRAGMA query_only = ON")
        _is_empty(db)  # the file is looked at only now
    except BaseException:
        db.close()
        raise
    return db


def _is_empty(db: sqlite3.Connection) -> bool:
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not tables and not _pragma(db, "application_id") and not _pragma(db, "user_version")


def _identify(db: sqlite3.Connection, path: Path) -> None:
    if _pragma(db, "application_id") != APPLICATION_ID:
        raise refusal(path, "is a database of another program, not a run file: name another file")
    version = _pragma(db, "user_version")
    if version != FORMAT:
        raise refusal(
            path,
            f"has format {version}, and this hawthorne reads format {FORMAT}: "
            f"use the hawthorne that made it{_made_by(db)}, or export there and import here",
        )


def _made_by(db: sqlite3.Connection) -> str:
    try:
        row = db.execute("SELECT value FROM meta WHERE key = 'hawthorne'").fetchone()
    except sqlite3.Error:
        return ""
    return f" ({row[0]})" if row else ""


def _pragma(db: sqlite3.Connection, name: str) -> int:
    value: int = db.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise refusal(path, "is a folder: name a file in it")


def _take_away(path: Path) -> None:
    file = path.resolve()  # of a link, what it leads to
    for ending in ("-wal", "-shm", "-journal", ""):
        with suppress(OSError):
            file.with_name(file.name + ending).unlink(missing_ok=True)


def peek(path: Path, key: str) -> str | None:
    """One value of `meta`, or None where it can't be had: for messages."""
    try:
        with closing(_tried(f"{path.resolve().as_uri()}?mode=rw")) as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None
