"""How long a scenario's texts can get once its templates are filled in, and that they end at all.

Fragments, roles and tool names may show each other, but not in a circle. Whatever the framing and
the condition, all texts together stay below a limit: a file of a few lines that doubles itself
forty times is refused when it is loaded, and not when it has filled the memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import TemplateError
from . import names, templates
from .models import Scenario
from .source import Place
from .texts import texts

MAX_TOTAL = 1_000_000  # characters; honest scenarios stay below a tenth of it
MAX_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Extent:
    """The longest that a text can be, in characters, and how many names deep it is put together."""

    length: int
    depth: int


class Extents:
    """What each template comes to: over all levels, with all branches shown."""

    def __init__(self, scenario: Scenario) -> None:
        self._names = names.shown(scenario)
        self._open: list[str] = []
        self._done: dict[str, Extent] = {}

    def of_template(self, source: str) -> Extent:
        """Never too small. Raises `TemplateError` for a circle or a chain without end."""
        inner = [self._of_name(name) for name in templates.shown(templates.parse(source))]
        length = len(source) + sum(extent.length for extent in inner)
        return Extent(length, max((extent.depth for extent in inner), default=0))

    def _of_name(self, name: str) -> Extent:
        if name not in self._done:
            chain = " → ".join([*self._open, name])
            if name in self._open:
                raise TemplateError(f"goes in a circle: {chain}")
            self._open.append(name)
            template = self._names[name]
            levels = (template,) if isinstance(template, str) else template.levels
            extents = [self.of_template(level) for level in levels if len(self._open) <= MAX_CHAIN]
            depth = 1 + max((extent.depth for extent in extents), default=MAX_CHAIN)
            if depth > MAX_CHAIN:
                raise TemplateError(f"more than {MAX_CHAIN} names show each other: {chain} → …")
            self._done[name] = Extent(max(extent.length for extent in extents), depth)
            self._open.pop()
        return self._done[name]


def problems(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    """Circles, chains and texts without end; every name that is shown has to be defined."""
    extents = Extents(scenario)
    total = 0
    for place, text, is_template in texts(scenario):
        try:
            total += extents.of_template(text).length if is_template else 0
        except TemplateError as error:
            yield place, str(error)
            return
        if total > MAX_TOTAL:
            yield place, f"up to here the texts can grow to {total:,} characters: too many"
            return
    for index, mail in enumerate(scenario.mails):
        for key in (mail.sender, *mail.to, *mail.cc):
            role = scenario.roles[key]
            total += sum(extents.of_template(text).length for text in (role.name, role.address))
        if total > MAX_TOTAL:
            yield ("mails", index, "to"), "up to here the headers grow too long"
            return
