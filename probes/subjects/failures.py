"""What went wrong with a call, read from an SDK's exception or from an answer's body.

Nothing here imports an SDK: both name their exceptions alike, and a `Failure` is plain text, so
that no exception of theirs, with the request and its headers inside, travels any further.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...errors import FatalProviderError, ProviderError
from .transport import PATIENCE_S, retry_after
from .wording import error_of, message_of

Kind = Literal["again", "final", "fatal", "filtered"]

# Codes and types of errors that every further call would meet, whatever their status.
_FATAL = frozenset(
    {
        "access_terminated",
        "account_deactivated",
        "authentication_error",
        "billing_error",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
        "permission_error",
        "unknown_parameter",
        "unsupported_parameter",
        "unsupported_value",
    }
)
_FATAL_STATUS = frozenset({401, 402, 403, 404, 405, 410})
# The same, where the only sign is the wording: Anthropic's, Google's and OpenRouter's ordinary 400.
_FATAL_WORDS = ("credit balance is too low", "API key not valid", "is not a valid model ID")
# The prompt itself was refused by a filter before the model: an outcome, not a fault.
_FILTERED = frozenset({"content_filter", "content_policy_violation", "invalid_prompt"})
# Inside an answer of status 200, the kinds of errors that are final.
_REFUSED_STATUS = frozenset({400, 413, 422})
_REFUSED = frozenset({"invalid_request_error", "request_too_large"})
# OpenAI's SDK does not try again where the server asks to wait for longer than this.
_SDK_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt, in words that may hold a provider's secrets until they are concealed.

    `again`: a further attempt may succeed, after `wait_s` seconds where the server named a time.
    `final`: this call will fail again. `fatal`: every call will. `filtered`: a filter took the
    prompt.
    """

    line: str
    kind: Kind
    wait_s: float | None = None

    def error(self) -> ProviderError:
        """The exception that ends the trial."""
        return FatalProviderError(self.line) if self.kind == "fatal" else ProviderError(self.line)


def of_exception(error: Exception) -> Failure:
    """Read any exception that an SDK's call may raise, once its own retries are over."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 400:
        headers = getattr(getattr(error, "response", None), "headers", {})
        return _of_status(status, getattr(error, "body", None), retry_after(headers))
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(status, int):
        return Failure(f"{status}: the answer is not what the API promises", "again")
    if "APITimeoutError" in names or "TimeoutException" in names:
        return Failure("timed out: no answer within the time allowed", "final")
    if "APIConnectionError" in names or "TransportError" in names:
        return Failure(f"connection failed: {_root(error)}", "final")
    if "CredentialsError" in names:
        return Failure(f"no usable credentials: {_described(error)}", "fatal")
    if isinstance(error, ValueError) and "UnicodeEncodeError" not in names:
        # JSONDecodeError among them: a body that an SDK could not read.
        return Failure(f"unreadable answer: {type(error).__name__}", "again")
    return Failure(f"the call failed: {_described(error)}", "final")


def of_error_body(body: Any, wait_s: float | None = None) -> Failure:
    """Read an error that came with status 200."""
    error = error_of(body)
    status = _int(error.get("code")) or _int(error.get("status"))
    line = f"200 with an error: {message_of(body)}"
    kind: Kind = _kind(status or 200, error)
    if kind == "final" and not (status in _REFUSED_STATUS or _codes(error) & _REFUSED):
        kind = "again"
    return Failure(line, kind, wait_s)


def garbage(what: str, wait_s: float | None = None) -> Failure:
    """An answer of status 200 that does not hold what it must."""
    return Failure(f"200 with {what}", "again", wait_s)


def _of_status(status: int, body: Any, wait_s: float | None) -> Failure:
    line = f"{status}: {message_of(body)}"
    kind = _kind(status, error_of(body))
    if kind == "final" and wait_s is not None and _is_passing(status):
        if wait_s > PATIENCE_S:
            return Failure(f"{line} (asks to wait {wait_s:.0f} s)", "fatal")
        if wait_s > _SDK_PATIENCE_S:
            kind = "again"
    return Failure(line, kind, wait_s)


def _kind(status: int, error: Mapping[str, Any]) -> Kind:
    codes = _codes(error)
    metadata = error.get("metadata")
    flagged = isinstance(metadata, Mapping) and ({"flagged_input", "reasons"} & metadata.keys())
    if codes & _FILTERED or flagged:
        return "filtered"
    if codes & _FATAL or status in _FATAL_STATUS:
        return "fatal"
    message = str(error.get("message", ""))
    return "fatal" if any(words in message for words in _FATAL_WORDS) else "final"


def _is_passing(status: int) -> bool:
    return status in (408, 409, 429) or status >= 500


def _codes(error: Mapping[str, Any]) -> set[str]:
    """All the words by which an error is named; providers disagree about which field holds it."""
    details = error.get("details")
    inner = details.get("error_code") if isinstance(details, Mapping) else None
    found = (error.get("code"), error.get("type"), error.get("status"), inner)
    return {value for value in found if isinstance(value, str)}


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _root(error: BaseException) -> str:
    """The innermost cause of a connection that failed: the SDKs only say that it did."""
    seen = {id(error)}
    while (cause := error.__cause__ or error.__context__) is not None and id(cause) not in seen:
        seen.add(id(cause))
        error = cause
    return _described(error)


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
