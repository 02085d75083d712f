"""The report: one HTML file that needs nothing else, with tables, figures and transcripts.

`gather` puts together what is shown (`findings`, `marks` and `figure`, `overview`, `sample` and
`transcripts`), and `page` turns it into HTML. The same run gives the same file, byte for byte.
"""

from contextlib import suppress
from pathlib import Path

from ...errors import UsageError

__all__ = ["write_report"]

_SQLITE = b"SQLite format 3\0"


def write_report(run: Path, out: Path, *, transcripts: int = 500) -> None:
    """Write the report on a run file to `out`, which takes its name only when it is whole.

    At most `transcripts` trials are embedded with their transcripts; the tables are of all trials.
    Raises `RunFileError` for the run, and `UsageError` where `out` can't be written or holds a
    database, such as the run itself.
    """
    if transcripts < 0:
        raise UsageError(f"transcripts {transcripts}: expected 0 or more")
    _check(out)
    from .gather import report

    html = report(run, transcripts)
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_text(html, encoding="utf-8", newline="\n")
        part.replace(out)
    except OSError as error:
        raise UsageError(f"--out {out}: can't be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _check(out: Path) -> None:
    """Refuse what a report must not replace: a folder, a device, a database."""
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
