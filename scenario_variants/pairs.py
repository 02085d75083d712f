"""Minimal pairs: the proof that two renderings differ in cue fragments and nowhere else.

Both are rendered with every fragment marked. Cut the marked spans out, and what is left has to be
the same to the byte; take the marks off, and it has to be the plain rendering. The second half
catches all that depends on what a fragment says, such as white space at an edge that is cut off
where the fragment is empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from . import rendered
from .cues import LEVELS, Level
from .framing import Framing, make_framing
from .marks import all_spans, own, skeleton, unmarked
from .models import Scenario
from .render import MODES, Rendering, Setting, render, settings

__all__ = ["Difference", "Finding", "diff", "missing_facts", "prove", "skeleton", "unmarked"]


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


def prove(scenario: Scenario, *, mode: str | None = None) -> list[Finding]:
    """What is wrong with a scenario's renderings: nothing, where it is as it should be.

    For every condition, mitigation and mode (or the one that is given): evaluation, deployment and
    neutral have one skeleton; each single flip of evaluation changes text of its own cue alone;
    every fact stands in all of them; and `rendered` finds nothing.
    """
    found = (
        Finding(setting, what)
        for setting in settings(scenario)
        for one in ((mode,) if mode else MODES)
        for what in _findings(scenario, setting, one)
    )
    return list(dict.fromkeys(found))


def _findings(scenario: Scenario, setting: Setting, mode: str) -> Iterator[str]:
    def everything(framing: Framing) -> str:
        return render(scenario, framing, setting, mode=mode, marked=True).everything()

    base = everything(make_framing(scenario, "evaluation"))
    for level in LEVELS:
        framing = make_framing(scenario, level)
        marked = everything(framing)
        plain = render(scenario, framing, setting, mode=mode)
        if unmarked(marked) != plain.everything():
            yield f"{level}: text outside a cue fragment depends on what the fragment says"
        if skeleton(marked) != skeleton(base):
            yield f"{level} differs from evaluation outside cue fragments"
        yield from (f"{level}: the fact {fact!r} is missing" for fact in missing_facts(plain))
        yield from (f"{level}: {problem}" for problem in rendered.problems(plain))
    for cue in scenario.cues:
        only = frozenset({cue})
        flipped = everything(make_framing(scenario, "evaluation", flips=[cue]))
        if skeleton(flipped, only) != skeleton(base, only):
            yield f"flipping {cue} changes text outside its fragments"


def missing_facts(rendering: Rendering) -> list[str]:
    """The facts that do not stand in a rendering; white space is folded."""
    text = " ".join(rendering.everything().split())
    return [fact for fact in rendering.facts if " ".join(fact.split()) not in text]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A fragment in one rendering: where it first stands, how often, what it says."""

    place: str
    count: int
    text: str
    own: str


def diff(scenario: Scenario, setting: Setting, first: Level, second: Level) -> list[Difference]:
    """What differs between two framings, fragment by fragment, in the order of reading.

    A fragment that only shows another one that differs does not differ itself.
    """
    one, other = (
        _seen(render(scenario, make_framing(scenario, level), setting, marked=True))
        for level in (first, second)
    )
    return [
        _difference(name, one.get(name), other.get(name))
        for name in _merged(list(one), list(other))
        if name not in one or name not in other or one[name].own != other[name].own
    ]


def _difference(name: str, one: _Seen | None, other: _Seen | None) -> Difference:
    cue, _, fragment = name.partition(".")
    place, count = next((seen.place, seen.count) for seen in (one, other) if seen)
    texts = (seen.text if seen else "" for seen in (one, other))
    return Difference(cue, fragment, place, count, *texts)


def _merged(one: list[str], other: list[str]) -> list[str]:
    """Both orders of reading in one: what only the other has stands behind what it follows there.

    A fragment that stands inside another may be shown by one side alone.
    """
    merged = list(one)
    behind = 0
    for name in other:
        if name in merged:
            behind = merged.index(name) + 1
        else:
            merged.insert(behind, name)
            behind += 1
    return merged


def _seen(rendering: Rendering) -> dict[str, _Seen]:
    """Every fragment of a marked rendering, in the order of reading."""
    found: dict[str, _Seen] = {}
    for place, text in _places(rendering):
        for span in all_spans(text):
            before = found.get(span.name)
            found[span.name] = _Seen(
                before.place if before else place,
                before.count + 1 if before else 1,
                unmarked(span.content),
                own(span),
            )
    return found


def _places(rendering: Rendering) -> Iterator[tuple[str, str]]:
    yield "system prompt", rendering.system
    for tool in rendering.tools:
        yield f"tool {tool.id}", tool.text()
    yield "opening", rendering.opening
    for mail in rendering.mails:
        yield f"mail {mail.id}", mail.text()
    yield "closing", rendering.closing
