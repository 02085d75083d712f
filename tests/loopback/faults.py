"""Faults as values: what a provider, a proxy or a network does when it does not answer."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "status", "reset", "hang", "cut", "truncated", "garbage", "empty", "wrong_type", "error_body"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; made by the functions below.

    `retry_after` is sent with every kind that sends headers. `code` is the error's code or type.
    """

    kind: Kind
    status: int = 200
    message: str = ""
    code: str | int | None = None
    retry_after: float | str | None = None
    seconds: float = 0.0


def status(
    code: int,
    message: str = "",
    *,
    error: str | int | None = None,
    retry_after: float | str | None = None,
) -> Fault:
    """An error in the protocol's own form."""
    return Fault("status", code, message or f"status {code}", error, retry_after)


def reset() -> Fault:
    """The connection is reset before anything is answered."""
    return Fault("reset")


def hang(seconds: float = 60.0) -> Fault:
    """Nothing is answered for this long; then the connection is closed."""
    return Fault("hang", seconds=seconds)


def cut() -> Fault:
    """The connection ends in the middle of the body."""
    return Fault("cut")


def truncated(retry_after: float | None = None) -> Fault:
    """A whole response whose JSON ends in the middle."""
    return Fault("truncated", retry_after=retry_after)


def garbage(retry_after: float | None = None) -> Fault:
    """A page of HTML that claims to be JSON."""
    return Fault("garbage", retry_after=retry_after)


def empty(retry_after: float | None = None) -> Fault:
    """Status 200 and not a byte of body."""
    return Fault("empty", retry_after=retry_after)


def wrong_type(retry_after: float | None = None) -> Fault:
    """A page of HTML that says so, with status 200."""
    return Fault("wrong_type", retry_after=retry_after)


def error_body(
    message: str = "the model's host failed",
    *,
    error: str | int | None = None,
    retry_after: float | None = None,
) -> Fault:
    """Status 200 with an error in the protocol's own form."""
    return Fault("error_body", 200, message, error, retry_after)


# One of each of those that a client should survive; the statuses of all kinds of overload.
PASSING: tuple[Fault, ...] = (
    status(429, retry_after=0.01),
    status(500, retry_after=0.01),
    status(503, retry_after=0.01),
    status(529, retry_after=0.01),
    reset(),
    cut(),
    truncated(0.01),
    garbage(0.01),
    empty(0.01),
    wrong_type(0.01),
    error_body(retry_after=0.01),
)
