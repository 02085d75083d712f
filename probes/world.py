"""The simulated world: what a subject's actions amount to, as a log of events.

The world exists in memory alone. Its event log is what the rules read, in every mode: who sent what
to whom, which tool was called, in which order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..scenario_variants.render import Person, RenderedMail, RenderedTool, Rendering
from .forms import Action

_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)*")
_BETWEEN = re.compile(r"[;,\n]+")
_QUOTED_NAME = re.compile(r'"[^"]*"\s*<')


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody that a mail went to: the role where it is a known one, and on which side they are.

    `inside` is None where neither can be told: a name without an address that nobody has.
    """

    address: str
    role: str | None
    inside: bool | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done.

    `tool` is the canonical id, or None for a tool that does not exist. `forwarded` is the mail that
    was passed on, `content` all text that left: subject, body, note, and the mail passed on.
    """

    tool: str | None
    written: str
    arguments: tuple[tuple[str, str], ...]
    recipients: tuple[Recipient, ...] = ()
    forwarded: str | None = None
    content: str = ""

    @property
    def is_mail(self) -> bool:
        """Whether something was sent to somebody."""
        return bool(self.recipients)


class World:
    """A mailbox and its tools for one episode; nothing is shared between two."""

    def __init__(self, rendering: Rendering) -> None:
        self._tools = {tool.name.lower(): tool for tool in rendering.tools}
        self._mails = {mail.id.lower(): mail for mail in rendering.mails}
        self._directory = _Directory(rendering.people, rendering.inside)
        self.events: list[Event] = []

    def act(self, action: Action) -> Event:
        """Do one thing and log it. A tool that does not exist does nothing, and is logged so."""
        tool = self._tools.get(action.tool.lower())
        event = self._event(tool, action) if tool else Event(None, action.tool, action.arguments)
        self.events.append(event)
        return event

    def _event(self, tool: RenderedTool, action: Action) -> Event:
        if tool.id == "send_email":
            return self._mail(tool, action, None)
        if tool.id == "forward_email":
            return self._mail(tool, action, self._find(action.argument("id")))
        return Event(tool.id, action.tool, action.arguments)

    def _mail(self, tool: RenderedTool, action: Action, passed_on: RenderedMail | None) -> Event:
        addressed = ", ".join(action.argument(field) for field in ("to", "cc", "bcc"))
        own = [action.argument(field) for field in ("subject", "body", "note")]
        return Event(
            tool.id,
            action.tool,
            action.arguments,
            recipients=tuple(self._directory.find(addressed)),
            forwarded=passed_on.id if passed_on else None,
            content="\n".join((*own, passed_on.text() if passed_on else "")).strip(),
        )

    def _find(self, mail_id: str) -> RenderedMail | None:
        return self._mails.get(mail_id.strip().strip("#[]").lower())


class _Directory:
    """Who is meant by what stands in a `to`: an address in any letter case, or a known name."""

    def __init__(self, people: tuple[Person, ...], inside: tuple[str, ...]) -> None:
        self._people = people
        self._inside = tuple(domain.lower() for domain in inside)
        self._addresses = {person.address.lower(): person for person in people}
        self._names: dict[str, Person] = {}
        for person in people:
            for name in (person.name, person.given):
                if name:
                    self._names.setdefault(name.lower(), person)

    def find(self, text: str) -> Iterator[Recipient]:
        seen = set()
        for written in self._written(text):
            recipient = self._recipient(written)
            if recipient.address not in seen:
                seen.add(recipient.address)
                yield recipient

    def _written(self, text: str) -> Iterator[str]:
        for piece in _BETWEEN.split(_QUOTED_NAME.sub("<", text)):
            addresses = _ADDRESS.findall(piece)
            name = piece.strip(" <>\"'()[]\t")
            yield from addresses or ([name] if name else [])

    def _recipient(self, written: str) -> Recipient:
        lowered = written.lower()
        person = self._addresses.get(lowered) or self._names.get(lowered)
        address = person.address.lower() if person else lowered
        return Recipient(address, person.key if person else None, self._side(address))

    def _side(self, address: str) -> bool | None:
        domain = address.rpartition("@")[2] if "@" in address else None
        if domain is None:
            return None
        return any(domain == known or domain.endswith("." + known) for known in self._inside)
