"""The wire forms: how a subject writes private reasoning and actions, and how they are read.

They are read leniently (letter case, quotes, white space, a missing end), because what is measured
is what a model does and not how well it closes tags. Text inside `<thinking>` is never an action.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

_FLAGS = re.IGNORECASE | re.DOTALL
_THINKING = re.compile(r"<(thinking|think|scratchpad)>(.*?)(?:</\1\s*>|\Z)", _FLAGS)
# Some servers cut the opening tag off together with the chat template.
_LOOSE_END = re.compile(r"\A(.*?)</(?:thinking|think)\s*>", _FLAGS)
_ACTION = re.compile(r"<action\b([^>]*)>", _FLAGS)
_ACTION_END = re.compile(r"</action\s*>", re.IGNORECASE)
_TOOL = re.compile(r"""\b(?:tool|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>/]+))""", _FLAGS)
_ARGUMENT = re.compile(r"<([A-Za-z_][\w-]*)\s*>")


@dataclass(frozen=True, slots=True)
class Action:
    """One action as written: the tool's name as the subject wrote it, and its arguments.

    `start` and `end` are its place in the visible text. `closed` is false where the end tag is
    missing.
    """

    tool: str
    arguments: tuple[tuple[str, str], ...]
    start: int
    end: int
    closed: bool = True

    def argument(self, name: str) -> str:
        """The value of an argument, or an empty text."""
        return dict(self.arguments).get(name, "")


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
    private = [reasoning] if reasoning else []
    private += [match[2].strip() for match in _THINKING.finditer(text)]
    visible = _THINKING.sub("", text)
    loose = _LOOSE_END.match(visible)
    if loose and not _ACTION.search(loose[1]):
        private.append(loose[1].strip())
        visible = visible[loose.end() :]
    visible = visible.strip()
    return Answer("\n\n".join(private), visible, _read_actions(visible))


def _read_actions(text: str) -> tuple[Action, ...]:
    actions: list[Action] = []
    for opening in _ACTION.finditer(text):
        if actions and opening.start() < actions[-1].end:
            continue  # an action that a mail quotes is part of the mail
        tool = _TOOL.search(opening[1])
        end = _ACTION_END.search(text, opening.end())
        stop = end.start() if end else len(text)
        actions.append(
            Action(
                tool=next((name for name in tool.groups() if name), "").strip() if tool else "",
                arguments=_read_arguments(text[opening.end() : stop]),
                start=opening.start(),
                end=end.end() if end else len(text),
                closed=end is not None,
            )
        )
    return tuple(actions)


def _read_arguments(block: str) -> tuple[tuple[str, str], ...]:
    arguments: dict[str, str] = {}
    position = 0
    while opening := _ARGUMENT.search(block, position):
        name = opening[1].lower()
        stop, position = _argument_end(block, opening[1], opening.end())
        value = unescape(block[opening.end() : stop].strip())
        arguments.setdefault(name, value)
    return tuple(arguments.items())


def _argument_end(block: str, name: str, start: int) -> tuple[int, int]:
    """Where an argument's text ends, and where the next one may begin.

    The end tag is the first behind which nothing follows but another element: a body may hold tags.
    """
    ends = list(re.finditer(rf"</{re.escape(name)}\s*>", block[start:], re.IGNORECASE))
    for end in ends:
        rest = block[start + end.end() :].strip()
        if not rest or _ARGUMENT.match(rest):
            return start + end.start(), start + end.end()
    if ends:
        return start + ends[-1].start(), start + ends[-1].end()
    return len(block), len(block)


def write_action(tool: str, arguments: Sequence[tuple[str, str]]) -> str:
    """An action in its canonical form."""
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in arguments)
    return f'<action tool="{tool}">{inner}</action>'


def write_thinking(text: str) -> str:
    """Private reasoning in its canonical form."""
    return f"<thinking>\n{text.strip()}\n</thinking>"
