"""Which column of the trial table is kept in which table of the file, and how it gets there."""

import sqlite3
from collections.abc import Sequence
from operator import attrgetter

from ..records import COLUMNS

SUBJECT = ("run_id", "model", "settings", "simulated")
VARIANT = (
    "scenario",
    "family",
    "pair",
    "variant",
    "prompt_hash",
    "option_order",
    "oversight",
    "goal",
    "threat",
    "mitigation",
    "framing",
    "base_framing",
    "cues",
    "probe_when",
    "probe_how",
    "mode",
)
# Worked out from the verdicts, and not taken from the trial as it comes in.
RESOLVED = ("behaviour", "severity", "verdict_source", "judge_model")
TRIAL = tuple(name for name in COLUMNS if name not in (*SUBJECT, *VARIANT, *RESOLVED))
FLAGS = ("simulated", "spontaneous_awareness", "acknowledges_wrong", "own_continuity")

subject_values = attrgetter(*SUBJECT)
variant_values = attrgetter(*VARIANT)
trial_values = attrgetter(*TRIAL)


def insertion(table: str, columns: tuple[str, ...]) -> str:
    """An INSERT of one row, its values as parameters in the order of the columns."""
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def insert(db: sqlite3.Connection, statement: str, values: Sequence[object]) -> int:
    """Runs an INSERT and returns the row's id.

    Half a surrogate pair, which can stand in a provider's or a judge's words, has no place in
    UTF-8 and becomes a question mark.
    """
    try:
        return db.execute(statement, values).lastrowid or 0
    except UnicodeEncodeError:
        sound = [_sound(value) if isinstance(value, str) else value for value in values]
        return db.execute(statement, sound).lastrowid or 0


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
