"""The forms in which a belief is asked for: one file each, each a question and a way to read it.

`get(name)` finds one. A form asks with `question(order)` near the end of the prompt (only this
differs between option orders, so what stands before is read from a provider's cache), shows the
`blank` to be filled in, and reads with `read(text)`.
"""

from ...errors import UsageError
from ..records import How
from . import choice, probability
from .base import STATEMENT, Form, Reading

__all__ = ["FORMS", "STATEMENT", "Form", "Reading", "get"]

FORMS: dict[How, Form] = {"choice": choice.FORM, "probability": probability.FORM}


def get(how: How) -> Form:
    """The form of asking by its name."""
    if how not in FORMS:
        raise UsageError(f"no way of asking {how!r}; there are {', '.join(FORMS)}")
    return FORMS[how]
