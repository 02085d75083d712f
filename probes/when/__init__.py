"""The moments at which a belief is asked for: one file each.

A moment says what it adds to the prompt of the turn that acts: a notice in the system prompt, and a
last line. `none` adds nothing, and is the control for the effect of asking.
"""

from ...errors import UsageError
from ..records import When
from . import inline, none
from .base import Moment

__all__ = ["MOMENTS", "Moment", "get"]

MOMENTS: dict[When, Moment] = {"inline": inline.MOMENT, "none": none.MOMENT}


def get(when: When) -> Moment:
    """The moment of asking by its name."""
    if when not in MOMENTS:
        raise UsageError(f"no moment of asking {when!r}; there are {', '.join(MOMENTS)}")
    return MOMENTS[when]
