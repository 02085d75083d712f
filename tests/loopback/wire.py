"""Both protocols: requests read into `Request`, answers and errors written as each has them."""

import json
from collections.abc import Mapping
from typing import Any

from .exchange import Answer, Protocol, Request

_PROTOCOLS: dict[str, Protocol] = {
    "/v1/chat/completions": "openai",
    "/chat/completions": "openai",
    "/v1/messages": "anthropic",
}
_OPENAI_STOPS = {"refusal": "stop"}
_ANTHROPIC_STOPS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}


def read(method: str, target: str, headers: Mapping[str, str], content: bytes) -> Request:
    """Read a request; raises `ValueError` where its body is no JSON object."""
    path = target.partition("?")[0]
    body = json.loads(content) if content else {}
    if not isinstance(body, dict):
        raise ValueError("the body is not an object")
    protocol = _PROTOCOLS.get(path) if method == "POST" else None
    if protocol is None:
        return Request(method, path, headers, body)
    messages = [(one["role"], _text(one["content"])) for one in body["messages"]]
    system = [content for role, content in messages if role in ("system", "developer")]
    return Request(
        method,
        path,
        headers,
        body,
        protocol,
        model=body["model"],
        system=_text(body["system"]) if "system" in body else "\n\n".join(system),
        messages=tuple(one for one in messages if one[0] not in ("system", "developer")),
        schema=_schema(body),
    )


def write(request: Request, answer: Answer) -> bytes:
    """The body of a successful answer."""
    counts = (
        len(request.text) // 4 + 1 if answer.input_tokens is None else answer.input_tokens,
        (len(answer.text) + len(answer.reasoning)) // 4 + 1
        if answer.output_tokens is None
        else answer.output_tokens,
    )
    body = _openai if request.protocol == "openai" else _anthropic
    return json.dumps(body(request, answer, *counts) | dict(answer.extra)).encode()


def write_error(protocol: str, status: int, message: str, code: str | int | None) -> bytes:
    """The body of an error."""
    if protocol == "anthropic":
        kind = code or {401: "authentication_error", 529: "overloaded_error"}.get(
            status, "api_error"
        )
        return json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()
    error = {"message": message, "type": "error", "param": None, "code": code}
    return json.dumps({"error": error}).encode()


def write_models(names: tuple[str, ...]) -> bytes:
    """The list of models; both protocols read it."""
    data = [{"id": name, "object": "model", "type": "model"} for name in names]
    return json.dumps({"object": "list", "data": data, "has_more": False}).encode()


def _openai(request: Request, answer: Answer, given: int, written: int) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text}
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning
    if answer.stop == "refusal":
        message |= {"content": None, "refusal": answer.text}
    reason = _OPENAI_STOPS.get(answer.stop, answer.stop)
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": answer.model or request.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": given,
            "completion_tokens": written,
            "total_tokens": given + written,
            "prompt_tokens_details": {"cached_tokens": answer.cached_tokens},
        },
    }
    return body | ({"system_fingerprint": answer.fingerprint} if answer.fingerprint else {})


def _anthropic(request: Request, answer: Answer, given: int, written: int) -> dict[str, Any]:
    thinking = {"type": "thinking", "thinking": answer.reasoning, "signature": "c2lnbmVk"}
    text = {"type": "text", "text": answer.text}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": answer.model or request.model,
        "content": [thinking, text] if answer.reasoning else [text],
        "stop_reason": _ANTHROPIC_STOPS.get(answer.stop, answer.stop),
        "stop_sequence": None,
        "usage": {
            "input_tokens": given - answer.cached_tokens,
            "cache_read_input_tokens": answer.cached_tokens,
            "cache_creation_input_tokens": 0,
            "output_tokens": written,
        },
    }


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or ())


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    openai = (body.get("response_format") or {}).get("json_schema") or {}
    anthropic = (body.get("output_config") or {}).get("format") or {}
    found: Mapping[str, Any] | None = openai.get("schema") or anthropic.get("schema")
    return found
