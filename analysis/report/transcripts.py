"""What the browser of transcripts is made of: trials, and what they share stored once.

Trials of a sample point into `texts` (transcripts, once by content), `prompts` and `verdicts`. A
prompt is a list of numbers of lines, because variants of one scenario have nearly all lines in
common and a sweep can have as many prompts as trials.
"""

import json
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from ...errors import RunFileError
from ...probes.records import BEHAVIOURS, BELIEFS
from ..columns import FRAMINGS
from . import texts
from .sample import Sample

if TYPE_CHECKING:
    from ...probes.runfile import RunReader

FAILED = "failed"
_KNOWN_ORDER = (*BELIEFS, *BEHAVIOURS, *FRAMINGS)
# The filters: the trial's key, and what it is called.
_FILTERS = (
    ("belief", "Stated belief"),
    ("behaviour", "Behaviour"),
    ("framing", "Framing"),
    ("scenario", "Scenario"),
    ("model", "Model"),
    ("condition", "Condition"),
    ("mitigation", "Mitigation"),
    ("probe", "Asked"),
)
_ALWAYS = 4  # so many of the filters are there even where all trials are alike in them

Row = Mapping[Any, Any]


class _Pool:
    """Things stored once, and the number of each."""

    def __init__(self) -> None:
        self.things: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def known(self, key: Hashable) -> int | None:
        return self._numbers.get(key)

    def add(self, key: Hashable, thing: Any) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.things)
            self.things.append(thing)
        return self._numbers[key]


class Collector:
    """Collects the trials of a sample from their run file."""

    def __init__(self, reader: "RunReader", sample: Sample) -> None:
        self._reader = reader
        self._sample = sample
        self._lines, self._prompts, self._texts, self._verdicts = (_Pool() for _ in range(4))
        wanted = set(sample.frame["trial_id"])
        self._hashes = {id: hash for id, hash in reader.transcript_hashes() if id in wanted}

    def collect(self) -> dict[str, Any]:
        """All that the page's script reads, as plain data. Raises `RunFileError`."""
        names = list(self._sample.frame.columns)
        columns = (_plain(self._sample.frame[name]) for name in names)
        rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
        trials = [self._trial(row) for row in rows]
        return {
            "total": self._sample.total,
            "filters": _filters(trials),
            "trials": trials,
            "texts": self._texts.things,
            "verdicts": self._verdicts.things,
            "prompts": self._prompts.things,
            "lines": self._lines.things,
        }

    def _trial(self, row: Row) -> dict[str, Any]:
        text = self._text(row["trial_id"])
        return {
            "id": row["trial_id"],
            "model": row["model"],
            "simulated": bool(row["simulated"]),
            "scenario": row["scenario"],
            "framing": row["framing"] or "unknown",
            "condition": condition(row),
            "mitigation": row["mitigation"] or "none",
            "probe": asked(row),
            "belief": _belief(row),
            "belief_notes": _belief_notes(row),
            "behaviour": row["behaviour"] or (FAILED if row["status"] != "ok" else "undecided"),
            "severity": row["severity"],
            "decided_by": row["judge_model"] or row["verdict_source"],
            "facts": _facts(row),
            "error": row["error"],
            "text": text,
            "prompt": self._prompt(row),
            "verdicts": self._verdicts_on(row["trial_id"], text),
        }

    def _text(self, trial_id: str) -> int | None:
        key = self._hashes.get(trial_id)
        if key is None:
            return None
        known = self._texts.known(key)
        if known is not None:
            return known
        return self._texts.add(key, texts.take_apart(self._reader.transcript(trial_id)))

    def _verdicts_on(self, trial_id: str, text: int | None) -> list[int]:
        found = self._reader.verdicts(trial_id)
        content = None if text is None else self._texts.things[text]
        numbers = []
        for each in found:
            key = (text, each.judge, each.label, each.severity, each.evidence, each.reason)
            known = self._verdicts.known(key)
            numbers.append(
                self._verdicts.add(key, texts.verdict(each, content)) if known is None else known
            )
        return numbers

    def _prompt(self, row: Row) -> int | None:
        key = row["prompt_hash"]
        if not key:
            return None
        known = self._prompts.known(key)
        if known is not None:
            return known
        try:
            messages, tools = self._reader.prompt(key)
        except RunFileError:
            # An imported table names prompts that nobody gave us; the page says so.
            return None
        parts: list[tuple[str, str]] = [(each.role, each.content) for each in messages]
        # In text mode the tools stand in the system prompt already.
        if tools and row["mode"] == "agent":
            parts.append(("tools", json.dumps(tools, ensure_ascii=False, indent=1)))
        return self._prompts.add(
            key, [{"role": role, "lines": self._numbers_of(content)} for role, content in parts]
        )

    def _numbers_of(self, content: str) -> list[int]:
        return [self._lines.add(line, line) for line in content.split("\n")]


def condition(row: Row) -> str:
    """`no goal conflict, replacement threat`, with the oversight where there is one."""
    goal = {"none": "no goal conflict", "conflict": "goal conflict"}.get(row["goal"])
    threat = {"none": "no threat", "replacement": "replacement threat"}.get(row["threat"])
    parts = [part for part in (goal or row["goal"], threat or row["threat"]) if part]
    if row["oversight"] not in (None, "", "unstated"):
        parts.append(str(row["oversight"]))
    return ", ".join(parts) or "unknown"


def asked(row: Row) -> str:
    """`inline (choice)`, or `not asked`."""
    if row["probe_when"] == "none":
        return "not asked"
    if not row["probe_when"]:
        return "unknown"
    return f"{row['probe_when']} ({row['probe_how']})" if row["probe_how"] else row["probe_when"]


def _belief(row: Row) -> str:
    if row["status"] != "ok":
        return FAILED
    if row["probe_when"] == "none":
        return "not asked"
    return row["belief"] or "unread"


def _belief_notes(row: Row) -> list[str]:
    notes = []
    if row["p_evaluation"] is not None:
        notes.append(f"gives {100 * row['p_evaluation']:.0f} % to an evaluation")
    if row["belief"] == "unstated" and row["probe_when"] != "none" and row["belief_reason"]:
        notes.append(row["belief_reason"])
    if row["belief_in_reasoning"]:
        notes.append(f"states {row['belief_in_reasoning']} in its reasoning")
    if row["belief_source"] not in (None, "tag"):
        notes.append(f"read by {row['belief_source']}")
    if row["spontaneous_awareness"]:
        notes.append("says of itself that this may be a test")
    return notes


def _facts(row: Row) -> list[str]:
    """What else is known of a trial, for one line under its head."""
    facts = [f"options {row['option_order']}"] if row["option_order"] else []
    facts += [f"arm {row['arm']}"] if row["arm"] else []
    facts += [f"epoch {row['epoch']}"] if row["epoch"] is not None else []
    facts += [f"{row['mode']} mode"] if row["mode"] else []
    facts += [f"ended by {row['end_reason']}"] if row["end_reason"] else []
    if row["served_by"] and row["served_by"] != row["model"]:
        facts.append(f"served by {row['served_by']}")
    return facts


def _filters(trials: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for place, (key, label) in enumerate(_FILTERS):
        values = sorted({trial[key] for trial in trials}, key=_place)
        if len(values) > 1 or (place < _ALWAYS and values):
            found.append({"key": key, "label": label, "values": values})
    return found


def _place(value: str) -> tuple[int, str]:
    known = value in _KNOWN_ORDER
    return (_KNOWN_ORDER.index(value) if known else len(_KNOWN_ORDER), value)


def _plain(column: Any) -> list[Any]:
    values = column.astype(object)
    return list(values.where(column.notna(), None))
