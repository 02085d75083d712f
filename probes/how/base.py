"""What a form of asking is."""

from collections.abc import Callable
from dataclasses import dataclass

from ..records import Belief, OptionOrder


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
