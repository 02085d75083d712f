"""Anthropic's messages on the wire: a call as the request's fields, and an answer as a reply."""

from collections.abc import Mapping
from typing import Any

from ..records import Call, Reply, Stop, Usage
from .failures import Failure, garbage

_STOPS: dict[str, Stop] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}
# The API wants a limit in every request. The engine always gives one.
_MAX_TOKENS = 4096
REDACTED = "[redacted thinking]"


def request_body(call: Call) -> dict[str, Any]:
    """Everything of a request but the model.

    The system prompt is a field of its own. Settings are passed as they are named, those that are
    `None` left out, except: `stop` is `stop_sequences` here, `reasoning_effort` (or `effort`) is
    part of `output_config`, `thinking` may be a number of tokens, `cache_control` may be `true`.
    """
    body = {name: value for name, value in call.settings.items() if value is not None}
    body.setdefault("max_tokens", _MAX_TOKENS)
    _translate(body)
    if call.schema is not None:
        form = {"type": "json_schema", "schema": call.schema}
        body["output_config"] = {**body.get("output_config", {}), "format": form}
    system = "\n\n".join(one.content for one in call.messages if one.role == "system")
    if system:
        body["system"] = system
    body["messages"] = [
        {"role": one.role, "content": one.content} for one in call.messages if one.role != "system"
    ]
    return body


def read_message(body: Mapping[str, Any]) -> Reply | Failure:
    """Read the blocks of an answer; anything that has no list of them is garbage."""
    content = body.get("content")
    if not isinstance(content, list):
        return garbage("no content")
    blocks = [block for block in content if isinstance(block, dict)]
    return Reply(
        text="".join(_strings(blocks, "text")),
        reasoning="\n\n".join(_thoughts(blocks)),
        stop=_STOPS.get(str(body.get("stop_reason")), "stop"),
        usage=_usage(body.get("usage")),
        served_by=body["model"] if isinstance(body.get("model"), str) else None,
    )


def _translate(body: dict[str, Any]) -> None:
    stop = body.pop("stop", None)
    if stop is not None:
        body["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    effort = body.pop("reasoning_effort", None) or body.pop("effort", None)
    if effort is not None:
        body["output_config"] = {**body.get("output_config", {}), "effort": effort}
    if "thinking" in body:
        body["thinking"] = _thinking(body["thinking"])
    if body.get("cache_control") is True:
        body["cache_control"] = {"type": "ephemeral"}


def _thinking(value: Any) -> Any:
    """A number is a budget of tokens, a word the name of a type; an object is passed as it is."""
    if isinstance(value, str):
        return {"type": value}
    if isinstance(value, bool) or value == 0:
        return {"type": "adaptive" if value else "disabled"}
    if isinstance(value, int):
        return {"type": "enabled", "budget_tokens": value}
    return value


def _strings(blocks: list[dict[str, Any]], kind: str) -> list[str]:
    """The texts of the blocks of one kind, whose field has the kind's name."""
    found = (block.get(kind) for block in blocks if block.get("type") == kind)
    return [text for text in found if isinstance(text, str)]


def _thoughts(blocks: list[dict[str, Any]]) -> list[str]:
    thoughts = []
    for block in blocks:
        if block.get("type") == "redacted_thinking":
            thoughts.append(REDACTED)
        thoughts += _strings([block], "thinking")
    return [thought for thought in thoughts if thought]


def _usage(usage: Any) -> Usage:
    """`input_tokens` counts neither what was read from the cache nor what was written to it."""
    if not isinstance(usage, dict):
        return Usage()
    cached = _count(usage.get("cache_read_input_tokens"))
    written = _count(usage.get("cache_creation_input_tokens"))
    return Usage(
        input=_count(usage.get("input_tokens")) + cached + written,
        cached=cached,
        output=_count(usage.get("output_tokens")),
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0
