"""What a run file holds, in short: for lists of runs, a status line and a report's head."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

_MODELS = """
SELECT model, simulated, sum(status = 'ok'), sum(status = 'error'), sum(behaviour = 'undecided'),
    sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(cost_usd)
FROM trial_table GROUP BY model, simulated ORDER BY model, simulated
"""
_JUDGES = """
SELECT judge, count(*), sum(label = 'undecided'),
    sum(input_tokens), sum(cached_tokens), sum(output_tokens)
FROM verdicts GROUP BY judge ORDER BY judge
"""
_SWEEPS = "SELECT id, spec, hashes, versions, started_at, finished_at FROM sweeps ORDER BY id"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep that wrote to the file. `finished_at` is None where it was cut short, or is on."""

    id: int
    spec: dict[str, Any]
    hashes: dict[str, Any]
    versions: dict[str, str]
    started_at: str
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """One subject's trials: how many by status, how many `ok` ones undecided, and what they took.

    `cost_usd` is None where no trial had a known price.
    """

    model: str
    simulated: bool
    ok: int
    error: int
    undecided: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class JudgeSummary:
    """One judge's verdicts, each time that it judged; those that it could not give among them."""

    judge: str
    verdicts: int
    undecided: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run file in short; times are UTC, ISO 8601. `writing`: a process is writing it now."""

    run_id: str
    hawthorne: str
    created_at: str
    writing: bool
    sweeps: tuple[Sweep, ...]
    models: tuple[ModelSummary, ...]
    judges: tuple[JudgeSummary, ...]
    trials: int
    undecided: int
    first_at: str | None
    last_at: str | None


def summarise(db: sqlite3.Connection, *, writing: bool) -> RunSummary:
    """Reads the whole table once, in SQL."""
    meta = dict(db.execute("SELECT key, value FROM meta"))
    models = tuple(_model(row) for row in db.execute(_MODELS))
    first, last = db.execute("SELECT min(finished_at), max(finished_at) FROM trials").fetchone()
    return RunSummary(
        run_id=meta["run_id"],
        hawthorne=meta["hawthorne"],
        created_at=meta["created_at"],
        writing=writing,
        sweeps=read_sweeps(db),
        models=models,
        judges=tuple(JudgeSummary(*row) for row in db.execute(_JUDGES)),
        trials=sum(each.ok + each.error for each in models),
        undecided=sum(each.undecided for each in models),
        first_at=first,
        last_at=last,
    )


def read_sweeps(db: sqlite3.Connection) -> tuple[Sweep, ...]:
    """All sweeps that wrote to the file, in order."""
    return tuple(
        Sweep(row[0], json.loads(row[1]), json.loads(row[2]), json.loads(row[3]), *row[4:])
        for row in db.execute(_SWEEPS)
    )


def _model(row: tuple[Any, ...]) -> ModelSummary:
    return ModelSummary(
        model=row[0],
        simulated=bool(row[1]),
        ok=row[2],
        error=row[3],
        undecided=row[4] or 0,  # the sum over failed trials only is null
        input_tokens=row[5] or 0,
        cached_tokens=row[6] or 0,
        output_tokens=row[7] or 0,
        cost_usd=row[8],
    )
