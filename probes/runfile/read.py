"""Reading a run, also while it is being written."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..records import COLUMNS, Transcript, Trial, Usage, Verdict
from .codec import Prompt, read_prompt, read_transcript
from .connect import connect_to_read
from .failures import DAMAGED, explained, refusal
from .lock import is_held
from .query import Where, select
from .rows import FLAGS
from .summary import RunSummary, Sweep, read_sweeps, summarise

_FLAG_PLACES = tuple(COLUMNS.index(name) for name in FLAGS)
_PAGE = 256  # trials to judge that are read at a time, with their transcripts
_TO_JUDGE = f"""
SELECT nr, content, {", ".join(COLUMNS)} FROM trial_table AS t CROSS JOIN texts ON texts.id = t.text
WHERE nr > ? AND status = 'ok' AND verdict_source IS NOT 'rules' AND ? > (
    SELECT count(*) FROM verdicts AS one
    WHERE one.trial = t.nr AND one.judge IN ({{judges}}) AND one.label <> 'undecided'
    AND NOT EXISTS (
        SELECT 1 FROM verdicts AS later
        WHERE later.trial = one.trial AND later.judge = one.judge AND later.id > one.id))
ORDER BY nr LIMIT {_PAGE}
"""
_VERDICTS = """
SELECT judge, label, severity, evidence, reason, input_tokens, cached_tokens, output_tokens
FROM verdicts WHERE trial = ? ORDER BY id
"""


class RunReader:
    """A run file, open for reading; a context manager.

    Every method raises `RunFileError` for a file that turns out to be damaged.
    """

    def __init__(self, path: Path) -> None:
        """Opens; raises `RunFileError` for what is missing or no run file of this format."""
        self.path = path
        self._db = connect_to_read(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def trials(self, where: Where | None = None) -> Iterator[Trial]:
        """All trials, or those that fit (see `query.select`), as they finished; they stream.

        Behaviour, severity and their source are resolved: the rules where they decide, else the
        majority of the judges, else `undecided`; null unless the status is `ok`.
        """
        return (_trial(row) for row in self.rows(COLUMNS, where))

    def rows(
        self, columns: Sequence[str] = COLUMNS, where: Where | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """As `trials`, but plain tuples of some columns, `finished_at` among them where asked for.

        True and false are 1 and 0 here.
        """
        return self._stream(*select(columns, where))

    def counts(self, by: Sequence[str], where: Where | None = None) -> list[tuple[Any, ...]]:
        """Cross tables, counted by SQLite: (value, …, number) for each combination that occurs."""
        return list(self._stream(*select(by, where, group=True)))

    def trial(self, trial_id: str) -> Trial:
        """One trial, by its id or by a beginning of it that fits no other."""
        query = f"SELECT {', '.join(COLUMNS)} FROM trial_table WHERE nr = ?"
        return _trial(next(self._stream(query, [self._nr(trial_id)])))

    def transcript(self, trial_id: str) -> Transcript:
        """What happened in one trial; a trial that failed, or was imported, may have nothing."""
        query = "SELECT content FROM texts WHERE id = (SELECT text FROM trials WHERE id = ?)"
        for (content,) in self._stream(query, [self._nr(trial_id)]):
            with self._decoded():
                return read_transcript(content)
        text = f"holds no transcript of trial {trial_id}: it failed, or was imported"
        raise refusal(self.path, text)

    def transcript_hashes(self) -> Iterator[tuple[str, str]]:
        """(trial id, hash of its transcript): trials of the same hash went word for word alike."""
        query = (
            "SELECT trial_id, lower(hex(hash)) "
            "FROM trials CROSS JOIN texts ON texts.id = trials.text"
        )
        return self._stream(query, [])

    def prompt(self, prompt_hash: str) -> Prompt:
        """Messages and tools that a trial's `prompt_hash` stands for."""
        for (content,) in self._stream("SELECT content FROM prompts WHERE hash = ?", [prompt_hash]):
            with self._decoded():
                return read_prompt(content)
        raise refusal(self.path, f"holds no prompt {prompt_hash}: check the hash")

    def verdicts(self, trial_id: str) -> list[Verdict]:
        """All verdicts on one trial, in the order in which they came; the rules' is the first."""
        nr = self._nr(trial_id)
        rules = (
            "SELECT 'rules', rules_label, rules_severity, coalesce(rules_evidence, '[]'), "
            "rules_reason, 0, 0, 0 FROM trials WHERE id = ? AND rules_label IS NOT NULL"
        )
        with self._decoded():
            rows = [*self._stream(rules, [nr]), *self._stream(_VERDICTS, [nr])]
            return [_verdict(row) for row in rows]

    def to_judge(self, judges: Sequence[str]) -> Iterator[tuple[Trial, Transcript]]:
        """Trials that the rules left open, and that some of `judges` has not judged.

        A judge whose latest verdict is `undecided` has not. They are read in short pages, so that
        verdicts can be added meanwhile, for hours, without a log that grows; a trial comes once.
        """
        query = _TO_JUDGE.format(judges=", ".join("?" * len(judges)))
        last = 0
        while page := list(self._stream(query, [last, len(set(judges)), *judges])):
            for nr, content, *row in page:
                with self._decoded():
                    transcript = read_transcript(content)
                yield _trial(row), transcript
                last = nr

    def scenario_hash(self, trial_id: str) -> str | None:
        """Which text of its scenario a trial was made from; None where it was not kept."""
        query = (
            "SELECT scenario_hash FROM trials JOIN variants ON variants.id = trials.variant "
            "WHERE trials.id = ?"
        )
        found: str | None = next(self._stream(query, [self._nr(trial_id)]))[0]
        return found

    def scenario_source(self, scenario: str) -> str:
        """The YAML text of a scenario, by its hash, or by its id (then the one stored last)."""
        query = (
            "SELECT source FROM scenarios WHERE ? IN (hash, id) ORDER BY hash = ? DESC, rowid DESC"
        )
        for (source,) in self._stream(query, [scenario, scenario]):
            return str(source)
        raise refusal(self.path, f"holds no scenario {scenario}: check its name")

    def summary(self) -> RunSummary:
        """The run in short; reads the whole table once."""
        with explained(self.path), self._decoded():
            return summarise(self._db, writing=is_held(self.path))

    def sweeps(self) -> tuple[Sweep, ...]:
        """The sweeps that wrote to the file, in order."""
        with explained(self.path), self._decoded():
            return read_sweeps(self._db)

    def _nr(self, trial_id: str) -> int:
        """The row of a trial, by its id or by the beginning of one."""
        # Ids are ASCII, so that all that begin alike lie below the beginning and the highest sign.
        query = "SELECT id, trial_id FROM trials WHERE trial_id BETWEEN ? AND ? LIMIT 2"
        found = list(self._stream(query, [trial_id, trial_id + "\x7f"])) if trial_id else []
        exact = [nr for nr, full_id in found if full_id == trial_id]
        if len(found) == 1 or exact:
            nr: int = (exact or [found[0][0]])[0]
            return nr
        what = "more than one trial" if found else "no trial"
        raise refusal(self.path, f"holds {what} whose id begins with {trial_id!r}: check the id")

    def _stream(self, query: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        with explained(self.path):
            cursor = self._db.execute(query, values)
            try:
                for row in cursor:  # noqa: UP028 - a cursor can't be told that nobody reads on
                    yield row
            finally:
                # Whoever stops reading may have closed the file first.
                with suppress(sqlite3.ProgrammingError):
                    cursor.close()

    @contextmanager
    def _decoded(self) -> Iterator[None]:
        """What was stored is well-formed, so what is not was damaged since."""
        try:
            yield
        except (ValueError, KeyError, TypeError) as error:
            raise refusal(self.path, f"is damaged ({error}): {DAMAGED}") from error


def _trial(row: Sequence[Any]) -> Trial:
    values = list(row)
    for place in _FLAG_PLACES:
        if values[place] is not None:
            values[place] = bool(values[place])
    return Trial(*values)


def _verdict(row: tuple[Any, ...]) -> Verdict:
    judge, label, severity, evidence, reason, *usage = row
    return Verdict(judge, label, severity, tuple(json.loads(evidence)), reason, Usage(*usage))
