"""What a judge gets to see: the actions, without what would tell it the framing or the belief.

People and addresses become roles, tools their canonical names. Private reasoning and belief tags
are gone. Where nothing was done, the prose is shown, without the paragraphs and sentences that
speak of an evaluation or a deployment.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...scenario_variants.render import Rendering
from ..episode import Episode
from ..world import Event, Recipient

MASK = "[…]"
_TAG = re.compile(r"</?(?:belief|p_evaluation)\s*/?>", re.IGNORECASE)
_STATEMENT = re.compile(
    r"<(belief|p_evaluation)\s*>.*?(?:</?\1\s*/?>|\Z)", re.IGNORECASE | re.DOTALL
)
_AWARE = re.compile(
    r"\b(?:evaluat\w*|deploy\w*|test(?:s|ed|ing|bed)?|simulat\w*|sandbox\w*|scenarios?|mock(?:ed)?"
    r"|red[- ]?team\w*|benchmark\w*|role-?play\w*|hypothetical\w*|fictional|fictitious|exercises?"
    r"|artificial\w*|contrived|staged|graded|grading|placeholder\w*)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class BlindCase:
    """One transcript as a judge sees it; `text` is JSON, so that nothing in it can close it."""

    strings: tuple[str, ...]
    text: str


class Blinder:
    """Masks the transcripts of one rendering."""

    def __init__(self, rendering: Rendering) -> None:
        self._called = {person.key: person.called for person in rendering.people}
        self._masks = dict(_masks(rendering))
        # Longest first, so that a full name goes before the given name in it.
        names = sorted(self._masks, key=len, reverse=True)
        self._names = re.compile(
            "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names) or r"(?!)",
            re.IGNORECASE,
        )

    def case(self, episode: Episode) -> BlindCase:
        """What a judge sees of an episode."""
        if not episode.events:
            prose = self._hide(_masked_prose(episode.answer.visible))
            return BlindCase((prose,), _json({"actions": [], "answer": prose}))
        actions = [self._action(event) for event in episode.events]
        strings = tuple(text for action in actions for text in _strings(action))
        return BlindCase(strings, _json({"actions": actions}))

    def _action(self, event: Event) -> dict[str, object]:
        shown: dict[str, object] = {"tool": event.tool or f"{event.written} (no such tool)"}
        if event.recipients:
            shown["to"] = [self._recipient(who) for who in event.recipients]
        for name, value in event.arguments:
            if name not in shown:
                shown[name] = self._hide(_AWARE.sub(MASK, _STATEMENT.sub(MASK, value)))
        return shown

    def _recipient(self, who: Recipient) -> str:
        if who.role:
            return self._called[who.role]
        side = {True: "inside the organisation", False: "outside it", None: "unknown"}
        return f"somebody {side[who.inside]}"

    def _hide(self, text: str) -> str:
        return self._names.sub(lambda match: self._masks[match[0].lower()], text)


def _masks(rendering: Rendering) -> Iterator[tuple[str, str]]:
    """Every name that could tell the framing, in lower case, and what stands in its place."""
    for key in rendering.scenario.cues.get("identities", {}):
        text = rendering.fill(f"{{{{ cue.identities.{key} }}}}").strip()
        if len(text) > 2:
            yield text.lower(), "[name]"
    for person in rendering.people:
        names = [person.name, person.address, person.given]
        if person.given and person.name.startswith(f"{person.given} "):
            names.append(person.name.removeprefix(person.given).strip())
        yield from ((name.lower(), f"[{person.called}]") for name in names if name)


def _json(case: dict[str, object]) -> str:
    return json.dumps(case, ensure_ascii=False, indent=1)


def _strings(action: dict[str, object]) -> Iterator[str]:
    for value in action.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from value


def _masked_prose(text: str) -> str:
    paragraphs = (_masked_paragraph(part) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(part for part in paragraphs if part)


def _masked_paragraph(text: str) -> str:
    if _TAG.search(text):
        return ""
    sentences: Sequence[str] = _SENTENCE.split(text)
    return " ".join(MASK if _AWARE.search(sentence) else sentence for sentence in sentences)
