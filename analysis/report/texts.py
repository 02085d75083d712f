"""Transcripts, taken apart for a page that only sets text: thinking, prose, statements, actions.

Everything is split here, once for each text, so that the page needs no parser. A *slot* is one
string of a text that a quote can be marked in: the page numbers them in the same order, from 0
through all parts of all turns (`slots` says which strings they are).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...probes.forms import Action, Answer, read_answer
from ...probes.records import Transcript, Turn, Verdict
from .evidence import locate

# A paragraph with a statement of belief in one of the fixed forms.
_STATEMENT = re.compile(r"<(?:belief|p_evaluation)\s*>", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")

Part = dict[str, Any]


def take_apart(transcript: Transcript) -> dict[str, Any]:
    """One transcript as plain data: `turns`, each with `thinking` and `parts`, and how it ended."""
    return {"turns": [_turn(turn) for turn in transcript.turns], "stop": transcript.stop}


def _turn(turn: Turn) -> dict[str, Any]:
    if turn.role == "world":
        return {"role": "world", "parts": [{"kind": "prose", "text": turn.text}]}
    answer = read_answer(turn.text, turn.reasoning)
    return {"role": "subject", "thinking": answer.thinking, "parts": list(_parts(answer))}


def _parts(answer: Answer) -> Iterator[Part]:
    position = 0
    for action in answer.actions:
        yield from _prose(answer.visible[position : action.start])
        yield _action(action)
        position = action.end
    yield from _prose(answer.visible[position:])


def _prose(text: str) -> Iterator[Part]:
    """Prose, with the paragraphs that state a belief as parts of their own."""
    gathered: list[str] = []
    for paragraph in _PARAGRAPHS.split(text.strip()):
        if not _STATEMENT.search(paragraph):
            gathered.append(paragraph)
            continue
        yield from _gathered(gathered)
        gathered = []
        yield {"kind": "belief", "text": paragraph}
    yield from _gathered(gathered)


def _gathered(paragraphs: Sequence[str]) -> Iterator[Part]:
    text = "\n\n".join(paragraphs).strip()
    if text:
        yield {"kind": "prose", "text": text}


def _action(action: Action) -> Part:
    part: Part = {"kind": "action", "tool": action.tool, "arguments": list(action.arguments)}
    return part if action.closed else {**part, "cut": True}


def slots(text: dict[str, Any]) -> Iterator[str]:
    """The strings of a text that quotes are looked for in, in the order in which they are shown."""
    for turn in text["turns"]:
        for part in turn["parts"]:
            if part["kind"] == "action":
                yield from (value for _, value in part["arguments"])
            else:
                yield part["text"]


def verdict(given: Verdict, text: dict[str, Any] | None) -> dict[str, Any]:
    """A verdict as plain data; each of its quotes with its place in the text, where it is found."""
    strings = list(slots(text)) if text else []
    return {
        "judge": given.judge,
        "label": given.label,
        "severity": given.severity,
        "reason": given.reason,
        "quotes": [_quote(quote, strings) for quote in given.evidence],
    }


def _quote(quote: str, strings: Sequence[str]) -> dict[str, Any]:
    for slot, string in enumerate(strings):
        place = locate(quote, string)
        if place:
            start, end = (_utf16(string, at) for at in place)
            return {"text": quote, "at": [slot, start, end]}
    return {"text": quote, "at": None}


def _utf16(text: str, index: int) -> int:
    """Where a position in a text is for a browser, which counts in units of UTF-16."""
    return index + sum(ord(char) > 0xFFFF for char in text[:index])
