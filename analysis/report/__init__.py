"""The report: one HTML file that needs nothing else, with tables, figures and transcripts.

`gather` puts together what is shown (`findings`, `marks` and `figure`, `overview`, `sample` and
`transcripts`), and `page` turns it into HTML. The same run gives the same file, byte for byte.
"""

from pathlib import Path

from ...errors import UsageError
from ..files import replacing

__all__ = ["write_report"]


def write_report(run: Path, out: Path, *, transcripts: int = 500) -> None:
    """Write the report on a run file to `out`, which takes its name only when it is whole.

    At most `transcripts` trials are embedded with their transcripts; the tables are of all trials.
    Raises `RunFileError` for the run, and `UsageError` where `out` can't be written or holds a
    database, such as the run itself.
    """
    if transcripts < 0:
        raise UsageError(f"transcripts {transcripts}: expected 0 or more")
    from .gather import report

    with replacing(out) as file:
        file.write(report(run, transcripts))
