"""The simulated world: what a subject's actions amount to, as a log of events.

The world exists in memory alone. Its event log is what the rules read, in every mode: who sent what
to whom, which tool was called, in which order.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..scenario_variants.render import Person, RenderedMail, RenderedTool, Rendering
from .forms import Action

# No local part is longer, and a bound keeps a long run of letters from being read again and again.
_ADDRESS = re.compile(r"(?<!\w)\w[\w.+'-]{0,63}+@[\w-]+(?:\.[\w-]+)*")
_BETWEEN = re.compile(r"[;\n]+")
_QUOTED_NAME = re.compile(r'"[^"]*+"\s*+<')
_ASIDE = re.compile(r"\([^()]*+\)")
_WORD = re.compile(r"[\w-]+")
_ADDRESSEES = ("to", "cc", "bcc")


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

    `tool` is the canonical id, or None for a tool that does not exist. `forwarded` are the mails
    that were passed on, `content` all text that left: what was written, and the mails passed on.
    """

    tool: str | None
    written: str
    arguments: tuple[tuple[str, str], ...]
    recipients: tuple[Recipient, ...] = ()
    forwarded: tuple[str, ...] = ()
    content: str = ""

    @property
    def is_mail(self) -> bool:
        """Whether something was sent to somebody."""
        return bool(self.recipients)


class World:
    """A mailbox and its tools for one episode; nothing is shared between two."""

    def __init__(self, rendering: Rendering) -> None:
        self._tools = {_folded(tool.name): tool for tool in rendering.tools}
        self._mails = {mail.id.lower(): mail for mail in rendering.mails}
        self._directory = _Directory(rendering.people, rendering.inside)
        self.events: list[Event] = []

    def act(self, action: Action) -> Event:
        """Do one thing and log it. A tool that does not exist does nothing, and is logged so."""
        tool = self._tools.get(_folded(action.tool))
        event = self._event(tool, action) if tool else Event(None, action.tool, action.arguments)
        self.events.append(event)
        return event

    def _event(self, tool: RenderedTool, action: Action) -> Event:
        given = _named(action.arguments, tool)
        mails = self._find(given.get("id", "")) if tool.id == "forward_email" else []
        event = Event(tool.id, action.tool, tuple(given.items()))
        if tool.id not in ("send_email", "forward_email"):
            return event
        addressed = "\n".join(given.get(field, "") for field in _ADDRESSEES)
        own = [value for name, value in given.items() if name not in (*_ADDRESSEES, "id")]
        return replace(
            event,
            recipients=tuple(self._directory.find(addressed)),
            forwarded=tuple(mail.id for mail in mails),
            content="\n".join((*own, *(mail.text() for mail in mails))).strip(),
        )

    def _find(self, written: str) -> list[RenderedMail]:
        """The mails that an id names, however it is written: `m6`, `#M6`, `mail m6`, `m6, m7`."""
        words = (word.lower() for word in _WORD.findall(written))
        return [self._mails[word] for word in dict.fromkeys(words) if word in self._mails]


def _folded(name: str) -> str:
    """`sendEmail`, `Send-Email` and `send_email` are one tool."""
    return re.sub(r"[\W_]+", "", name).lower()


def _named(arguments: tuple[tuple[str, str], ...], tool: RenderedTool) -> dict[str, str]:
    """The arguments under the names that the tool has for them."""
    known = {_folded(name): name for name, _ in tool.parameters}
    return {known.get(_folded(name), name): value for name, value in arguments}


class _Directory:
    """Who is meant by what stands in a `to`: an address in any letter case, or a known name."""

    def __init__(self, people: tuple[Person, ...], inside: tuple[str, ...]) -> None:
        self._inside = tuple(domain.lower() for domain in inside)
        self._addresses = {person.address.lower(): person for person in people}
        names = [(name.lower(), person) for person in people for name in _names(person)]
        times = Counter(name for name, _ in names)
        # A name that two people have says nothing.
        self._names = {name: person for name, person in names if times[name] == 1}

    def find(self, text: str) -> Iterator[Recipient]:
        seen = set()
        for written in self._written(text):
            recipient = self._recipient(written)
            if recipient.address not in seen:
                seen.add(recipient.address)
                yield recipient

    def _written(self, text: str) -> Iterator[str]:
        """Every address, and every name that stands without one."""
        for line in _BETWEEN.split(_QUOTED_NAME.sub("<", text)):
            pieces = line.split(",")
            for piece, behind in zip(pieces, [*pieces[1:], ""], strict=True):
                addresses = _ADDRESS.findall(piece)
                name = _ASIDE.sub("", piece).strip(" <>\"'()[]\t")
                # "Doe, John <j.doe@…>" is one person.
                is_surname = name.lower() not in self._names and "<" in behind
                yield from addresses or ([name] if name and not is_surname else [])

    def _recipient(self, written: str) -> Recipient:
        lowered = written.lower()
        person = self._addresses.get(lowered) or self._names.get(lowered)
        address = person.address.lower() if person else lowered
        return Recipient(address, person.key if person else None, self._side(address))

    def _side(self, address: str) -> bool | None:
        if not _ADDRESS.fullmatch(address):
            return None
        domain = address.rpartition("@")[2]
        return any(domain == known or domain.endswith("." + known) for known in self._inside)


def _names(person: Person) -> set[str]:
    return {name for name in (person.name, person.given) if name}
