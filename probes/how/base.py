"""What a form of asking is, and how a statement in a tag is found."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..records import Belief, OptionOrder

# A statement in any of the forms, with its content as far as the next tag.
STATEMENT = re.compile(
    r"<(belief|p_evaluation)\b[^<>]*+>([^<]*+)(</?(?:belief|p_evaluation)\b[^<>]*+>)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text states. `found` is whether it holds the form at all.

    A form that can't be read, or two that contradict each other, is `unstated` with a `problem`.
    """

    found: bool
    belief: Belief = "unstated"
    p_evaluation: float | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One way to ask. `orders` are the orders of its options, empty where there are none.

    `question(order)` completes the sentence "Before you act, …"; `read` finds the statement in a
    text; `write(belief, p_evaluation)` is how a subject states it.
    """

    name: str
    orders: tuple[OptionOrder, ...]
    question: Callable[[OptionOrder | None], str]
    read: Callable[[str], Reading]
    write: Callable[[Belief, float], str]


def contents(text: str, tag: str) -> Iterator[str]:
    """What stands in each tag of this name; where the end tag is missing, what is on its line."""
    for found in STATEMENT.finditer(text):
        if found[1].lower() == tag:
            content = found[2].strip()
            yield content if found[3] else content.partition("\n")[0].strip()
