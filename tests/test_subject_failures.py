"""Every exception that an SDK can raise is read, and no secret stays in its line."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.errors import FatalProviderError, ProviderError
from hawthorne.probes.subjects.failures import Failure, of_error_body, of_exception
from hawthorne.probes.subjects.transport import retry_after
from hawthorne.probes.subjects.wording import LONGEST, conceal, message_of

REQUEST = httpx2.Request("POST", "https://host/v1", headers={"Authorization": "Bearer sk-secret-1"})


def tree(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


def made(kind: Any) -> Exception:
    """An instance of an SDK's exception, whatever its constructor wants."""
    status = getattr(kind, "status_code", 500)
    response = httpx2.Response(status, request=REQUEST)
    body = {"message": "so it is"}
    ways: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
        (("so it is",), {"response": response, "body": body}),
        ((), {"response": response, "body": body}),
        ((), {"message": "so it is", "request": REQUEST}),
        (("so it is", REQUEST), {"body": None}),
        ((REQUEST,), {}),
        ((), {"completion": SimpleNamespace(usage=None)}),
        (("so it is",), {"unsent_messages": []}),
        (("so it is",), {}),
    )
    for positional, named in ways:
        try:
            error = kind(*positional, **named)
        except TypeError:
            continue
        assert isinstance(error, Exception)
        return error
    unmade = kind.__new__(kind, "so it is")  # its constructor wants what only the SDK has
    assert isinstance(unmade, Exception)
    return unmade


EVERY = {*tree(openai.OpenAIError), *tree(anthropic.AnthropicError), *tree(httpx2.HTTPError)}


@pytest.mark.parametrize("kind", sorted(EVERY, key=str), ids=lambda kind: str(kind)[8:-2])
def test_every_exception_of_the_sdks_is_read(kind: type[Exception]) -> None:
    failure = of_exception(made(kind))
    status = getattr(kind, "status_code", None)
    assert isinstance(failure, Failure)
    assert failure.line
    if status in (401, 402, 403, 404):
        assert failure.kind == "fatal"
    elif status is not None:
        assert failure.kind == "final"
        assert failure.line.startswith(str(status))
    assert isinstance(failure.error(), ProviderError)
    assert "sk-secret" not in failure.line


@pytest.mark.parametrize("kind", [TypeError, RuntimeError, OSError])
def test_other_exceptions_are_final(kind: type[Exception]) -> None:
    failure = of_exception(kind("why"))
    assert failure == Failure(f"the call failed: {kind.__name__}: why", "final")


def test_a_body_that_an_sdk_could_not_read_is_tried_again() -> None:
    assert of_exception(ValueError("Expecting value")).kind == "again"


def test_a_connection_that_failed_says_why() -> None:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = httpx2.ConnectError("all attempts failed")
    error.__cause__.__context__ = ConnectionRefusedError(111, "Connection refused")
    line = "connection failed: ConnectionRefusedError: [Errno 111] Connection refused"
    assert of_exception(error).line == line


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "a", "code": "b"}}, "a"),
        ([{"error": {"message": "a", "code": 400, "status": "INVALID_ARGUMENT"}}], "a"),
        ({"message": "a"}, "a"),
        ({"type": "error", "error": {"type": "overloaded_error"}}, "overloaded_error"),
        ({"error": "a"}, "a"),
        ({"detail": "a"}, "a"),
        ("<html><style>x</style><h1>502</h1>\n<p>Bad</p></html>", "502"),
        ({}, "no message"),
        (None, "no message"),
        ("", "no message"),
    ],
)
def test_messages_in_every_form(body: Any, message: str) -> None:
    assert message_of(body).startswith(message)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 429, "message": "busy"}, "again"),
        ({"code": 502, "message": "host"}, "again"),
        ({"type": "overloaded_error"}, "again"),
        ({"message": "who knows"}, "again"),
        ({"code": 400, "message": "bad"}, "final"),
        ({"type": "invalid_request_error"}, "final"),
        ({"code": 401, "message": "key"}, "fatal"),
        ({"code": "model_not_found"}, "fatal"),
        ({"message": "API key not valid. Please pass a valid API key."}, "fatal"),
        ({"code": 403, "message": "flagged", "metadata": {"reasons": ["x"]}}, "filtered"),
        ({"code": "content_filter"}, "filtered"),
    ],
)
def test_errors_in_an_answer_of_status_200(error: dict[str, Any], kind: str) -> None:
    assert of_error_body({"error": error}).kind == kind


def test_the_error_follows_the_kind() -> None:
    assert type(Failure("a", "fatal").error()) is FatalProviderError
    assert type(Failure("a", "final").error()) is type(Failure("a", "again").error())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "9", "retry-after-ms": "20"}, 0.02),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, float("inf")),
    ],
)
def test_how_long_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx2.Headers(headers)) == seconds


@given(st.text(), st.text(min_size=4, max_size=80), st.text(max_size=200))
def test_nothing_that_must_not_be_seen_is_seen(text: str, key: str, prompt: str) -> None:
    line = conceal(f"{text} {key} {prompt}", [key], [prompt])
    assert len(line) <= LONGEST
    assert line.isprintable()
    assert key not in line or key in "[key] […] […"
    plain = " ".join(prompt.split())
    assert not any(plain[i : i + 60] in line for i in range(len(plain) - 59))


@pytest.mark.parametrize(
    "quoted",
    ["Incorrect API key provided: sk-abcd1234****wxyz.", "got Authorization: Bearer abc.def"],
)
def test_keys_are_known_by_their_looks(quoted: str) -> None:
    line = conceal(quoted, [], [])
    assert "[key]" in line
    assert "abc" not in line
