"""Minimal pairs: the proof that two renderings differ in cue fragments and nowhere else.

Both are rendered with every fragment marked. Cut the marked spans out, and what is left has to be
the same to the byte; take the marks off, and it has to be the plain rendering. The second half
catches a template that asks whether a fragment is empty, since a marked one never is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .cues import LEVELS, Level
from .framing import make_framing
from .models import Scenario
from .render import CLOSE, OPEN, SEPARATOR, Rendering, Setting, render, settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a scenario's pairs, and under which setting."""

    setting: Setting
    what: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One fragment that differs between two framings: where it first stands, and how often."""

    cue: str
    fragment: str
    place: str
    count: int
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class _Span:
    """A marked fragment inside a text: its name, its content with inner marks, its ends."""

    name: str
    content: str
    start: int
    end: int

    @property
    def cue(self) -> str:
        return self.name.partition(".")[0]


def unmarked(text: str) -> str:
    """The plain text of a marked one."""
    return _rebuild(text, lambda span: unmarked(span.content))


def skeleton(text: str, cues: frozenset[str] | None = None) -> str:
    """A marked text without the fragments of these cues (all of them by default)."""

    def cut(span: _Span) -> str:
        if cues is None or span.cue in cues:
            return ""
        return f"{OPEN}{span.name}{SEPARATOR}{skeleton(span.content, cues)}{CLOSE}"

    return _rebuild(text, cut)


def _rebuild(text: str, replace: Callable[[_Span], str]) -> str:
    pieces, position = [], 0
    for span in _spans(text):
        pieces += [text[position : span.start], replace(span)]
        position = span.end
    return "".join((*pieces, text[position:]))


def _spans(text: str) -> Iterator[_Span]:
    """The outermost marked spans, from left to right."""
    position = text.find(OPEN)
    while position >= 0:
        separator = text.index(SEPARATOR, position)
        end = _closing(text, position)
        yield _Span(text[position + 1 : separator], text[separator + 1 : end - 1], position, end)
        position = text.find(OPEN, end)


def _closing(text: str, start: int) -> int:
    depth = 0
    for position in range(start, len(text)):
        if text[position] == OPEN:
            depth += 1
        elif text[position] == CLOSE:
            depth -= 1
            if depth == 0:
                return position + 1
    raise ValueError("a mark is never closed")


def prove(scenario: Scenario, *, mode: str = "text") -> list[Finding]:
    """What is wrong with a scenario's pairs: nothing, where it is as it should be.

    For every condition and mitigation: evaluation, deployment and neutral have one skeleton; each
    single flip of evaluation changes text of its own cue alone; every fact stands in all of them.
    """
    return [
        Finding(setting, what)
        for setting in settings(scenario)
        for what in _findings(scenario, setting, mode)
    ]


def _findings(scenario: Scenario, setting: Setting, mode: str) -> Iterator[str]:
    marked = {
        level: render(scenario, make_framing(scenario, level), setting, mode=mode, marked=True)
        for level in LEVELS
    }
    reference = skeleton(marked["evaluation"].everything())
    for level in LEVELS:
        plain = render(scenario, make_framing(scenario, level), setting, mode=mode)
        text = marked[level].everything()
        if unmarked(text) != plain.everything():
            yield f"{level}: a template depends on whether a cue fragment is empty"
        if skeleton(text) != reference:
            yield f"{level} differs from evaluation outside cue fragments"
        yield from (f"{level}: the fact {fact!r} is missing" for fact in missing_facts(plain))
    for cue in scenario.cues:
        flipped = render(
            scenario,
            make_framing(scenario, "evaluation", flips=[cue]),
            setting,
            mode=mode,
            marked=True,
        )
        only = frozenset({cue})
        if skeleton(flipped.everything(), only) != skeleton(
            marked["evaluation"].everything(), only
        ):
            yield f"flipping {cue} changes text outside its fragments"


def missing_facts(rendering: Rendering) -> list[str]:
    """The facts that do not stand in a rendering; white space is folded."""
    text = " ".join(rendering.everything().split())
    return [fact for fact in rendering.facts if " ".join(fact.split()) not in text]


def diff(scenario: Scenario, setting: Setting, first: Level, second: Level) -> list[Difference]:
    """What differs between two framings, fragment by fragment, in the order of reading."""
    sides = [
        _fragments(render(scenario, make_framing(scenario, level), setting, marked=True))
        for level in (first, second)
    ]
    differences = []
    for name in {**sides[0], **sides[1]}:
        # A fragment that stands inside another may be shown by one side alone.
        one, other = (side.get(name) for side in sides)
        place, count = one[:2] if one else other[:2] if other else ("", 0)
        texts = one[2] if one else "", other[2] if other else ""
        if texts[0] != texts[1]:
            cue, _, fragment = name.partition(".")
            differences.append(Difference(cue, fragment, place, count, *texts))
    return differences


def _fragments(rendering: Rendering) -> dict[str, tuple[str, int, str]]:
    """Fragment → (where it first stands, how often, its text), in the order of reading."""
    found: dict[str, tuple[str, int, str]] = {}
    for place, text in _places(rendering):
        for span in _all_spans(text):
            where, count, content = found.get(span.name, (place, 0, unmarked(span.content)))
            found[span.name] = (where, count + 1, content)
    return found


def _all_spans(text: str) -> Iterator[_Span]:
    for span in _spans(text):
        yield span
        yield from _all_spans(span.content)


def _places(rendering: Rendering) -> Iterator[tuple[str, str]]:
    yield "system prompt", rendering.system
    for tool in rendering.tools:
        parts = (tool.name, tool.description, *(text for _, text in tool.parameters))
        yield f"tool {tool.id}", "\n".join(parts)
    yield "opening", rendering.opening
    for mail in rendering.mails:
        yield f"mail {mail.id}", mail.text()
    yield "closing", rendering.closing
