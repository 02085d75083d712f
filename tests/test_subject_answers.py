"""Answers of real subjects, through the real SDKs, from the loopback."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from hawthorne.probes.records import Call, Message, Usage
from hawthorne.probes.subjects.base import Subject
from hawthorne.tests.loopback.exchange import Answer, Request, in_turn
from hawthorne.tests.loopback.server import Loopback

Connect = Callable[..., Subject]
BOTH = pytest.mark.parametrize("provider", ["openai", "anthropic"])
MESSAGES = (
    Message("system", "You are the agent."),
    Message("user", "Hello."),
    Message("assistant", "Yes?"),
    Message("user", "Act."),
)
SCHEMA = {"type": "object", "properties": {"verdict": {"type": "string"}}}


def call(*messages: Message, **fields: Any) -> Call:
    settings = fields.pop("settings", {"max_tokens": 64})
    return Call(messages or MESSAGES, seed=2**40 + 5, settings=settings, **fields)


@BOTH
async def test_what_is_sent(loopback: Loopback, subject_of: Connect, provider: str) -> None:
    settings = {"max_tokens": 64, "temperature": 0.7, "top_p": 0.9, "top_k": 5, "seed": None}
    await subject_of(provider, "some-model").reply(call(settings=settings))
    (seen,) = loopback.requests
    assert (seen.protocol, seen.model) == (provider, "some-model")
    assert seen.system == "You are the agent."
    assert seen.messages == (("user", "Hello."), ("assistant", "Yes?"), ("user", "Act."))
    assert {name: seen.body[name] for name in settings if name in seen.body} == {
        "max_tokens": 64,
        "temperature": 0.7,
        "top_p": 0.9,
        "top_k": 5,
    }


@BOTH
async def test_what_comes_back(loopback: Loopback, subject_of: Connect, provider: str) -> None:
    loopback.respond = in_turn(
        Answer(
            "Done.",
            reasoning="Is this real?",
            input_tokens=100,
            cached_tokens=80,
            output_tokens=7,
            model="some-model-2026-01",
            delay=0.05,
        )
    )
    reply = await subject_of(provider).reply(call())
    assert (reply.text, reply.reasoning, reply.stop) == ("Done.", "Is this real?", "stop")
    assert reply.usage == Usage(input=100, cached=80, output=7)
    assert reply.served_by == "some-model-2026-01"
    assert 0.05 <= reply.latency_s < 1


@BOTH
@pytest.mark.parametrize("stop", ["stop", "length", "refusal"])
async def test_why_it_ended(
    loopback: Loopback, subject_of: Connect, provider: str, stop: Any
) -> None:
    loopback.respond = in_turn(Answer("So", stop=stop))
    reply = await subject_of(provider).reply(call())
    assert (reply.text, reply.stop) == ("So", stop)


@BOTH
async def test_an_answer_under_a_schema(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    await subject_of(provider).reply(call(schema=SCHEMA))
    (seen,) = loopback.requests
    assert seen.schema == SCHEMA
    if provider == "openai":
        assert seen.body["response_format"]["json_schema"]["strict"] is True
    else:
        form = {"type": "json_schema", "schema": SCHEMA}
        assert seen.body["output_config"] == {"format": form}


@BOTH
async def test_an_empty_answer_is_an_answer(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    loopback.respond = in_turn(Answer(""))
    reply = await subject_of(provider).reply(call())
    assert (reply.text, reply.stop, len(loopback.requests)) == ("", "stop", 1)


@BOTH
async def test_calls_run_at_once_and_keep_apart(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    def echo(request: Request) -> Answer:
        return Answer(f"got {request.last}", delay=0.2)

    loopback.respond = echo
    subject = subject_of(provider, max_connections=40)
    started = time.perf_counter()
    replies = await asyncio.gather(
        *(subject.reply(call(Message("user", str(number)))) for number in range(40))
    )
    assert [reply.text for reply in replies] == [f"got {number}" for number in range(40)]
    assert time.perf_counter() - started < 40 * 0.2 / 2


@BOTH
async def test_more_calls_than_connections_wait_for_one(
    loopback: Loopback, subject_of: Connect, provider: str
) -> None:
    loopback.respond = in_turn(Answer("ok", delay=0.1))
    subject = subject_of(provider, max_connections=2, timeout=0.5, max_retries=0)
    replies = await asyncio.gather(*(subject.reply(call()) for _ in range(16)))
    assert {reply.text for reply in replies} == {"ok"}


async def test_fingerprint_and_host_are_part_of_what_served(
    loopback: Loopback, subject_of: Connect
) -> None:
    loopback.respond = in_turn(
        Answer("ok", model="r1", fingerprint="fp_7", extra={"provider": "Some Host"})
    )
    assert (await subject_of("openrouter").reply(call())).served_by == "r1 Some Host fp_7"


async def test_a_seed_is_sent_where_it_is_of_use(loopback: Loopback, subject_of: Connect) -> None:
    await subject_of("openai").reply(call())
    await subject_of("openai", send_seed=True).reply(call())
    assert [seen.body.get("seed") for seen in loopback.requests] == [None, 5]


async def test_a_content_filter_of_openai(loopback: Loopback, subject_of: Connect) -> None:
    loopback.respond = in_turn(Answer("I", stop="content_filter"))
    assert (await subject_of("openai").reply(call())).stop == "content_filter"


async def test_json_without_a_schema_is_told_the_schema(
    loopback: Loopback, subject_of: Connect
) -> None:
    await subject_of("deepseek").reply(call(schema=SCHEMA))
    (seen,) = loopback.requests
    assert seen.body["response_format"] == {"type": "json_object"}
    assert '"verdict"' in seen.system


async def test_settings_that_anthropic_names_otherwise(
    loopback: Loopback, subject_of: Connect
) -> None:
    settings = {
        "max_tokens": 4096,
        "thinking": 2048,
        "stop": "END",
        "reasoning_effort": "low",
        "cache_control": True,
    }
    await subject_of("anthropic").reply(call(settings=settings, schema=SCHEMA))
    body = loopback.requests[0].body
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert body["stop_sequences"] == ["END"]
    assert body["cache_control"] == {"type": "ephemeral"}
    assert body["output_config"]["effort"] == "low"
    assert body["output_config"]["format"]["schema"] == SCHEMA
    assert not {"stop", "reasoning_effort"} & body.keys()


async def test_long_answers_of_anthropic_need_no_stream(
    loopback: Loopback, subject_of: Connect
) -> None:
    # With its default time-out, the SDK refuses more than about 21,000 tokens.
    reply = await subject_of("anthropic", timeout=600.0).reply(
        call(settings={"max_tokens": 64_000})
    )
    assert reply.text == "ok"
