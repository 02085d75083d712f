"""The trial table on its way in and out: CSV and JSON lines, row by row, without pandas.

A CSV file is UTF-8 with a header; null is an empty cell, booleans are `true` and `false`, and text
that a spreadsheet would take for a formula is kept from it by an apostrophe (`Column.cell`), which
reading takes off again. A JSON line is an object of column → value, null where there is none;
`settings` and `cues` are JSON as text in both. What is written reads back as the same table.
"""

import csv
import difflib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, TextIO, get_args

from ..errors import TableError, UsageError
from ..probes.records import Trial
from .columns import COLUMNS, JSON_COLUMNS, REQUIRED
from .files import replacing

Form = Literal["csv", "jsonl"]
# Python's own limit for one cell is 128 KiB, and a provider's error page can be longer.
LONGEST_CELL = 2**24


@dataclass(frozen=True, slots=True)
class Rows:
    """What a source holds: its columns, and its rows, each with the number to find it by.

    `word` is what the number counts (`line`, `trial`); `cells` tells that values are the text of
    CSV cells, not yet values.
    """

    columns: Sequence[str]
    rows: Iterator[tuple[int, Sequence[Any]]]
    word: str = "line"
    cells: bool = False


def export(trials: Iterable[Trial], to: str, stream: TextIO) -> int:
    """Write trials as `csv` or `jsonl`, one by one, and return how many there were.

    Open a file for it with `newline=""` and UTF-8.
    """
    if to not in get_args(Form):
        raise UsageError(f"--to {to}: expected one of {', '.join(get_args(Form))}")
    return _export_csv(trials, stream) if to == "csv" else _export_jsonl(trials, stream)


class _UnixLines:
    """Ends lines with a line feed alone; the writer, which quotes only the characters of its own
    line end, is told of a carriage return too, so that one inside a cell is quoted."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, line: str) -> int:
        return self.stream.write(line.removesuffix("\r\n") + "\n")


def export_run(run: Path, to: str, out: Path | None = None) -> int:
    """Write the trial table of a run file to `out`, or to stdout; returns the number of trials.

    A file takes its name only when it is whole. Raises `RunFileError` for the run, and
    `UsageError` where `out` can't be written.
    """
    from ..probes.runfile import RunReader

    with RunReader(run) as reader:
        if out is None:
            return export(reader.trials(), to, sys.stdout)
        with replacing(out) as file:
            return export(reader.trials(), to, file)


def _export_csv(trials: Iterable[Trial], stream: TextIO) -> int:
    writer = csv.writer(_UnixLines(stream), lineterminator="\r\n")
    writer.writerow(COLUMNS)
    columns, values, count = tuple(COLUMNS.values()), attrgetter(*COLUMNS), 0
    for count, trial in enumerate(trials, start=1):  # noqa: B007
        pairs = zip(columns, values(trial), strict=True)
        writer.writerow([column.cell(value) for column, value in pairs])
    return count


def _export_jsonl(trials: Iterable[Trial], stream: TextIO) -> int:
    values, count = attrgetter(*COLUMNS), 0
    for count, trial in enumerate(trials, start=1):  # noqa: B007
        # A number that is none (NaN) is null: JSON has no other word for it.
        row = {
            name: value if value == value else None
            for name, value in zip(COLUMNS, values(trial), strict=True)
        }
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def trial_rows(trials: Iterable[Trial]) -> Rows:
    """The rows of trials that are at hand as records."""
    return Rows(tuple(COLUMNS), enumerate(map(attrgetter(*COLUMNS), trials), start=1), "trial")


def csv_rows(path: Path) -> Rows:
    """The rows of a CSV file, numbered by the line on which each begins."""
    lines = _csv_lines(path)
    header = next(lines, None)
    if header is None:
        raise TableError(f"{path}: the file is empty; expected a header line with column names")
    names = [name.strip() for name in header[1]]
    _check_names(path, names)
    for name in names:
        if names.count(name) > 1:
            raise TableError(f"{path}, line 1: column {name} stands twice")
    return Rows(names, _full(path, lines, len(names)), cells=True)


def jsonl_rows(path: Path) -> Rows:
    """The rows of a file with one JSON object a line."""
    return Rows(tuple(COLUMNS), _jsonl_lines(path))


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    begins = 1
    with path.open(encoding="utf-8-sig", newline="") as file, _long_cells():
        reader = csv.reader(file, strict=True)
        try:
            for row in reader:
                if row:
                    yield begins, row
                begins = reader.line_num + 1
        except csv.Error as error:
            raise TableError(f"{path}, line {begins}: not CSV: {error}") from None
        except UnicodeDecodeError:
            raise TableError(f"{path}: not UTF-8 text from line {begins} on") from None


def _full(
    path: Path, lines: Iterable[tuple[int, list[str]]], width: int
) -> Iterator[tuple[int, list[str]]]:
    for number, row in lines:
        if len(row) != width:
            raise TableError(f"{path}, line {number}: {len(row)} cells; the header has {width}")
        yield number, row


def _jsonl_lines(path: Path) -> Iterator[tuple[int, list[Any]]]:
    number, seen = 0, set[str]()
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        try:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                row = _json_object(path, number, line)
                if not seen.issuperset(row):
                    seen.update(row)
                    _check_names(path, row, number, required=())
                yield number, [_text_of_json(name, row.get(name)) for name in COLUMNS]
        except UnicodeDecodeError:
            raise TableError(f"{path}: not UTF-8 text from line {number + 1} on") from None
    if number:
        _check_names(path, seen)


def _json_object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_constant=_no_constant)
    except ValueError as error:
        raise TableError(f"{path}, line {number}: not JSON: {error}") from None
    if not isinstance(row, dict):
        raise TableError(f"{path}, line {number}: expected an object of column and value")
    return row


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _text_of_json(name: str, value: Any) -> Any:
    """Objects in the columns that hold JSON as text, for tables that others made."""
    if isinstance(value, dict) and name in JSON_COLUMNS:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return value


def _check_names(
    path: Path, names: Iterable[str], line: int = 1, required: Sequence[str] = REQUIRED
) -> None:
    """A misspelt column would be a column that is missing, so unknown ones are errors."""
    names = list(names)
    for name in names:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(COLUMNS)}"
            raise TableError(f"{path}, line {line}: unknown column {name!r}; {hint}")
    missing = [name for name in required if name not in names]
    if required and not {"belief", "framing"} & set(names):
        missing.append("belief or framing")
    if missing:
        raise TableError(f"{path}: column {' and '.join(missing)} is missing")


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
