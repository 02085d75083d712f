"""One call from request to reply, tried again where the SDK itself would not.

The SDKs repeat connection errors and the statuses 408, 409, 429 and 5xx, and wait as the server's
`retry-after` says. They do not repeat an answer of status 200 that is garbage, cut off, empty, or
an error in disguise; that is what stands here.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import tenacity

from ..records import Call, Reply
from . import failures
from .failures import Failure
from .transport import PATIENCE_S, retry_after
from .wording import conceal

if TYPE_CHECKING:
    import httpx2

Send = Callable[[], Awaitable["httpx2.Response"]]
Read = Callable[[Mapping[str, Any]], Reply | Failure]

_backoff = tenacity.wait_random_exponential(multiplier=0.5, min=0.25, max=8)


async def ask(send: Send, read: Read, call: Call, *, key: str, max_retries: int) -> Reply:
    """Send until there is a reply, at most `max_retries` times again.

    `send` makes one request, with the SDK's own retries in it; `read` turns a JSON object into a
    reply. Raises `ProviderError`, whose one line holds neither `key` nor a part of the prompt, and
    which carries no other exception along.
    """
    trying = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_result(_is_worth_another),
        wait=_wait,
        stop=tenacity.stop_after_attempt(max_retries + 1),
        retry_error_callback=_last,
    )
    outcome: Reply | Failure = await trying(_attempt, send, read)
    if isinstance(outcome, Reply):
        return outcome
    if outcome.kind == "filtered":
        return Reply("", stop="content_filter")
    prompts = [message.content for message in call.messages]
    raise replace(outcome, line=conceal(outcome.line, [key], prompts)).error()


async def _attempt(send: Send, read: Read) -> Reply | Failure:
    try:
        response = await send()
    except Exception as error:
        return failures.of_exception(error)
    wait_s = retry_after(response.headers)
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        what = "a body that is not JSON" if response.content.strip() else "an empty body"
        return failures.garbage(what, wait_s)
    if not isinstance(body, dict):
        return failures.garbage("a body that is not an object", wait_s)
    if body.get("error"):
        return failures.of_error_body(body, wait_s)
    outcome = read(body)
    if isinstance(outcome, Failure):
        return replace(outcome, wait_s=wait_s)
    return replace(outcome, latency_s=response.elapsed.total_seconds())


def _is_worth_another(outcome: Reply | Failure) -> bool:
    return isinstance(outcome, Failure) and outcome.kind == "again"


def _outcome(state: tenacity.RetryCallState) -> Any:
    assert state.outcome is not None  # tenacity asks only after an attempt
    return state.outcome.result()


def _wait(state: tenacity.RetryCallState) -> float:
    wait_s = _outcome(state).wait_s
    return _backoff(state) if wait_s is None else min(wait_s, PATIENCE_S)


def _last(state: tenacity.RetryCallState) -> Any:
    return _outcome(state)
