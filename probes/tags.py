"""Tags in a text that was never meant to be XML: where they are, and which end is whose.

Everything here takes time in proportion to the text, whatever a model writes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Possessive throughout: a text full of `<` must not be searched again from every one of them.
_TAG = re.compile(r"<\s*+(/?)\s*+([A-Za-z_][\w-]*+)([^<>]*+)>")


class Tag(NamedTuple):
    """One tag with its place in the text; `name` in lower case, `attributes` as written."""

    name: str
    is_end: bool
    attributes: str
    start: int
    stop: int

    @property
    def opens(self) -> bool:
        """Whether it begins an element that can hold something."""
        return not self.is_end and not self.attributes.endswith("/")


def find_tags(text: str) -> Iterator[Tag]:
    """All tags of a text, in order."""
    for found in _TAG.finditer(text):
        yield Tag(found[2].lower(), bool(found[1]), found[3].strip(), *found.span())


def match_ends(tags: Sequence[Tag]) -> dict[int, int]:
    """Index of a tag that opens → index of its end tag, for those that have one.

    An end tag ends what was opened last under its name, and with it all that was opened since.
    """
    ends: dict[int, int] = {}
    open_tags: list[int] = []
    names: Counter[str] = Counter()
    for index, tag in enumerate(tags):
        if tag.opens:
            open_tags.append(index)
            names[tag.name] += 1
        elif tag.is_end and names[tag.name]:
            while tags[open_tags[-1]].name != tag.name:
                names[tags[open_tags.pop()].name] -= 1
            names[tag.name] -= 1
            ends[open_tags.pop()] = index
    return ends
