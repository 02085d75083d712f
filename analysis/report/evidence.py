"""Where a judge's quote stands in a text.

A judge sees a masked text, so its quote may hold masks, `[the executive]` or `[…]`, where the text
has names; it may also differ in white space and in the form of quotation marks. A mask stands for
anything short.
"""

import re
from collections.abc import Sequence

# The longest text that a mask stands for: a statement in a sentence is the longest that is masked.
LONGEST_MASKED = 200
# A quote with fewer letters and digits than this would be found anywhere.
SHORTEST = 4

_MASK = re.compile(r"\[[^\[\]]{1,60}\]")
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")

Span = tuple[int, int]


def locate(quote: str, text: str) -> Span | None:
    """Start and end (exclusive) of the first place in `text` that fits; None where there is none.

    Masks at the ends of the quote are left out of the place.
    """
    pieces = [piece for piece in _MASK.split(_fold(quote)[0]) if piece.strip()]
    if sum(char.isalnum() for piece in pieces for char in piece) < SHORTEST:
        return None
    pieces[0] = pieces[0].lstrip()
    pieces[-1] = pieces[-1].rstrip()
    folded, places = _fold(text)
    found = _search(pieces, folded)
    return (places[found[0]], places[found[1] - 1] + 1) if found else None


def _search(pieces: Sequence[str], text: str) -> Span | None:
    start = text.find(pieces[0])
    while start >= 0:
        end: int | None = start + len(pieces[0])
        for piece in pieces[1:]:
            end = _end_of_next(piece, text, end or 0)
            if end is None:
                break
        if end is not None:
            return start, end
        start = text.find(pieces[0], start + 1)
    return None


def _end_of_next(piece: str, text: str, after: int) -> int | None:
    at = text.find(piece, after, after + LONGEST_MASKED + len(piece))
    return at + len(piece) if at >= 0 else None


def _fold(text: str) -> tuple[str, list[int]]:
    """The text with single spaces and straight quotes, and where each of its characters was."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text.translate(_STRAIGHT)):
        if not char.isspace():
            chars.append(char)
            places.append(place)
        elif chars and chars[-1] != " ":
            chars.append(" ")
            places.append(place)
    return "".join(chars), places
