"""What SQLite and the operating system say, as a `RunFileError` that tells what to do."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import RunFileError

STORED = "what was finished is stored"
DAMAGED = "go on in a new file, and save what can be read with `sqlite3 FILE .recover`"
_NO_FOLDER = "check that the folder exists and that you may write to it"

# Primary result codes of SQLite (the low byte of what an exception carries).
TEXTS = {
    sqlite3.SQLITE_NOTADB: "is not a run file (not an SQLite database): name another file",
    sqlite3.SQLITE_CORRUPT: f"is damaged: {DAMAGED}",
    sqlite3.SQLITE_FULL: (
        f"can't be written, the disk is full: free some space and start again, {STORED}"
    ),
    sqlite3.SQLITE_IOERR: (
        "can't be read or written, the disk reports an error: "
        f"check its free space and your quota and start again, {STORED}"
    ),
    sqlite3.SQLITE_READONLY: (
        "can't be written, the file or its folder is read-only: "
        "change the permissions, or copy it elsewhere together with its -wal file"
    ),
    sqlite3.SQLITE_CANTOPEN: f"can't be opened: {_NO_FOLDER}",
    sqlite3.SQLITE_PERM: f"can't be opened: {_NO_FOLDER}",
    sqlite3.SQLITE_BUSY: "is locked by another program: close that and try again",
    sqlite3.SQLITE_LOCKED: "is locked by another program: close that and try again",
    sqlite3.SQLITE_PROTOCOL: "can't be locked on this file system: keep it on a local disk",
}
_ERRNO = {
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.EACCES: sqlite3.SQLITE_CANTOPEN,
    errno.EPERM: sqlite3.SQLITE_CANTOPEN,
    errno.ENOENT: sqlite3.SQLITE_CANTOPEN,
    errno.ENOTDIR: sqlite3.SQLITE_CANTOPEN,
}


def refusal(path: Path, text: str) -> RunFileError:
    """The error for one file: one line that names it."""
    return RunFileError(f"{path}: {text}")


def result_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where Python raised the error itself."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite or the system raises inside into a `RunFileError` about the file.

    What has no entry here (wrong SQL, a closed connection) is an error of ours and passes.
    """
    try:
        yield
    except sqlite3.Error as error:
        text = TEXTS.get(result_code(error))
        # Text that is no UTF-8: Python notices it, so the exception has no result code.
        if text is None and str(error).startswith("Could not decode"):
            text = TEXTS[sqlite3.SQLITE_CORRUPT]
        if text is None:
            raise
        raise refusal(path, text) from error
    except OSError as error:
        text = TEXTS.get(_ERRNO.get(error.errno or 0, 0))
        if text is None:
            text = f"can't be used ({error.strerror or error}): name another file"
        raise refusal(path, text) from error
