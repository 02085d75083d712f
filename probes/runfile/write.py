"""Writing a run: each trial is committed as it finishes, so that a killed process loses nothing."""

import os
import platform
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ... import __version__
from ..records import Message, Transcript, Trial, Verdict
from .codec import compact
from .connect import connect_to_write, peek
from .failures import explained, refusal
from .keep import SharedRows
from .lock import Held, WriterLock
from .resolve import panel
from .rows import TRIAL, insert, insertion, trial_values

_TRIAL_COLUMNS = (
    *TRIAL,
    *("subject", "variant", "sweep", "text", "finished_at"),
    *("rules_label", "rules_severity", "rules_reason", "rules_evidence"),
)
_REPLACED = ", ".join(f"{name} = excluded.{name}" for name in _TRIAL_COLUMNS if name != "trial_id")
_INSERT_TRIAL = (
    f"{insertion('trials', _TRIAL_COLUMNS)} "
    f"ON CONFLICT (trial_id) DO UPDATE SET {_REPLACED} WHERE trials.status <> 'ok'"
)
_INSERT_SWEEP = insertion("sweeps", ("spec", "hashes", "versions", "started_at"))
_INSERT_VERDICT = insertion(
    "verdicts",
    (
        *("trial", "judge", "label", "severity", "evidence", "reason"),
        *("input_tokens", "cached_tokens", "output_tokens", "created_at"),
    ),
)
_SET_PANEL = "UPDATE trials SET panel_label = ?, panel_severity = ?, panel_judges = ? WHERE id = ?"


class RunWriter:
    """The one writer of a run file; a context manager. All calls come from one thread.

    What can't be written raises `RunFileError`; the file then holds all that was committed before,
    and the writer can go on when the cause is mended. `run_id` is the run's name.
    """

    def __init__(self, path: Path, lock: WriterLock, db: sqlite3.Connection) -> None:
        """Takes over a lock and a connection; `open` is how a writer is made."""
        self.path = path
        self._lock = lock
        self._db = db
        self._shared = SharedRows(db)
        self._sweep: int | None = None
        self._is_open = True
        self.run_id = self._meta("run_id")

    @classmethod
    def open(cls, path: Path, *, run_id: str | None = None) -> Self:
        """Creates the file, or opens it to add to it, and keeps other writers out until `close`.

        `run_id` names a new run (made up where it is None); an existing file must hold that run.
        Raises `RunFileError` for a file that is not ours or can't be written, and at once where
        another process is writing it.
        """
        lock = _locked(path)
        try:
            meta = {"run_id": run_id or _made_up(), "hawthorne": __version__, "created_at": _now()}
            writer = cls(path, lock, connect_to_write(path, meta))
        except BaseException:
            lock.release()
            raise
        try:
            writer._sign(run_id)
        except BaseException:
            writer.close()
            raise
        return writer

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
        """Folds the log into the file and lets others write. Closing twice is allowed."""
        if not self._is_open:
            return
        self._is_open = False
        # On a full disk this row stays, and the log too: neither hurts the next writer.
        with suppress(sqlite3.Error):
            self._db.execute("DELETE FROM meta WHERE key = 'writer'")
        self._db.close()
        self._lock.release()

    def add_sweep(self, spec: Mapping[str, Any], hashes: Mapping[str, Any]) -> int:
        """Records what is about to be run, as given; trials added from now on belong to it."""
        versions = {"hawthorne": __version__, "python": platform.python_version()}
        with self._transaction():
            values = (compact(spec), compact(hashes), compact(versions), _now())
            added = insert(self._db, _INSERT_SWEEP, values)
        self._sweep = added
        return added

    def finish_sweep(self, sweep: int) -> None:
        """Records that a sweep came to its end."""
        with self._transaction():
            self._db.execute("UPDATE sweeps SET finished_at = ? WHERE id = ?", (_now(), sweep))

    def add_scenario(self, id: str, hash: str, source: str) -> None:
        """Keeps a scenario's text; trials of that scenario added from now on are tied to it."""
        if not self._shared.has_scenario(id, hash):
            with self._transaction():
                self._shared.scenario(id, hash, source)

    def add_prompt(
        self, prompt_hash: str, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]
    ) -> None:
        """Keeps a prompt under its hash, once; nearly free when it is there."""
        if not self._shared.has_prompt(prompt_hash):
            with self._transaction():
                self._shared.prompt(prompt_hash, messages, tools)

    def has(self, trial_id: str) -> bool:
        """True where the trial is stored with status `ok`."""
        return self._status(trial_id) == "ok"

    def is_done(self, trial_id: str, *, retry_errors: bool = False) -> bool:
        """True where nothing is left to run: stored as `ok`, or as `error` that is not retried."""
        status = self._status(trial_id)
        return status == "ok" or (status == "error" and not retry_errors)

    def errors(self) -> int:
        """How many stored trials have status `error`."""
        with explained(self.path):
            found = self._db.execute("SELECT count(*) FROM trials WHERE status = 'error'")
            count: int = found.fetchone()[0]
        return count

    def add_trial(
        self, trial: Trial, transcript: Transcript | None = None, rules: Verdict | None = None
    ) -> bool:
        """Stores one finished trial and commits; False, and no change, where it is there as `ok`.

        A stored `error` is replaced. `rules` is the rules' verdict, None where they abstained. The
        trial's own `behaviour`, `severity`, `verdict_source` and `judge_model` are not read: they
        follow from the verdicts.
        """
        if self.has(trial.trial_id):
            return False
        with self._transaction():
            subject, variant = self._shared.subject(trial), self._shared.variant(trial)
            text = self._shared.text(transcript)
            added = (subject, variant, self._sweep, text, _now(), *_rules_values(rules))
            insert(self._db, _INSERT_TRIAL, (*trial_values(trial), *added))
        return True

    def add_verdict(self, trial_id: str, verdict: Verdict) -> None:
        """Adds one judge's verdict; earlier ones stay, and the judge's latest counts.

        Raises `RunFileError` where there is no such trial, `ValueError` for a verdict by `rules`
        (that comes with the trial) or on a trial that failed.
        """
        if verdict.judge == "rules":
            raise ValueError("the rules' verdict comes with the trial")
        with self._transaction():
            query = "SELECT id, status FROM trials WHERE trial_id = ?"
            row = self._db.execute(query, (trial_id,)).fetchone()
            if row is None:
                raise refusal(self.path, f"holds no trial {trial_id}: check its id")
            if row[1] != "ok":
                raise ValueError(f"trial {trial_id} failed: there is nothing to judge")
            insert(self._db, _INSERT_VERDICT, (row[0], *_verdict_values(verdict)))
            self._convene(row[0])

    def _convene(self, trial: int) -> None:
        """Brings the panel's columns of a trial in line with its verdicts."""
        votes = self._db.execute(
            "SELECT judge, label, severity FROM verdicts WHERE trial = ? ORDER BY id", (trial,)
        )
        found = panel({judge: (label, severity) for judge, label, severity in votes})
        if found is not None:
            self._db.execute(_SET_PANEL, (found.label, found.severity, found.judges, trial))

    def _status(self, trial_id: str) -> str | None:
        with explained(self.path):
            query = "SELECT status FROM trials WHERE trial_id = ?"
            row = self._db.execute(query, (trial_id,)).fetchone()
        return row[0] if row else None

    def _meta(self, key: str) -> str:
        with explained(self.path):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def _sign(self, run_id: str | None) -> None:
        """Says who is writing, if this is the run that was asked for.

        It is the first write: what forbids writing shows now, not after the first paid answer.
        """
        if run_id not in (None, self.run_id):
            text = f"holds the run {self.run_id}, not {run_id}: name another file"
            raise refusal(self.path, text)
        who = f"process {os.getpid()} since {_now()}"
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('writer', ?)", (who,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with explained(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._shared.forget()
                # After a full disk SQLite may have rolled back by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _locked(path: Path) -> WriterLock:
    with explained(path):
        try:
            return WriterLock(path.resolve())
        except Held:
            who = peek(path, "writer") or "another process"
    raise refusal(path, f"is being written by {who}: wait until it is done, or stop it")


def _rules_values(rules: Verdict | None) -> tuple[object, ...]:
    if rules is None:
        return None, None, None, None
    evidence = compact(rules.evidence) if rules.evidence else None
    return rules.label, rules.severity, rules.reason, evidence


def _verdict_values(verdict: Verdict) -> tuple[object, ...]:
    given = (verdict.judge, verdict.label, verdict.severity)
    usage = (verdict.usage.input, verdict.usage.cached, verdict.usage.output)
    return (*given, compact(verdict.evidence), verdict.reason, *usage, _now())


def _made_up() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
