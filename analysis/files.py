"""Files that are written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from ..errors import UsageError

_SQLITE = b"SQLite format 3\0"


@contextmanager
def replacing(out: Path) -> Iterator[TextIO]:
    """A text file (UTF-8, line ends as written) that takes its name when the block ends well.

    Raises `UsageError` where it can't be written, or where the name is that of a folder, a device
    or a database, such as the run itself.
    """
    _check(out)
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(out)
    except OSError as error:
        raise UsageError(f"--out {out}: can't be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _check(out: Path) -> None:
    if out.is_dir():
        raise UsageError(f"--out {out}: is a folder: name a file in it")
    try:
        if out.exists() and not out.is_file():
            raise UsageError(f"--out {out}: is no ordinary file: name another")
        with out.open("rb") as file:
            begins = file.read(len(_SQLITE))
    except OSError:
        return  # not there, or not readable: writing it will tell
    if begins == _SQLITE:
        raise UsageError(f"--out {out}: holds a database, perhaps a run: name another file")
