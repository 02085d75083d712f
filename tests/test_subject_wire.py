"""The two wire forms by themselves: what is read from the answers of many servers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.probes.records import Call, Message, Reply, Usage
from hawthorne.probes.subjects import chat, messages
from hawthorne.probes.subjects.failures import Failure
from hawthorne.probes.subjects.openai import is_openais_own

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "message",
                    "content",
                    "text",
                    "type",
                    "usage",
                    "refusal",
                    "error",
                    "model",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
)


def completion(finish: str = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish}]}


def read(body: dict[str, Any]) -> Reply:
    reply = chat.read_completion(body)
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.parametrize(
    ("message", "text", "reasoning"),
    [
        ({"content": "a", "reasoning_content": "r"}, "a", "r"),
        ({"content": "a", "reasoning": "r"}, "a", "r"),
        ({"content": "<think>r</think>\n\na"}, "a", "r"),
        ({"content": "r\n</think>\n\na"}, "a", "r"),
        ({"content": "<think>r, cut off"}, "", "r, cut off"),
        ({"content": "<thinking>r</thinking>a"}, "<thinking>r</thinking>a", ""),
        ({"content": "so <think>r</think>"}, "so <think>r</think>", ""),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab", ""),
        ({"content": None}, "", ""),
        ({"content": None, "refusal": "No."}, "No.", ""),
    ],
)
def test_text_and_reasoning_are_kept_apart(
    message: dict[str, Any], text: str, reasoning: str
) -> None:
    reply = read(completion(**message))
    assert (reply.text, reply.reasoning) == (text, reasoning)
    assert reply.stop == ("refusal" if "refusal" in message else "stop")


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (None, Usage()),
        ({"prompt_tokens": 5, "completion_tokens": 3}, Usage(5, 0, 3)),
        # Reasoning that is in the total alone.
        ({"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 20}, Usage(5, 0, 15)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}, Usage(5, 4, 0)),
        ({"prompt_tokens": 5, "prompt_cache_hit_tokens": 4}, Usage(5, 4, 0)),
        ({"prompt_tokens": None, "prompt_tokens_details": None}, Usage()),
    ],
)
def test_tokens_of_chat_completions(usage: Any, counted: Usage) -> None:
    assert read({**completion(content="a"), "usage": usage}).usage == counted


def test_openai_has_a_name_of_its_own_for_the_limit() -> None:
    call = Call((Message("user", "a"),), 0, {"max_tokens": 9})
    assert chat.request_body(call, max_completion_tokens=True)["max_completion_tokens"] == 9
    assert chat.request_body(call)["max_tokens"] == 9
    both = Call((Message("user", "a"),), 0, {"max_tokens": 9, "max_completion_tokens": 8})
    assert "max_tokens" not in chat.request_body(both)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://us.openai.azure.com/openai/v1", True),
        ("https://api.openai.com.evil.example/v1", False),
        ("http://127.0.0.1:1/v1", False),
    ],
)
def test_whose_server_it_is(url: str, own: bool) -> None:
    assert is_openais_own(url) is own


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (2048, {"type": "enabled", "budget_tokens": 2048}),
        ("adaptive", {"type": "adaptive"}),
        (True, {"type": "adaptive"}),
        (False, {"type": "disabled"}),
        (0, {"type": "disabled"}),
        ({"type": "adaptive", "display": "summarized"},) * 2,
    ],
)
def test_thinking_may_be_a_budget_or_a_word(given: Any, sent: Any) -> None:
    call = Call((Message("user", "a"),), 0, {"thinking": given})
    assert messages.request_body(call)["thinking"] == sent


def test_blocks_of_an_answer() -> None:
    content = [
        {"type": "thinking", "thinking": "first", "signature": "x"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "thinking", "thinking": "", "signature": "x"},
        {"type": "text", "text": "a"},
        {"type": "unheard_of", "text": "?"},
        {"type": "text", "text": "b"},
    ]
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 70,
        "cache_creation_input_tokens": 20,
        "output_tokens": 3,
    }
    body = {"content": content, "usage": usage, "stop_reason": "model_context_window_exceeded"}
    reply = messages.read_message(body)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.reasoning) == ("ab", f"first\n\n{messages.REDACTED}")
    assert (reply.stop, reply.usage) == ("length", Usage(input=100, cached=70, output=3))


@given(st.dictionaries(st.sampled_from(["choices", "content", "usage", "model"]), JSON))
def test_whatever_comes_is_a_reply_or_a_failure(body: dict[str, Any]) -> None:
    for reader in (chat.read_completion, messages.read_message):
        assert isinstance(reader(body), Reply | Failure)


@given(st.text())
def test_an_answer_without_the_tags_stays_as_it_is(text: str) -> None:
    if "<think>" not in text and "</think>" not in text:
        assert chat.split_thinking(text) == (text, "")
