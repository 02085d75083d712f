"""Marks around cue fragments, so that they can be found in a rendered text, or cut out of it.

A mark is a private-use character, which no scenario may hold: OPEN, the fragment's name, SEPARATOR,
its text, CLOSE. Fragments may show others, so that marks nest.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

OPEN, SEPARATOR, CLOSE = "\ue000", "\ue001", "\ue002"
_ENDS = re.compile(f"[{OPEN}{CLOSE}]")


@dataclass(frozen=True, slots=True)
class Span:
    """A marked fragment inside a text: its name, its content with inner marks, its ends."""

    name: str
    content: str
    start: int
    end: int

    @property
    def cue(self) -> str:
        """The cue that the fragment belongs to."""
        return self.name.partition(".")[0]


def wrap(name: str, text: str) -> str:
    """A fragment's text with its marks; `name` is `CUE.FRAGMENT`."""
    return f"{OPEN}{name}{SEPARATOR}{text}{CLOSE}"


def spans(text: str) -> Iterator[Span]:
    """The outermost marked fragments, from left to right."""
    depth = start = 0
    for mark in _ENDS.finditer(text):
        if mark[0] == OPEN:
            start = start if depth else mark.start()
            depth += 1
            continue
        depth -= 1
        if not depth:
            separator = text.index(SEPARATOR, start)
            name, content = text[start + 1 : separator], text[separator + 1 : mark.start()]
            yield Span(name, content, start, mark.end())


def all_spans(text: str) -> Iterator[Span]:
    """Every marked fragment, those inside others behind the one that they stand in."""
    for span in spans(text):
        yield span
        yield from all_spans(span.content)


def unmarked(text: str) -> str:
    """The plain text of a marked one."""
    return _rebuilt(text, lambda span: unmarked(span.content))


def skeleton(text: str, cues: frozenset[str] | None = None) -> str:
    """A marked text without the fragments of these cues (all of them by default)."""

    def cut(span: Span) -> str:
        if cues is None or span.cue in cues:
            return ""
        return wrap(span.name, skeleton(span.content, cues))

    return _rebuilt(text, cut)


def own(span: Span) -> str:
    """A fragment's own text: of the fragments inside it, only the names are left."""
    return _rebuilt(span.content, lambda inner: wrap(inner.name, ""))


def _rebuilt(text: str, replace: Callable[[Span], str]) -> str:
    if OPEN not in text:
        return text
    pieces, position = [], 0
    for span in spans(text):
        pieces += [text[position : span.start], replace(span)]
        position = span.end
    return "".join((*pieces, text[position:]))
