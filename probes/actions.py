"""Actions as a subject writes them: `<action tool="…"><argument>…</argument></action>`.

They are read leniently (letter case, quotes, white space, missing ends), because what is measured
is what a model does and not how well it closes tags. An action that another one quotes in one of
its arguments is no action.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from .tags import Tag, find_tags, match_ends

_ATTRIBUTE = re.compile(
    r"""(?<![\w-])([A-Za-z_][\w-]*+)\s*+=\s*+"""
    r"""(?:"([^"]*+)"|'([^']*+)'|["'“‘]?([^\s"'“”‘’/]++))"""
)
# Nobody is asked to escape anything; who does it all the same means the plain sign.
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#34|#39);")
_LOOSE = "text"
_BLANKS = {"…", "..."}
_STATEMENTS = {"belief", "p_evaluation"}
# Elements that may give an argument's name in an attribute instead of being called by it.
_NAMELESS = {"parameter", "argument", "param", "arg"}


@dataclass(frozen=True, slots=True)
class Action:
    """One action as written: the tool's name as the subject wrote it, and its arguments.

    An argument that is given several times holds all its values, a line each; text that stands in
    no argument is one of its own, `text`. `start` and `end` are the action's place in the visible
    text. `closed` is false where the text ends before the action does.
    """

    tool: str
    arguments: tuple[tuple[str, str], ...]
    start: int
    end: int
    closed: bool = True

    def argument(self, name: str) -> str:
        """The value of an argument, or an empty text."""
        return dict(self.arguments).get(name, "")


def read_actions(text: str) -> tuple[Action, ...]:
    """The actions of a visible text, in order."""
    return tuple(_Reader(text).actions())


def write_action(tool: str, arguments: Iterable[tuple[str, str]]) -> str:
    """An action in its canonical form; what would be read as a part of the form is escaped."""
    inner = "".join(f"<{name}>{_escaped(value, name)}</{name}>" for name, value in arguments)
    return f'<action tool="{tool}">{inner}</action>'


def _escaped(value: str, name: str) -> str:
    value = _ENTITY.sub(lambda found: "&amp;" + found[0][1:], value)
    own = rf"<(?=\s*/?\s*(?:action|thinking|think|scratchpad|{re.escape(name)})\b)"
    return re.sub(own, "&lt;", value, flags=re.IGNORECASE)


def begins_action(tag: Tag) -> bool:
    """Whether an action begins with this tag (or is all of it)."""
    return tag.name == "action" and not tag.is_end


class _Reader:
    """Reads the actions of a text by its tags."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tags = list(find_tags(text))
        self._ends = match_ends(self._tags)

    def actions(self) -> Iterator[Action]:
        at = 0
        while at < len(self._tags):
            if begins_action(self._tags[at]):
                action, at = self._action(at)
                if action:
                    yield action
            else:
                at += 1

    def _action(self, opening: int) -> tuple[Action | None, int]:
        """The action that begins with this tag, and the index of the tag behind it.

        A tag without an end, and without arguments right behind it, is not an action but talk of
        one; and the form as the prompt shows it is no action before it is filled in.
        """
        tag = self._tags[opening]
        own_end = self._ends.get(opening)
        # Without an end of its own it lasts until the next action begins.
        stop = len(self._tags) if own_end is None else own_end
        elements: list[tuple[str, str]] = []
        loose: list[str] = []
        at, end = opening + 1, tag.stop
        while tag.opens and at < stop and not self._is_outside(at, own_end):
            inner, after = self._tags[at], at + 1
            if not inner.is_end:
                loose.append(self._text[end : inner.start])
                value, end, after = self._argument(at, stop)
                elements.append((_argument_name(inner), value))
            at = after
        given = len(_attributes(tag)) > 1 or (elements and not loose[0].strip())
        if tag.opens and own_end is None and not given:
            return None, at
        closed = not tag.opens or at < len(self._tags)
        if at == own_end:
            loose.append(self._text[end : self._tags[at].start])
            elements += _loose_arguments("\n".join(loose).strip())
            end, at = self._tags[at].stop, at + 1
        tool, arguments = _parts(tag, elements)
        if _is_form(tool, arguments):
            return None, at
        return Action(tool, arguments, tag.start, end, closed), at

    def _is_outside(self, at: int, own_end: int | None) -> bool:
        """Whether this tag can't belong to an action with this end, or without one."""
        tag = self._tags[at]
        return begins_action(tag) or (own_end is None and tag.name in _STATEMENTS)

    def _argument(self, at: int, stop: int) -> tuple[str, int, int]:
        """An argument's value, the place where it ends, and the index of the tag behind it."""
        tag, end = self._tags[at], self._ends.get(at, stop)
        if not tag.opens:
            return "", tag.stop, at + 1
        if end < stop:
            end = self._last_end(end, stop)
            return self._between(at, end), self._tags[end].stop, end + 1
        behind = self._next_argument(at, stop)
        place = self._tags[behind].start if behind < len(self._tags) else len(self._text)
        return self._between(at, behind), place, behind

    def _between(self, at: int, end: int) -> str:
        stop = self._tags[end].start if end < len(self._tags) else None
        return self._text[self._tags[at].stop : stop]

    def _last_end(self, end: int, stop: int) -> int:
        """A second end tag right behind shows that the first was a part of the text."""
        name = self._tags[end].name
        for later in range(end + 1, stop):
            if not self._tags[later].is_end:
                break
            if self._tags[later].name == name:
                end = later
        return end

    def _next_argument(self, at: int, stop: int) -> int:
        """Where an argument ends that has no end tag: the index of the tag behind it."""
        behind = at + 1
        while behind < stop:
            tag = self._tags[behind]
            if begins_action(tag):
                if stop == len(self._tags):
                    return behind
                # The action around it has its end, so this one is quoted.
                behind = self._ends.get(behind, behind)
            elif tag.name != self._tags[at].name and self._looks_like_argument(behind):
                return behind
            behind += 1
        return stop

    def _looks_like_argument(self, at: int) -> bool:
        """An element that begins a line, or one that nothing but another element follows."""
        tag = self._tags[at]
        if not tag.opens or tag.attributes:
            return False
        before = self._text[max(0, tag.start - 20) : tag.start].rstrip(" \t")
        if before.endswith("\n"):
            return True
        end = self._ends.get(at)
        if end is None or self._between(end, end + 1).strip():
            return False
        behind = self._tags[end + 1] if end + 1 < len(self._tags) else None
        return behind is None or behind.opens or behind.name == "action"


def _parts(
    tag: Tag, elements: Sequence[tuple[str, str]]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The tool and the arguments of an action, from its attributes and its elements."""
    attributes = dict(_attributes(tag))
    several: dict[str, list[str]] = {}
    for name, value in elements:
        plain = _ENTITY.sub(lambda found: unescape(found[0]), value).strip()
        several.setdefault(name, []).append(plain)
    written = {name: "\n".join(filter(None, values)) for name, values in several.items()}
    tool = next((found for source in (attributes, written) if (found := _take_tool(source))), "")
    return tool, tuple({**attributes, **written}.items())


def _loose_arguments(text: str) -> list[tuple[str, str]]:
    """What stands outside of all elements: arguments as one JSON object, or plain text."""
    if not text.startswith("{"):
        return [(_LOOSE, text)] if text else []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return [(_LOOSE, text)]
    return [
        (str(name).lower(), value if isinstance(value, str) else json.dumps(value))
        for name, value in found.items()
    ]


def _is_form(tool: str, arguments: Sequence[tuple[str, str]]) -> bool:
    """Whether nothing is filled in: no tool, or none of several arguments."""
    return tool in _BLANKS or (
        len(arguments) > 1 and all(value in _BLANKS for _, value in arguments)
    )


def _attributes(tag: Tag) -> list[tuple[str, str]]:
    if "=" not in tag.attributes:
        return [("tool", tag.attributes.strip(" /\"'“”"))]
    found = _ATTRIBUTE.findall(tag.attributes)
    return [(name.lower(), "".join(values)) for name, *values in found]


def _argument_name(tag: Tag) -> str:
    given = dict(_attributes(tag)).get("name") if tag.name in _NAMELESS else None
    return given.lower() if given else tag.name


def _take_tool(source: dict[str, str]) -> str:
    return (source.pop("tool", "") or source.pop("name", "")).strip()
