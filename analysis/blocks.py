"""What a result looks like, before it is text for anybody: headings, grids and lines.

Views make blocks of results, `show` turns blocks into a terminal's print or into Markdown. All text
in a block is plain: no markup, nothing that a terminal would obey.
"""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "strong", "quiet", "warning"]
# Everything measured on a simulated subject carries this word.
SIMULATED = "(SIMULATED)"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 is a group of trials, level 2 a part of it."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headers, and rows. The first `left` columns hold words, the others numbers.

    A cell may have several lines.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or two."""

    text: str
    tone: Tone = "plain"


Block = Heading | Grid | Line


def plain(text: object) -> str:
    """Data as text that is safe to print: whatever is not printable is shown as its code.

    Names come from files that anybody made, and a terminal obeys escape sequences.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(text)
    )
