"""What may stand in each column of the trial table, read off the record that defines it.

A value is text, a whole number, a number or a boolean; None is null. `Column.check` takes a value
as Python has it (a run file, JSON), `Column.parse` the text of a cell of a CSV file.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ..probes.records import Trial

Kind = Literal["text", "int", "float", "bool"]
FRAMINGS = ("evaluation", "deployment", "neutral", "mixed")

# A spreadsheet runs a cell that begins like this as a formula.
FORMULA = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_TO_QUOTE = re.compile(rf"'*(?:[{FORMULA}]|\Z)")
_QUOTED = re.compile(rf"'+(?:[{FORMULA}]|\Z)")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# What every table has, whoever made it; beside these, a belief or a framing.
REQUIRED = ("model", "scenario", "behaviour")
# Columns that hold a JSON object as text.
JSON_COLUMNS = frozenset({"settings", "cues"})
# What a table means that leaves these out.
DEFAULTS: Mapping[str, str] = {"arm": "", "status": "ok"}
_ALLOWED: Mapping[str, tuple[str, ...]] = {"framing": FRAMINGS, "mode": ("text", "agent")}
_RANGES: Mapping[str, tuple[float, float]] = {"severity": (0, 3), "p_evaluation": (0, 1)}
_WORDS: Mapping[Kind, str] = {
    "text": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
}
_KINDS: Mapping[type, Kind] = {str: "text", int: "int", float: "float", bool: "bool"}


class BadValue(Exception):
    """A value that has no place in its column; `expected` says what has."""

    def __init__(self, value: object, expected: str) -> None:
        super().__init__(f"{value!r}: {expected}")
        self.value = value
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its values are, and which are allowed where not all are."""

    name: str
    kind: Kind
    nullable: bool
    allowed: tuple[str, ...] = ()
    range: tuple[float, float] | None = None

    @property
    def empty_is_text(self) -> bool:
        """Whether the empty string is a value of its own that an empty cell stands for."""
        return self.kind == "text" and not self.nullable and not self.allowed

    def check(self, value: Any) -> Any:
        """The value as the table holds it; raises `BadValue` where it does not belong."""
        if value is None:
            return None
        if not self._fits(value):
            raise BadValue(value, f"expected {self.expectation}")
        return float(value) if self.kind == "float" else value

    def parse(self, cell: str) -> Any:
        """The value that a CSV cell stands for; raises `BadValue` where it is none."""
        if not cell:
            return "" if self.empty_is_text else None
        if self.kind == "text":
            return self.check(cell[1:] if _QUOTED.match(cell) else cell)
        try:
            return self.check(_NUMBERS[self.kind](cell.strip()))
        except (ValueError, KeyError, BadValue):
            raise BadValue(cell, f"expected {self.expectation}") from None

    def cell(self, value: Any) -> str:
        """The CSV cell that stands for a value: what `parse` reads back as the same.

        An empty cell is null (in columns that are never null, the empty string). Text that a
        spreadsheet would run as a formula gets an apostrophe in front, which is what spreadsheets
        themselves take for "this is text", and so does an empty string that is not null, and text
        that begins like one of these.
        """
        if value is None or value != value:
            return ""
        if self.kind == "bool":
            return "true" if value else "false"
        if self.kind != "text":
            return repr(value)
        if self.empty_is_text and not value:
            return ""
        return f"'{value}" if _TO_QUOTE.match(value) else str(value)

    @property
    def expectation(self) -> str:
        """What the column holds, in words."""
        if self.allowed:
            return "one of " + ", ".join(self.allowed)
        within = f" from {self.range[0]:g} to {self.range[1]:g}" if self.range else ""
        return _WORDS[self.kind] + within

    def _fits(self, value: Any) -> bool:
        if self.kind == "text":
            return isinstance(value, str) and (not self.allowed or value in self.allowed)
        if self.kind == "bool":
            return isinstance(value, bool)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if self.kind == "int" and not (isinstance(value, int) and -(2**63) <= value < 2**63):
            return False
        return self.range is None or self.range[0] <= value <= self.range[1]


def _whole(cell: str) -> int:
    """A whole number, also as `12.0`, which is how pandas writes a column that has gaps."""
    return int(cell[:-2] if cell.endswith(".0") else cell)


_NUMBERS: Mapping[Kind, Callable[[str], Any]] = {
    "int": _whole,
    "float": float,
    "bool": lambda cell: _BOOLEANS[cell.lower()],
}


def _column(name: str, hint: Any) -> Column:
    """One column, from the type of the record's field."""
    nullable = isinstance(hint, UnionType) or type(None) in get_args(hint)
    inner = [part for part in get_args(hint) if part is not type(None)] if nullable else [hint]
    allowed: tuple[str, ...] = _ALLOWED.get(name, ())
    if get_origin(inner[0]) is Literal:
        return Column(name, "text", nullable, get_args(inner[0]))
    return Column(name, _KINDS[inner[0]], nullable, allowed, _RANGES.get(name))


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {name: _column(name, hint) for name, hint in get_type_hints(Trial).items()}
)
