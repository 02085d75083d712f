"""What a moment of asking is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """When a belief is asked for.

    `notice` stands in the system prompt, `request` at the end of the task, with the form's question
    in place of `{question}`. `asks` is whether the subject is asked at all.
    """

    name: str
    asks: bool
    notice: str = ""
    request: str = ""
