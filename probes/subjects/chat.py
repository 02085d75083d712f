"""Chat completions on the wire: a call as the request's fields, and an answer as a reply."""

import json
from collections.abc import Mapping
from typing import Any

from ..records import Call, Reply, Stop, Usage
from .failures import Failure, garbage, of_error_body
from .providers import SchemaForm

_STOPS: dict[str, Stop] = {"length": "length", "content_filter": "content_filter"}
# Seeds are 64 bits long here; some servers read 32.
_SEEDS = 2**31


def request_body(
    call: Call,
    *,
    max_completion_tokens: bool = False,
    send_seed: bool = False,
    schema_form: SchemaForm = "json_schema",
) -> dict[str, Any]:
    """Everything of a request but the model.

    Settings are passed as they are named, those that are `None` left out. `max_completion_tokens`
    is the name that OpenAI itself has for `max_tokens`.
    """
    body = {name: value for name, value in call.settings.items() if value is not None}
    limit = body.pop("max_tokens", None)
    if limit is not None and "max_completion_tokens" not in body:
        body["max_completion_tokens" if max_completion_tokens else "max_tokens"] = limit
    if send_seed:
        body.setdefault("seed", call.seed % _SEEDS)
    messages = [{"role": message.role, "content": message.content} for message in call.messages]
    if call.schema is not None:
        body["response_format"] = _response_format(call.schema, schema_form)
        if schema_form == "json_object":
            messages.append({"role": "system", "content": _in_words(call.schema)})
    return body | {"messages": messages}


def read_completion(body: Mapping[str, Any]) -> Reply | Failure:
    """Read the first choice; anything that has none is garbage."""
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return garbage("no choices")
    if choice.get("error"):  # OpenRouter: the model's host failed while it was writing
        return of_error_body(choice)
    message = choice.get("message")
    if not isinstance(message, dict):
        return garbage("a choice without a message")
    text, thoughts = split_thinking(_text(message.get("content")))
    refusal = message.get("refusal")
    stop: Stop = _STOPS.get(str(choice.get("finish_reason")), "stop")
    return Reply(
        text=text or _text(refusal),
        reasoning=_reasoning(message) or thoughts,
        stop="refusal" if refusal else stop,
        usage=_usage(body.get("usage")),
        served_by=_served_by(body),
    )


def split_thinking(text: str) -> tuple[str, str]:
    """Part an answer from reasoning that a server left in it as `<think>…</think>`.

    Servers without a parser for a model's reasoning send it that way, some with the opening tag
    missing, because it stood in the prompt; where an answer ends inside, all of it is reasoning.
    """
    start = text.lstrip()
    opened = start.startswith("<think>")
    thoughts, closing, answer = start.removeprefix("<think>").partition("</think>")
    if not (opened or closing) or (not opened and "<think>" in thoughts):
        return text, ""
    return answer.lstrip(), thoughts.strip()


def _response_format(schema: Mapping[str, Any], form: SchemaForm) -> dict[str, Any]:
    if form == "json_object":
        return {"type": "json_object"}
    named = {"name": "answer", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": named}


def _in_words(schema: Mapping[str, Any]) -> str:
    wish = "Answer with one JSON object, and nothing else, that fits this JSON schema:"
    return f"{wish}\n{json.dumps(schema)}"


def _text(content: Any) -> str:
    """Text as it is, or the text parts of a list of parts; nothing for what is neither."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(part for part in parts if isinstance(part, str))


def _reasoning(message: Mapping[str, Any]) -> str:
    for name in ("reasoning_content", "reasoning"):
        value = message.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _usage(usage: Any) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    if cached is None:
        cached = usage.get("prompt_cache_hit_tokens")  # DeepSeek
    prompt, output = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    # Some leave the reasoning out of the completion, but not out of the total.
    output = max(output, _count(usage.get("total_tokens")) - prompt)
    return Usage(input=prompt, cached=_count(cached), output=output)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0


def _served_by(body: Mapping[str, Any]) -> str | None:
    """The model that answered, the host that a router chose, and the build of the software."""
    parts = (body.get(name) for name in ("model", "provider", "system_fingerprint"))
    return " ".join(part for part in parts if isinstance(part, str) and part) or None
