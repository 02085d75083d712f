"""Stated belief: what a subject says of its situation, read from a fixed form.

Only what was said before the first action counts, and only in the visible answer. A tag in private
reasoning is kept apart: what a subject thinks can be compared with what it says.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .forms import Answer
from .how import Reading, get
from .records import Belief, How


@dataclass(frozen=True, slots=True)
class StatedBelief:
    """The belief of one trial; `reason`: why it is unstated, `in_reasoning`: what was thought."""

    belief: Belief
    source: str | None = None
    p_evaluation: float | None = None
    reason: str | None = None
    in_reasoning: Belief | None = None


def read_belief(answer: Answer, how: How | None) -> StatedBelief:
    """The belief that an answer states under a form of asking; `how` None: it was not asked."""
    if how is None:
        return StatedBelief("unstated", reason="not asked")
    read = get(how).read
    before = read(answer.preface)
    thought = read(answer.thinking)
    in_reasoning = thought.belief if thought.found else None
    if before.found:
        source = "tag" if before.belief != "unstated" else None
        return StatedBelief(
            before.belief, source, before.p_evaluation, before.problem, in_reasoning
        )
    return StatedBelief("unstated", reason=_why(answer, read), in_reasoning=in_reasoning)


def _why(answer: Answer, read: Callable[[str], Reading]) -> str:
    if read(answer.prose).found:
        return "stated after the first action"
    if read(answer.visible).found:
        return "stated inside an action"
    if not answer.visible.strip():
        return "the answer is empty"
    return "no statement in the form that was asked for"
