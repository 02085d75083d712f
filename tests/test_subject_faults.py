"""All that can go wrong on the way, through the real SDKs: tried again, then said in a line."""

import asyncio
import pickle
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hawthorne.errors import FatalProviderError, ProviderError
from hawthorne.probes.records import Call, Message
from hawthorne.probes.subjects.base import Subject
from hawthorne.tests.loopback import faults
from hawthorne.tests.loopback.exchange import Answer, Request, in_turn
from hawthorne.tests.loopback.faults import Fault
from hawthorne.tests.loopback.injector import with_faults
from hawthorne.tests.loopback.server import Loopback

Connect = Callable[..., Subject]
BOTH = pytest.mark.parametrize("provider", ["openai", "anthropic"])
KEY = "sk-a-key-that-nobody-may-see-0123456789"
PROMPT = "The executive's affair is known to nobody else on the board."
CALL = Call((Message("system", "Act."), Message("user", PROMPT)), 0, {"max_tokens": 8})
SOON = 0.02


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def failing(fault: Fault) -> Callable[[Request], Answer]:
    return in_turn(Answer(fault=fault))


async def error_of(subject: Subject, call: Call = CALL) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await subject.reply(call)
    return caught.value


PASSING = {
    "408": faults.status(408, retry_after=SOON),
    "409": faults.status(409, retry_after=SOON),
    "429": faults.status(429, retry_after=SOON),
    "500": faults.status(500, retry_after=SOON),
    "503": faults.status(503, retry_after=SOON),
    "529": faults.status(529, retry_after=SOON),
    "reset": faults.reset(),
    "cut": faults.cut(),
    "truncated": faults.truncated(SOON),
    "garbage": faults.garbage(SOON),
    "empty": faults.empty(SOON),
    "wrong type": faults.wrong_type(SOON),
    "error body": faults.error_body(retry_after=SOON),
}


@BOTH
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_passes_is_tried_again(
    loopback: Loopback, subject_of: Connect, provider: str, fault: Fault
) -> None:
    loopback.respond = in_turn(Answer(fault=fault), Answer("at last"))
    reply = await subject_of(provider, max_retries=1).reply(CALL)
    assert (reply.text, len(loopback.requests)) == ("at last", 2)
    assert loopback.requests[0].messages == loopback.requests[1].messages


@BOTH
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_does_not_pass_is_one_line(
    loopback: Loopback, subject_of: Connect, provider: str, fault: Fault
) -> None:
    loopback.respond = failing(fault)
    error = await error_of(subject_of(provider, max_retries=1))
    assert type(error) is ProviderError
    assert len(loopback.requests) == 2
    assert "\n" not in str(error)
    assert 0 < len(str(error)) <= 300


SAID = {
    "429: slow down": faults.status(429, "slow down", retry_after=SOON),
    "200 with a body that is not JSON": faults.garbage(SOON),
    "200 with an empty body": faults.empty(SOON),
    "200 with an error: no host": faults.error_body("no host", retry_after=SOON),
    "400: too long": faults.status(400, "too long"),
    "timed out: no answer within the time allowed": faults.hang(5),
}


@BOTH
@pytest.mark.parametrize(("line", "fault"), SAID.items(), ids=SAID)
async def test_the_line_says_what_happened(
    loopback: Loopback, subject_of: Connect, provider: str, line: str, fault: Fault
) -> None:
    loopback.respond = failing(fault)
    assert str(await error_of(subject_of(provider, max_retries=0, timeout=0.3))) == line


@BOTH
async def test_nobody_listens(loopback: Loopback, subject_of: Connect, provider: str) -> None:
    subject = subject_of(provider, base_url="http://127.0.0.1:1/v1", max_retries=0)
    assert str(await error_of(subject)).startswith("connection failed: Connect")


@BOTH
async def test_a_call_is_not_tried_again_for_ever(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    loopback.respond = failing(faults.empty(SOON))
    await error_of(subject_of(provider, max_retries=3))
    assert len(loopback.requests) == 4


@BOTH
@pytest.mark.parametrize("fault", [faults.status(429, retry_after=0.4), faults.empty(0.4)])
async def test_the_server_says_how_long_to_wait(
    loopback: Loopback, subject_of: Connect, provider: str, fault: Fault
) -> None:
    loopback.respond = in_turn(Answer(fault=fault), Answer("ok"))
    started = time.perf_counter()
    reply = await subject_of(provider, max_retries=1).reply(CALL)
    assert time.perf_counter() - started >= 0.4
    assert reply.latency_s < 0.4  # the time of the answer, without the waiting


@BOTH
async def test_a_wait_of_hours_is_not_waited_for(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    loopback.respond = failing(faults.status(429, "quota of the day", retry_after=7200))
    error = await error_of(subject_of(provider, max_retries=5))
    assert type(error) is FatalProviderError
    assert str(error) == "429: quota of the day (asks to wait 7200 s)"
    assert len(loopback.requests) == 1


@BOTH
async def test_a_wait_of_minutes_is_waited_for(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    # Longer than the two minutes that OpenAI's SDK waits by itself: it must not be an error yet.
    loopback.respond = failing(faults.status(429, retry_after=200))
    waiting = asyncio.ensure_future(subject_of(provider, max_retries=1).reply(CALL))
    done, _ = await asyncio.wait([waiting], timeout=0.5)
    assert not done
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


FATAL = [
    faults.status(401, "bad key"),
    faults.status(402, "no credit"),
    faults.status(403, "not yours"),
    faults.status(404, "no such model"),
    faults.status(400, "no top_k here", error="unsupported_parameter"),
    faults.status(429, "quota", error="insufficient_quota", retry_after=SOON),
    faults.status(400, "Your credit balance is too low to go on."),
    faults.error_body("bad key", error="authentication_error"),
]


@BOTH
@pytest.mark.parametrize("fault", FATAL, ids=lambda fault: f"{fault.status} {fault.message}")
async def test_what_every_call_would_meet_is_fatal(
    loopback: Loopback, subject_of: Connect, provider: str, fault: Fault
) -> None:
    loopback.respond = failing(fault)
    error = await error_of(subject_of(provider, max_retries=1))
    assert isinstance(error, FatalProviderError)
    assert fault.message in str(error)


@pytest.mark.parametrize("fault", [faults.status(400, error=400), faults.error_body(error=400)])
async def test_a_bad_request_is_final_and_not_fatal(
    loopback: Loopback, subject_of: Connect, fault: Fault
) -> None:
    loopback.respond = failing(fault)
    assert type(await error_of(subject_of("openai", max_retries=3))) is ProviderError
    assert len(loopback.requests) == 1


async def test_a_prompt_that_a_filter_took_is_an_outcome(
    loopback: Loopback, subject_of: Connect
) -> None:
    loopback.respond = failing(faults.status(400, "filtered", error="content_filter"))
    reply = await subject_of("openai").reply(CALL)
    assert (reply.text, reply.stop) == ("", "content_filter")


@pytest.mark.parametrize(
    "extra",
    [
        {"choices": []},
        {"choices": None},
        {"choices": ["?"]},
        {"choices": [{"finish_reason": "stop"}]},
        {"choices": [{"error": {"code": 502, "message": "host"}, "message": {"content": ""}}]},
    ],
)
async def test_answers_without_a_choice_are_garbage(
    loopback: Loopback, subject_of: Connect, extra: dict[str, Any]
) -> None:
    loopback.respond = in_turn(Answer(extra=extra), Answer("ok"))
    assert (await subject_of("openai", max_retries=1).reply(CALL)).text == "ok"
    loopback.respond = in_turn(Answer(extra=extra))
    assert str(await error_of(subject_of("openai", max_retries=0))).startswith("200 with")


async def test_a_message_without_content_is_garbage(
    loopback: Loopback, subject_of: Connect
) -> None:
    loopback.respond = in_turn(Answer(extra={"content": None}), Answer("ok"))
    assert (await subject_of("anthropic", max_retries=1).reply(CALL)).text == "ok"


@BOTH
@pytest.mark.parametrize(
    "fault",
    [
        *(faults.status(code, f"{KEY}: {PROMPT}", retry_after=SOON) for code in (400, 401, 500)),
        faults.error_body(f"Authorization: Bearer {KEY} said {PROMPT}", retry_after=SOON),
        *PASSING.values(),
        faults.hang(5),
    ],
)
async def test_no_key_and_no_prompt_leaves_with_an_error(
    loopback: Loopback, subject_of: Connect, provider: str, fault: Fault
) -> None:
    loopback.respond = failing(fault)
    error = await error_of(subject_of(provider, max_retries=0, timeout=0.3))
    assert loopback.requests[0].headers["authorization"] == f"Bearer {KEY}"
    for part in everything(error):
        shown = f"{part} {part!r} {vars(part)}"
        assert KEY not in shown
        assert KEY[:12] not in shown
        assert "affair is known to nobody" not in shown
    # No exception of an SDK, with its request and headers, comes along.
    assert list(everything(error)) == [error]
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.args) == (type(error), error.args)


def everything(error: BaseException) -> Iterator[BaseException]:
    """An error and all that hangs on it."""
    yield error
    for further in (error.__cause__, error.__context__):
        if further is not None:
            yield from everything(further)


@BOTH
async def test_many_calls_survive_many_faults(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    def echo(request: Request) -> Answer:
        return Answer(request.last)

    kinds = [fault for fault in PASSING.values() if fault.retry_after is not None]
    loopback.respond = with_faults(echo, 0.3, seed=1, kinds=kinds)
    subject = subject_of(provider, max_retries=6, max_connections=20)
    calls = [Call((Message("user", str(n)),), n, {"max_tokens": 8}) for n in range(100)]
    replies = await asyncio.gather(*(subject.reply(call) for call in calls))
    assert [reply.text for reply in replies] == [str(n) for n in range(100)]
