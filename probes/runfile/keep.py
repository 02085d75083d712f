"""Rows that many trials share: written once, then only referred to."""

import sqlite3
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

from ..records import Message, Transcript, Trial
from .codec import compact, digest, pack, pack_prompt, transcript_json
from .rows import SUBJECT, VARIANT, insert, insertion, subject_values, variant_values

_REMEMBERED = 50_000  # a conjoint sweep has a variant per trial: they must not fill the memory
_INSERT_SUBJECT = insertion("subjects", SUBJECT)
_INSERT_VARIANT = insertion("variants", ("key", "scenario_hash", *VARIANT))
_INSERT_PROMPT = insertion("prompts", ("hash", "content"))
_INSERT_TEXT = insertion("texts", ("hash", "content"))
_INSERT_SCENARIO = insertion("scenarios", ("hash", "id", "source"))

Key = TypeVar("Key", bound=Hashable)


class SharedRows:
    """Finds or adds the rows that a trial refers to; called inside a transaction.

    What was found is remembered, so `forget` must follow a rollback.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._scenarios: dict[str, str] = {}
        self._prompts: dict[str, int] = {}
        self._subjects: dict[tuple[Any, ...], int] = {}
        self._variants: dict[tuple[Any, ...], int] = {}

    def forget(self) -> None:
        """Drops what is remembered of rows; which scenario is in use is no row, and stays."""
        self._prompts.clear()
        self._subjects.clear()
        self._variants.clear()

    def has_scenario(self, id: str, hash: str) -> bool:
        """True where this is the scenario's text in use."""
        return self._scenarios.get(id) == hash

    def scenario(self, id: str, hash: str, source: str) -> None:
        """Adds a scenario's text, and ties the trials to come to it."""
        if not self._one("SELECT 1 FROM scenarios WHERE hash = ?", hash):
            insert(self._db, _INSERT_SCENARIO, (hash, id, source))
        self._scenarios[id] = hash

    def has_prompt(self, prompt_hash: str) -> bool:
        """True where the prompt is known to be stored."""
        return prompt_hash in self._prompts

    def prompt(
        self, prompt_hash: str, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]
    ) -> None:
        """Adds a prompt."""
        if not self._one("SELECT 1 FROM prompts WHERE hash = ?", prompt_hash):
            insert(self._db, _INSERT_PROMPT, (prompt_hash, pack_prompt(messages, tools)))
        _remember(self._prompts, prompt_hash, 1)

    def subject(self, trial: Trial) -> int:
        """The id of the trial's subject with its settings."""
        values = subject_values(trial)
        known = self._subjects.get(values)
        if known is None:
            query = f"SELECT id FROM subjects WHERE {' AND '.join(f'{c} = ?' for c in SUBJECT)}"
            known = self._one(query, *values) or insert(self._db, _INSERT_SUBJECT, values)
            _remember(self._subjects, values, known)
        return known

    def variant(self, trial: Trial) -> int:
        """The id of the trial's variant, with its framing, cues, condition and option order."""
        values = (self._scenarios.get(trial.scenario), *variant_values(trial))
        known = self._variants.get(values)
        if known is None:
            key = digest(compact(values))
            known = self._one("SELECT id FROM variants WHERE key = ?", key) or insert(
                self._db, _INSERT_VARIANT, (key, *values)
            )
            _remember(self._variants, values, known)
        return known

    def text(self, transcript: Transcript | None) -> int | None:
        """The id of the transcript's text; None where there is none."""
        if transcript is None:
            return None
        text = transcript_json(transcript)
        key = digest(text)
        return self._one("SELECT id FROM texts WHERE hash = ?", key) or insert(
            self._db, _INSERT_TEXT, (key, pack(text))
        )

    def _one(self, query: str, *values: object) -> int | None:
        row = self._db.execute(query, values).fetchone()
        return row[0] if row else None


def _remember(known: dict[Key, int], key: Key, value: int) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[key] = value
