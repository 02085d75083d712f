"""The embedded model's server. What needs the runtime and the weights is skipped without them."""

import importlib.util
import json
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from hawthorne.errors import SubjectUnavailable
from hawthorne.probes.subjects.server import LocalServer
from hawthorne.probes.subjects.weights import find

NAME = "qwen-0.5b"

needs_runtime = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None,
    reason="the runtime is not installed: pip install 'hawthorne[local]'",
)


@pytest.fixture(scope="module")
def weights() -> Path:
    """The real weights, where they are installed."""
    try:
        return find(NAME)
    except SubjectUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def server(weights: Path) -> Iterator[LocalServer]:
    with LocalServer(weights, NAME, n_ctx=512) as running:
        yield running


def send(server: LocalServer, content: str = "Say hello.", **fields: Any) -> Any:
    """The response to one question, still to be read."""
    body = {"model": server.model, "messages": [{"role": "user", "content": content}], **fields}
    request = Request(
        f"{server.base_url}/chat/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    return build_opener(ProxyHandler({})).open(request, timeout=60)


def ask(server: LocalServer, content: str = "Say hello.", **fields: Any) -> dict[str, Any]:
    with send(server, content, **fields) as answer:
        read: dict[str, Any] = json.load(answer)
    return read


@needs_runtime
def test_an_answer_has_usage_and_a_reason_to_end(server: LocalServer) -> None:
    answer = ask(server, max_tokens=5, temperature=0, ignore_eos=True)
    assert answer["model"] == NAME
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 5
    assert answer["usage"]["prompt_tokens"] > 5


@needs_runtime
def test_what_was_read_before_comes_from_memory(server: LocalServer) -> None:
    """Two prompts in turn, one slot: each is read once, and then only its last words."""
    prompts = ["List three " + word * 60 for word in ("fruits ", "rivers ")]
    for prompt in prompts:
        ask(server, prompt, max_tokens=2)
    for prompt in prompts:
        usage = ask(server, prompt, max_tokens=2)["usage"]
        cached = usage["prompt_tokens_details"]["cached_tokens"]
        assert cached > 0.9 * usage["prompt_tokens"]


@needs_runtime
def test_a_seed_repeats_a_draw(server: LocalServer) -> None:
    ask(server, max_tokens=1)  # so that both read the prompt from memory
    drawn = [ask(server, max_tokens=5, temperature=1, seed=7)["choices"] for _ in range(2)]
    assert drawn[0] == drawn[1]


@needs_runtime
def test_closing_drops_what_is_under_way(weights: Path) -> None:
    with LocalServer(weights, NAME, n_ctx=512) as running:
        assert running.alive
        with send(running, max_tokens=400, ignore_eos=True, stream=True) as answer:
            assert answer.readline().startswith(b"data: ")
            running.close()
            assert not running.alive
            with suppress(OSError, HTTPException):
                assert b"[DONE]" not in answer.read()


@needs_runtime
def test_a_file_that_cannot_be_loaded_says_why(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(SubjectUnavailable, match=r"broken\.gguf: .* \(bad GGUF version: 0\)"):
        LocalServer(broken).start()
    assert capfd.readouterr() == ("", "")
