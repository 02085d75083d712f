"""The server that stands in for every provider: what it reads, answers, records, and breaks."""

import http.client
import json
import subprocess
import sys
import time
from typing import Any

import pytest

from hawthorne.tests.loopback import faults
from hawthorne.tests.loopback.exchange import Answer, Request, in_turn
from hawthorne.tests.loopback.injector import with_faults
from hawthorne.tests.loopback.server import Loopback

PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}
MESSAGES = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Yes?"}]
SCHEMA = {"type": "object"}


def body_of(protocol: str, **fields: Any) -> dict[str, Any]:
    if protocol == "anthropic":
        return {"model": "m", "system": "Be brief.", "messages": MESSAGES, **fields}
    system = {"role": "system", "content": "Be brief."}
    return {"model": "m", "messages": [system, *MESSAGES], **fields}


def connect(loopback: Loopback) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", loopback.port, timeout=5)


def post(loopback: Loopback, protocol: str, body: Any) -> tuple[int, bytes, dict[str, str]]:
    connection = connect(loopback)
    try:
        connection.request("POST", PATHS[protocol], json.dumps(body), {"X-Mark": "here"})
        response = connection.getresponse()
        return response.status, response.read(), dict(response.getheaders())
    finally:
        connection.close()


@pytest.mark.parametrize("protocol", PATHS)
def test_a_request_is_shown_alike_in_both_protocols(loopback: Loopback, protocol: str) -> None:
    forms: dict[str, dict[str, Any]] = {
        "openai": {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}},
        "anthropic": {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
    }
    post(loopback, protocol, body_of(protocol, **forms[protocol]))
    (seen,) = loopback.completions
    assert (seen.protocol, seen.model, seen.system) == (protocol, "m", "Be brief.")
    assert seen.messages == (("user", "Hello."), ("assistant", "Yes?"))
    assert seen.schema == SCHEMA
    assert seen.last == "Yes?"
    assert seen.headers["x-mark"] == "here"
    assert seen.body["model"] == "m"


def test_content_in_parts_is_read_as_text(loopback: Loopback) -> None:
    parts = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    body = body_of("anthropic", system=parts, messages=[{"role": "user", "content": parts}])
    post(loopback, "anthropic", body)
    assert loopback.completions[0].text == "one two\none two"


def test_one_connection_serves_many_requests(loopback: Loopback) -> None:
    connection = connect(loopback)
    for number in range(3):
        loopback.respond = in_turn(Answer(str(number)))
        connection.request("POST", PATHS["openai"], json.dumps(body_of("openai")))
        answer = json.loads(connection.getresponse().read())
        assert answer["choices"][0]["message"]["content"] == str(number)
    connection.close()
    assert len(loopback.requests) == 3


def test_models_are_listed(loopback: Loopback) -> None:
    connection = connect(loopback)
    connection.request("GET", "/v1/models")
    listed = json.loads(connection.getresponse().read())
    connection.close()
    assert [model["id"] for model in listed["data"]] == ["loopback"]
    assert (loopback.requests[0].method, loopback.completions) == ("GET", [])


@pytest.mark.parametrize(
    ("fault", "status", "starts"),
    [
        (faults.status(503, "busy"), 503, b'{"error": {"message": "busy"'),
        (faults.garbage(), 200, b"<html>"),
        (faults.wrong_type(), 200, b"<html>"),
        (faults.empty(), 200, b""),
        (faults.truncated(), 200, b'{"id"'),
        (faults.error_body("upstream"), 200, b'{"error": {"message": "upstream"'),
    ],
)
def test_faults_that_answer(
    loopback: Loopback, fault: faults.Fault, status: int, starts: bytes
) -> None:
    loopback.respond = in_turn(Answer(fault=fault))
    got, content, _ = post(loopback, "openai", body_of("openai"))
    assert got == status
    assert content.startswith(starts)


def test_an_error_has_each_protocols_own_form(loopback: Loopback) -> None:
    fault = faults.status(529, "overloaded", retry_after=7)
    loopback.respond = in_turn(Answer(fault=fault))
    status, content, headers = post(loopback, "anthropic", body_of("anthropic"))
    assert (status, headers["retry-after"]) == (529, "7")
    error = {"type": "overloaded_error", "message": "overloaded"}
    assert json.loads(content) == {"type": "error", "error": error}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.reset(), ConnectionResetError),
        (faults.cut(), http.client.IncompleteRead),
        (faults.hang(0.05), http.client.RemoteDisconnected),
    ],
    ids=["reset", "cut", "hang"],
)
def test_faults_that_break_the_connection(
    loopback: Loopback, fault: faults.Fault, error: type[Exception]
) -> None:
    loopback.respond = in_turn(Answer(fault=fault))
    with pytest.raises(error):
        post(loopback, "openai", body_of("openai"))


def test_a_delay_holds_up_nobody_else(loopback: Loopback) -> None:
    loopback.respond = in_turn(Answer("slow", delay=30), Answer("quick"))
    waiting = connect(loopback)
    waiting.request("POST", PATHS["openai"], json.dumps(body_of("openai")))
    while not loopback.requests:
        time.sleep(0.002)
    assert b"quick" in post(loopback, "openai", body_of("openai"))[1]
    waiting.close()


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"model": "m"}'])
def test_a_request_that_is_none_is_refused(loopback: Loopback, content: bytes) -> None:
    connection = connect(loopback)
    connection.request("POST", PATHS["openai"], content)
    response = connection.getresponse()
    assert (response.status, b"bad request" in response.read()) == (400, True)
    connection.close()


def test_what_an_answer_function_raises_is_shown(loopback: Loopback) -> None:
    def respond(request: Request) -> Answer:
        raise LookupError("nothing fits")

    loopback.respond = respond
    status, content, _ = post(loopback, "openai", body_of("openai"))
    assert status == 400
    assert b"LookupError" in content


def test_faults_are_drawn_from_the_seed() -> None:
    def drawn(seed: int, p: float) -> list[Answer]:
        respond = with_faults(in_turn(Answer("ok")), p, seed=seed)
        return [respond(Request("POST", "/", {}, {})) for _ in range(200)]

    assert drawn(1, 0.3) == drawn(1, 0.3) != drawn(2, 0.3)
    failed = [answer for answer in drawn(1, 0.3) if answer.fault is not None]
    assert 30 < len(failed) < 90
    assert {answer.fault for answer in failed} == set(faults.PASSING)
    assert all(answer.fault is None for answer in drawn(1, 0.0))


def test_it_runs_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "hawthorne.tests.loopback", "--text", "from afar"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = int(process.stdout.readline())
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("POST", PATHS["openai"], json.dumps(body_of("openai")))
        assert b"from afar" in connection.getresponse().read()
        connection.close()
        process.stdin.close()
        assert process.wait(5) == 0
