"""What the server shows of a request, whichever protocol it came in, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .faults import Fault

Protocol = Literal["openai", "anthropic"]
Stop = Literal["stop", "length", "refusal", "content_filter"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came.

    `protocol` is empty for anything but a completion. `headers` have small letters. `system` is all
    the system text; `messages` are the others, as (role, content). `schema` is the JSON schema that
    an answer is asked to fit, wherever the protocol puts it.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    protocol: Protocol | Literal[""] = ""
    model: str = ""
    system: str = ""
    messages: tuple[tuple[str, str], ...] = ()
    schema: Mapping[str, Any] | None = None

    @property
    def last(self) -> str:
        """The content of the last message."""
        return self.messages[-1][1] if self.messages else ""

    @property
    def text(self) -> str:
        """Everything that the model would read."""
        return "\n".join([self.system, *(content for _, content in self.messages)])


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model would say, or the fault that stands in its place.

    Token counts that are `None` are made up from the lengths of the texts. `delay` is in seconds.
    `model` and `fingerprint` are what the server says that it ran. `extra` is merged into the body
    that is sent, for whatever else a server may say.
    """

    text: str = ""
    reasoning: str = ""
    stop: Stop = "stop"
    input_tokens: int | None = None
    cached_tokens: int = 0
    output_tokens: int | None = None
    model: str | None = None
    fingerprint: str | None = None
    delay: float = 0.0
    fault: Fault | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


Respond = Callable[[Request], Answer]


def in_turn(*answers: Answer) -> Respond:
    """Give these answers one after another; the last one for ever."""
    waiting = list(answers)

    def respond(request: Request) -> Answer:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return respond
