"""The trial table as a pandas frame: one row per trial, the columns of `Trial`, in that order.

Text is categorical (names repeat in thousands of rows), except the trial's own id; whole numbers
and booleans are pandas' nullable kinds, so that null is never 0 or False. A table that others made
may lack columns: these are null, `status` is then `ok`, and `simulated` follows from the model's
name, which also holds where a file says otherwise.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import TableError
from ..probes.records import Trial
from .columns import COLUMNS, DEFAULTS, BadValue, Column
from .exchange import Rows, csv_rows, export, jsonl_rows, trial_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Table", "export", "from_trials", "load"]

SIMULATED_PREFIX = "sim/"
# Rows are turned into columns this many at a time.
CHUNK = 8192
_READERS = {".csv": csv_rows, ".jsonl": jsonl_rows, ".ndjson": jsonl_rows}
NEVER_EMPTY = ("model", "scenario")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """All trials of one source: `frame` has the columns of `Trial`, `source` names the file."""

    frame: "pd.DataFrame"
    source: str

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def simulated(self) -> bool:
        """Whether any of it was measured on a simulated subject."""
        return bool(self.frame["simulated"].any())


def load(path: Path) -> Table:
    """Read a trial table: `.csv` or `.jsonl` as `export` writes them, anything else as a run file.

    Raises `TableError` where a file is not there, lacks a required column or holds a value that is
    not defined (naming line, column and what is allowed), and `RunFileError` for run files.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        return _load_run(path)
    if not path.is_file():
        raise TableError(f"{path}: there is no such file: check the name")
    return Table(_frame(read(path), str(path)), str(path))


def _load_run(path: Path) -> Table:
    from ..probes.runfile import RunReader

    with RunReader(path) as reader:
        return from_trials(reader.trials(), str(path))


def from_trials(trials: Iterable[Trial], source: str) -> Table:
    """The table of trials that are at hand as records."""
    return Table(_frame(trial_rows(trials), source), source)


def _frame(rows: Rows, source: str) -> "pd.DataFrame":
    import pandas as pd

    builders = {name: _builder(column, cells=rows.cells) for name, column in COLUMNS.items()}
    count = 0
    for numbers, records in _chunks(rows.rows):
        count += len(records)
        for name, values in zip(rows.columns, zip(*records, strict=True), strict=True):
            try:
                builders[name].extend(values)
            except BadValue as bad:
                number = numbers[values.index(bad.value)]
                place = f"{source}, {rows.word} {number}, column {name}"
                raise TableError(f"{place}: {_shown(bad.value)}; {bad.expected}") from None
    for name in COLUMNS.keys() - set(rows.columns):
        builders[name].extend([None] * count)
    frame = pd.DataFrame({name: builder.series() for name, builder in builders.items()})
    frame["simulated"] = _simulated(frame)
    _no_trial_twice(frame, source)
    return frame


def _chunks(
    rows: Iterator[tuple[int, Sequence[Any]]],
) -> Iterator[tuple[Sequence[int], Sequence[Sequence[Any]]]]:
    while chunk := list(islice(rows, CHUNK)):
        yield [number for number, _ in chunk], [record for _, record in chunk]


def _shown(value: object) -> str:
    """A value as an error shows it: on one line, and not for pages."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _simulated(frame: "pd.DataFrame") -> "pd.Series[bool]":
    planted = frame["model"].astype("str").str.startswith(SIMULATED_PREFIX)
    said = frame["simulated"].fillna(False).astype(bool)
    return said | planted


def _no_trial_twice(frame: "pd.DataFrame", source: str) -> None:
    """A file that was put together twice would count every trial twice."""
    ids = frame["trial_id"].dropna()
    again = ids[ids.duplicated()]
    if len(again):
        raise TableError(f"{source}: trial_id {again.iloc[0]} stands more than once")


class _Codes(dict[Any, int]):
    """Raw value → code of a category; values are parsed and checked when first met."""

    def __init__(self, column: Column, parse: Callable[[Any], Any]) -> None:
        super().__init__()
        self.parse = parse
        self.column = column
        self.of_value: dict[str, int] = {name: code for code, name in enumerate(column.allowed)}

    def __missing__(self, raw: Any) -> int:
        value = None if raw is None else self.parse(raw)
        if self.column.name in NEVER_EMPTY and not value:
            raise BadValue(raw, "expected a name")
        if value is None:
            value = DEFAULTS.get(self.column.name)
        code = -1 if value is None else self.of_value.setdefault(value, len(self.of_value))
        self[raw] = code
        return code


class _Categories:
    """Builds a categorical column, one number per row."""

    def __init__(self, column: Column, parse: Callable[[Any], Any]) -> None:
        self.codes = array("i")
        self.known = _Codes(column, parse)

    def extend(self, values: Sequence[Any]) -> None:
        try:
            self.codes.extend(map(self.known.__getitem__, values))
        except TypeError:
            unhashable = next(value for value in values if isinstance(value, list | dict))
            raise BadValue(unhashable, f"expected {self.known.column.expectation}") from None

    def series(self) -> "pd.Series[Any]":
        import numpy as np
        import pandas as pd

        names = pd.Index(list(self.known.of_value), dtype="str")
        codes = np.frombuffer(self.codes, dtype=np.int32) if self.codes else np.empty(0, np.int32)
        return pd.Series(pd.Categorical.from_codes(codes, categories=names))


class _Values:
    """Builds any other column: numbers, booleans, ids."""

    def __init__(self, column: Column, parse: Callable[[Any], Any]) -> None:
        kinds = {"text": "str", "int": "Int64", "float": "float64", "bool": "boolean"}
        self.dtype = kinds[column.kind]
        self.parse = parse
        self.values: list[Any] = []

    def extend(self, values: Sequence[Any]) -> None:
        self.values.extend(map(self.parse, values))

    def series(self) -> "pd.Series[Any]":
        import pandas as pd

        return pd.Series(self.values, dtype=self.dtype)


def _builder(column: Column, *, cells: bool) -> _Categories | _Values:
    parse = _cell_parser(column) if cells else column.check
    if column.kind == "text" and column.name != "trial_id":
        return _Categories(column, parse)
    return _Values(column, parse)


def _cell_parser(column: Column) -> Callable[[Any], Any]:
    """`Column.parse`, with the null of a column that the file does not have."""
    return lambda cell: None if cell is None else column.parse(cell)
