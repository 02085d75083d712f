"""The wire forms: an answer, taken apart into private reasoning, visible text and actions.

Text inside `<thinking>` is never an action, whatever it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .actions import Action, begins_action, read_actions, write_action
from .tags import Tag, find_tags, match_ends

__all__ = ["Action", "Answer", "read_answer", "write_action", "write_thinking"]

_PRIVATE = ("thinking", "think", "scratchpad")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, taken apart. `visible` is the answer without private reasoning."""

    thinking: str
    visible: str
    actions: tuple[Action, ...]

    @property
    def preface(self) -> str:
        """What stands before the first action."""
        return self.visible[: self.actions[0].start] if self.actions else self.visible

    @property
    def prose(self) -> str:
        """The visible text without its actions."""
        pieces, position = [], 0
        for action in self.actions:
            pieces.append(self.visible[position : action.start])
            position = action.end
        return "\n".join((*pieces, self.visible[position:])).strip()


def read_answer(text: str, reasoning: str = "") -> Answer:
    """Take an answer apart. `reasoning` is what came through the provider's own channel."""
    private, visible = _without_private(text)
    thinking = "\n\n".join(part.strip() for part in (reasoning, *private) if part.strip())
    visible = visible.strip()
    return Answer(thinking, visible, read_actions(visible))


def write_thinking(text: str) -> str:
    """Private reasoning in its canonical form."""
    return f"<thinking>\n{text.strip()}\n</thinking>"


def _without_private(text: str) -> tuple[list[str], str]:
    """The pieces of private reasoning, and the text without them."""
    tags = [tag for tag in find_tags(text) if tag.name in _PRIVATE and (tag.opens or tag.is_end)]
    ends = _private_ends(tags)
    last = len(text.rstrip())
    private: list[str] = []
    visible: list[str] = []
    position = index = 0
    while index < len(tags):
        tag = tags[index]
        visible.append(text[position : tag.start])
        position = tag.stop
        if tag.opens:
            index = ends[index]
            end = tags[index] if index < len(tags) else None
            private.append(text[position : end.start if end else None])
            position = end.stop if end else len(text)
        elif position < last or not _acts("".join(visible)):
            # Some servers cut the opening tag off together with the chat template.
            private.append("".join(visible))
            visible.clear()
        index += 1
    return private, "".join((*visible, text[position:]))


def _private_ends(tags: Sequence[Tag]) -> dict[int, int]:
    """Where each piece of reasoning ends, or the number of tags where it never does.

    Reasoning that names its own tag opens one too many: it then lasts to the next end.
    """
    ends = match_ends(tags)
    next_end = len(tags)
    for index in reversed(range(len(tags))):
        next_end = index if tags[index].is_end else next_end
        ends.setdefault(index, next_end)
    return ends


def _acts(text: str) -> bool:
    return any(begins_action(tag) for tag in find_tags(text))
