"""The text of a scenario file: YAML as far as JSON goes, and the line of every value.

It is read event by event and never through `yaml.load`: libyaml's composer recurses in C, so that a
file of nothing but brackets would end the process. There are no anchors (a small file can't swell),
no tags, no double keys, and nothing that YAML turns into a date or a number behind its author's
back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from ..errors import ScenarioError

Place = tuple[str | int, ...]
MAX_DEPTH = 40
MAX_MESSAGE = 500

_KEY = re.compile(r"[A-Za-z0-9_-]+")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_KINDS = {
    "int": "a number",
    "float": "a number",
    "bool": "a truth value",
    "timestamp": "a date",
}
# Control, private-use (the marks of `marks.py` are such) and no characters at all.
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\uf8ff\ufffe\uffff\U000f0000-\U0010ffff]"
)
_RESOLVER: Any = yaml.resolver.Resolver()
# libyaml's parser is ten times as fast; the pure one says the same.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data (mappings, lists, texts, integers, truth values) and where each value stands."""

    where: str
    data: Any
    lines: dict[Place, int] = field(repr=False)

    def error(self, place: Sequence[str | int], message: str) -> ScenarioError:
        """One line: file, line, field, what is wrong."""
        known = tuple(place)
        while known not in self.lines:
            known = known[:-1]
        return _error(self.where, self.lines[known], place, message)


def read(text: str, where: str) -> Source:
    """Read the text of a file that is named `where` in errors; raises `ScenarioError`."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    refused = _REFUSED.search(plain)
    if refused:
        line = plain.count("\n", 0, refused.start()) + 1
        raise _error(where, line, (), _not_allowed(refused[0]))
    reader = _Reader(where, yaml.parse(plain, Loader=_LOADER))
    try:
        return Source(where, reader.document(), reader.lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _error(where, line, (), f"not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise _error(where, 1, (), f"not YAML: {str(error).splitlines()[0]}") from None


class _Reader:
    """Builds the data from YAML's events, and notes the line of every place."""

    def __init__(self, where: str, events: Iterator[Any]) -> None:
        self._where = where
        self._events = events
        self.lines: dict[Place, int] = {(): 1}

    def document(self) -> Any:
        next(self._events)  # the stream begins
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            raise _error(self._where, 1, (), "expected a mapping with id, family, title, …")
        value = self._value(next(self._events), ())
        next(self._events)  # the document ends
        more = next(self._events)
        if not isinstance(more, yaml.StreamEndEvent):
            raise self._error(more, (), "expected one document: a file holds one scenario")
        return value

    def _value(self, event: Any, place: Place) -> Any:
        self.lines.setdefault(place, event.start_mark.line + 1)
        self._check(event, place)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        return [self._value(item, (*place, index)) for index, item in enumerate(self._items())]

    def _check(self, event: Any, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self._error(event, place, "anchors and aliases are not allowed")
        if event.tag:
            raise self._error(event, place, "tags are not allowed")
        if len(place) > MAX_DEPTH:
            raise self._error(event, place[:4], "nested too deeply")

    def _items(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield event

    def _mapping(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._items():
            key = self._key(event, place)
            if key in found:
                raise self._error(event, (*place, key), "stands here twice")
            self.lines[(*place, key)] = event.start_mark.line + 1
            found[key] = self._value(next(self._events), (*place, key))
        return found

    def _key(self, event: Any, place: Place) -> str:
        self._check(event, place)
        if not isinstance(event, yaml.ScalarEvent):
            message = "a key must be a word; a text that begins with { goes in quotes"
            raise self._error(event, place, message)
        key = self._scalar(event, place)
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            message = "a key must be a word, in quotes where it looks like a number"
            raise self._error(event, place, message)
        return key

    def _scalar(self, event: Any, place: Place) -> Any:
        text: str = event.value
        refused = _REFUSED.search(text)
        if refused:
            raise self._error(event, place, _not_allowed(refused[0]))
        if not event.implicit[0]:  # quoted, or a block
            return text
        tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
        if tag == "str":
            return text
        if tag == "int" and _INTEGER.fullmatch(text):
            return int(text)
        if tag == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if tag == "null":
            raise self._error(event, place, 'nothing stands here; an empty text is written ""')
        kind = _KINDS.get(tag, "something else")
        raise self._error(event, place, f"YAML takes {text[:40]} for {kind}: put it in quotes")

    def _error(self, event: Any, place: Place, message: str) -> ScenarioError:
        return _error(self._where, event.start_mark.line + 1, place, message)


def _error(where: str, line: int, place: Sequence[str | int], message: str) -> ScenarioError:
    name = ".".join(str(part) for part in place) or "(top)"
    words = " ".join(message.split())
    return ScenarioError(f"{where}:{line}: {name}: {words[:MAX_MESSAGE]}")


def _not_allowed(character: str) -> str:
    return f"the character U+{ord(character):04X} is not allowed"
