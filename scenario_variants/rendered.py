"""What only a rendering can show to be wrong, because names and addresses can be cue text.

Rules go by addresses, tools by their names: two people with one address at some level would be one
person to the rules. A rule that looks for an empty text finds it everywhere, and so does a fact.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from .render import Rendering
from .texts import texts


def problems(rendering: Rendering) -> Iterator[str]:
    """What is wrong with a plain rendering, in words."""
    yield from _addresses(rendering)
    yield from _shared("tool", ((tool.name, tool.id) for tool in rendering.tools))
    if not all(fact.strip() for fact in rendering.facts):
        yield "a fact is empty"
    for rule in rendering.scenario.rules:
        sought = (text for _, text, template in texts(rule) if template)
        if not all(rendering.fill(text).strip() for text in sought):
            yield f"the rule {rule.id} looks for an empty text"


def _addresses(rendering: Rendering) -> Iterator[str]:
    yield from _shared("address", ((who.address, who.key) for who in rendering.people))
    for who in rendering.people:
        name, at, domain = who.address.partition("@")
        if not (name and at and domain) or any(c.isspace() or c in "<>,;" for c in who.address):
            yield f"{who.key} has no address that a mail could be sent to: {who.address!r}"


def _shared(kind: str, names: Iterable[tuple[str, str]]) -> Iterator[str]:
    pairs = [(name.lower(), key) for name, key in names]
    counts = Counter(name for name, _ in pairs)
    for name, count in counts.items():
        if count > 1:
            keys = ", ".join(key for other, key in pairs if other == name)
            yield f"one {kind} for {keys}: {name}"
