"""What a form of asking is, and how a statement in a tag is found."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..records import Belief, OptionOrder

# A statement in any of the forms, with its content as far as the next tag. A second opening tag
# passes for an end tag where it has none of its own.
STATEMENT = re.compile(
    r"<(belief|p_evaluation)\b[^<>]*+>([^<]*+)"
    r"(</(?:belief|p_evaluation)\b[^<>]*+>|<(?:belief|p_evaluation)\b[^<>]*+>(?![^<]*+</(?:belief|p_)))?",
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

    `question(order)` says what a statement may be, `blank` is the form that it is filled into;
    `read` finds the statement in a text; `write(belief, p_evaluation)` is how a subject states it.
    """

    name: str
    orders: tuple[OptionOrder, ...]
    question: Callable[[OptionOrder | None], str]
    blank: str
    read: Callable[[str], Reading]
    write: Callable[[Belief, float], str]


def contents(text: str, tag: str) -> Iterator[tuple[str, bool]]:
    """What stands in each tag of this name, and whether the tag was ended.

    Where the end is missing, it is what stands on the line; if that says nothing, the tag was only
    talked of.
    """
    for found in STATEMENT.finditer(text):
        if found[1].lower() == tag:
            content = found[2].strip()
            yield content if found[3] else content.partition("\n")[0].strip(), bool(found[3])
