"""SELECTs on the trial table, from column names and conditions that a user may have typed."""

from collections.abc import Collection, Mapping, Sequence

from ...errors import TableError
from ..records import COLUMNS
from .rows import FLAGS

Where = Mapping[str, object]
READABLE = (*COLUMNS, "finished_at")
_TRUTH = {"true": 1, "false": 0}


def select(
    columns: Sequence[str], where: Where | None, *, group: bool = False
) -> tuple[str, list[object]]:
    """A query and its parameters; with `group`, one row per combination and their number behind.

    `where` is column → value: None is null, a list is any of its members, and text does for numbers
    and for true and false. Raises `TableError` for a column that is not there.
    """
    named = ", ".join(_known(column) for column in columns)
    parts, values = _conditions(where or {})
    condition = f" WHERE {' AND '.join(parts)}" if parts else ""
    if not group:
        return f"SELECT {named} FROM trial_table{condition}", values
    number = "count(*)" if not columns else f"{named}, count(*)"
    order = f" GROUP BY {named} ORDER BY {named}" if columns else ""
    return f"SELECT {number} FROM trial_table{condition}{order}", values


def _conditions(where: Where) -> tuple[list[str], list[object]]:
    parts: list[str] = []
    values: list[object] = []
    for column, wanted in where.items():
        several = isinstance(wanted, Collection) and not isinstance(wanted, str | bytes)
        members = list(wanted) if several else [wanted]  # type: ignore[call-overload]
        given = [_value(column, member) for member in members if member is not None]
        either = [f"{_known(column)} IN ({', '.join('?' * len(given))})"]
        if None in members:
            either.append(f"{column} IS NULL")
        parts.append(f"({' OR '.join(either)})")
        values += given
    return parts, values


def _known(column: str) -> str:
    if column not in READABLE:
        raise TableError(
            f"the trial table has no column {column!r}: the columns are {', '.join(COLUMNS)}"
        )
    return column


def _value(column: str, value: object) -> object:
    if column in FLAGS and isinstance(value, str):
        return _TRUTH.get(value.lower(), value)
    return value
