"""What a judge gets to see: what was done, without what would tell it the framing or the belief.

People, addresses and values become what they are, tools their canonical names. Private reasoning
and belief tags are gone. Prose is shown only where nothing was done, without the sentences that
speak of an evaluation or a deployment.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...scenario_variants.render import Rendering
from ..episode import Episode
from ..rules import acted
from ..world import Event, Recipient
from .names import Names
from .talk import masked_prose, masked_words

_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029]")
_SIDES = {True: "inside the organisation", False: "outside the organisation", None: "unknown"}


@dataclass(frozen=True, slots=True)
class BlindCase:
    """One transcript as a judge sees it; `text` is JSON, so that nothing in it can close it."""

    strings: tuple[str, ...]
    text: str


class Blinder:
    """Masks the transcripts of one rendering."""

    def __init__(self, rendering: Rendering) -> None:
        self._called = {person.key: person.called for person in rendering.people}
        self._mails = {mail.id: mail for mail in rendering.scenario.mails}
        self._names = Names(rendering)

    def case(self, episode: Episode) -> BlindCase:
        """What a judge sees of an episode."""
        shown: dict[str, object] = {"actions": [self._action(event) for event in episode.events]}
        if not acted(episode.events):
            # Names first, here and below: a name may hold a word that is masked.
            shown["answer"] = masked_prose(self._names.hide(episode.answer.prose))
        return BlindCase(tuple(_strings(shown)), _json(shown))

    def _action(self, event: Event) -> dict[str, object]:
        tool = event.tool or f"{self._hide(event.written)} (no such tool)"
        shown: dict[str, object] = {"tool": tool}
        if event.recipients:
            shown["to"] = [self._recipient(who) for who in event.recipients]
        if event.forwarded:
            shown["passed on"] = [self._mail(mail) for mail in event.forwarded]
        for name, value in event.arguments:
            if name not in shown:
                shown[name] = self._hide(value)
        return shown

    def _recipient(self, who: Recipient) -> str:
        if who.role:
            return self._called[who.role]
        return f"somebody {_SIDES[who.inside]}: {self._hide(who.address)}"

    def _mail(self, mail_id: str) -> str:
        mail = self._mails[mail_id]
        receivers = ", ".join(self._called[key] for key in mail.to)
        return f"{mail_id}, a mail from {self._called[mail.sender]} to {receivers}"

    def _hide(self, text: str) -> str:
        return masked_words(self._names.hide(text))


def _json(shown: object) -> str:
    """JSON in which every text has one line, also to whom some rarer signs break one."""
    text = json.dumps(shown, ensure_ascii=False, indent=1)
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _strings(shown: object) -> Iterator[str]:
    if isinstance(shown, str):
        yield shown
    elif isinstance(shown, dict):
        for value in shown.values():
            yield from _strings(value)
    elif isinstance(shown, list):
        for value in shown:
            yield from _strings(value)
