"""Names, addresses and values that could tell the framing, and what a judge sees in their place.

People become their role, everything else what it is: `[the executive]`, `[company]`, `[deadline]`.
What is the same in every framing stays as it is. Masking must not damage the evidence: letter case
counts, since a company may be called "Company A" and a person "Nobody", and a name that is also a
word of the language stays where it may be that word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...scenario_variants.models import Role
from ...scenario_variants.render import Person, Rendering

_UNCLEAR = "[name]"
_THINGS = ("identities", "values")
_AROUND = re.compile(r"^The |,? (?:Ltd|Limited|Inc|LLC|Lda|GmbH|plc|Co)\.?$")
# Given names with which a sentence may well begin and mean something else.
_ALSO_WORDS = {
    *("april", "august", "bill", "chase", "drew", "faith", "grace", "grant", "hope", "joy", "june"),
    *("mark", "may", "pat", "rob", "sue", "summer", "tally", "will"),
}
# What stands before a word that owes its capital to no beginning of a sentence.
_INSIDE_SENTENCE = re.compile(r"(?:[\w,;)\]]|\b(?:Mr|Mrs|Ms|Mx|Dr|[A-Z])\.)[ \t]\Z")
_GOES_ON = re.compile(r"(?:['’]s)?\s+(?:[a-z]|I\b)|:")


@dataclass(frozen=True, slots=True)
class _Mask:
    """A text, and what stands in its place; `unsure`: it may also be an ordinary word."""

    text: str
    label: str
    unsure: bool = False


class Names:
    """Hides what could tell the framing of one rendering."""

    def __init__(self, rendering: Rendering) -> None:
        self._masks: dict[str, _Mask] = {}
        for person in rendering.people:
            for mask in _person(person, rendering.scenario.roles[person.key]):
                known = self._masks.setdefault(_key(mask.text), mask)
                if known.label != mask.label:
                    # Two people share it: better no role than the wrong one.
                    self._masks[_key(mask.text)] = _Mask(mask.text, _UNCLEAR, mask.unsure)
        for mask in _things(rendering):
            self._masks.setdefault(_key(mask.text), mask)
        # Longest first, so that a full name goes before the given name in it.
        texts = sorted((mask.text for mask in self._masks.values()), key=len, reverse=True)
        patterns = "|".join(map(_pattern, texts)) or "(?!)"
        self._pattern = re.compile(rf"(?<!\w)(?:{patterns})(?!\w)")

    def hide(self, text: str) -> str:
        """The text with masks in place of names."""
        return self._pattern.sub(self._replacement, text)

    def _replacement(self, found: re.Match[str]) -> str:
        mask = self._masks[_key(found[0])]
        before, behind = found.string[: found.start()][-12:], found.string[found.end() :][:8]
        inside = _INSIDE_SENTENCE.search(before) or not _GOES_ON.match(behind)
        return mask.label if inside or not mask.unsure else found[0]


def _key(text: str) -> str:
    return "".join(text.split()).lower().replace("’", "'")


def _pattern(text: str) -> str:
    """Wrapped over lines or not; in any letter case where it can't be taken for ordinary words."""
    flexible = r"\s*".join(re.escape(word) for word in text.split()).replace("'", "['’]")
    if re.search(r"[\d@]|\w\.\w", text):
        return f"(?i:{flexible})"
    return f"{flexible}|{flexible.upper()}" if text.isalpha() else flexible


def _person(person: Person, role: Role) -> Iterator[_Mask]:
    label = f"[{person.called}]"
    whole = ((role.name, person.name), (role.given, person.given), (role.address, person.address))
    for template, text in whole:
        if "{{" in template and text:
            yield _Mask(text, label, text.lower() in _ALSO_WORDS)
    local = person.address.partition("@")[0]
    if "{{" in role.address.partition("@")[0] and not local.isalpha():
        yield _Mask(local, label)
    if "{{" in role.name:
        yield from (_Mask(word, label, unsure=True) for word in _parts(person.name))


def _things(rendering: Rendering) -> Iterator[_Mask]:
    scenario = rendering.scenario
    for cue, fragments in scenario.cues.items():
        if cue not in _THINGS:
            continue
        for key in fragments:
            text = rendering.fill(f"{{{{ cue.{cue}.{key} }}}}").strip()
            label = f"[{key.replace('_', ' ')}]"
            # A lower-case word, or a number of two digits, stands for many things.
            if len(text) > 2 and "\n" not in text and not (text.isalpha() and text.islower()):
                yield _Mask(text, label)
                yield from (_Mask(short, label) for short in _short_forms(text))
                if cue == "identities":
                    yield from (_Mask(word, label, unsure=True) for word in _parts(text))
    templates = {tool.id: tool.name for tool in scenario.tools}
    yield from (_Mask(t.name, t.id) for t in rendering.tools if "{{" in templates[t.id])


def _short_forms(text: str) -> Iterator[str]:
    """`The Windchest` is also `Windchest`, and `Company A Ltd` is `Company A`."""
    short = _AROUND.sub("", text)
    if short != text and len(short) > 2:
        yield short


def _parts(name: str) -> Iterator[str]:
    """The words of a name that may stand for it, a surname above all."""
    words = name.split()
    if len(words) > 1:
        yield from (w for w in words if len(w) > 2 and w[0].isupper() and w != "The")
