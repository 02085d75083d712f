"""A server for one embedded model, on the loopback, for as long as a block lasts."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import urlsplit

from ...errors import SubjectUnavailable

_READY_WITHIN = 30.0
# Threads that wait spin by default, and on a busy machine they take what the others need. The
# library reads this when it is loaded. What a user has set stays.
_OPENMP = {"GOMP_SPINCOUNT": "0", "OMP_WAIT_POLICY": "passive"}
# A line of the library's log: time, level, where it comes from, what is wrong.
_LOGGED_ERROR = re.compile(r"^\S+ E (?:\w+ +)?\w+: (.+)$", re.MULTILINE)


class LocalServer:
    """One model behind OpenAI's API: `base_url` and `model` are what a client needs, and no key.

    `n_parallel` requests are answered at once, each with a context of `n_ctx` tokens for prompt and
    answer; more requests wait for their turn. On a few cores one at a time is the fastest: two
    answers at once take twice as long each, and two epochs of a prompt that nobody has read yet
    both read it in full. `cache_mib` is the memory for prompts that were read before (40 to 90 MiB
    for 3,000 tokens of the models that we know). `threads` None means one for each core.

    Entering the block loads the model; raises `SubjectUnavailable` where that fails.
    """

    def __init__(
        self,
        weights: Path,
        model: str | None = None,
        *,
        n_parallel: int = 1,
        n_ctx: int = 8192,
        cache_mib: int = 2048,
        threads: int | None = None,
    ) -> None:
        self.model = model or weights.stem
        self.n_parallel = n_parallel
        self._weights = weights
        self._settings = {
            "path": str(weights.resolve()),
            "model": self.model,
            "n_parallel": n_parallel,
            "n_ctx": n_ctx,
            "cache_mib": cache_mib,
            "threads": _allowed_cores() if threads is None else threads,
        }
        self._address = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        """Where the API is: `http://127.0.0.1:PORT/v1`."""
        return f"{self._address}/v1"

    @property
    def alive(self) -> bool:
        """Whether the server still runs: it may have ended by itself, of a lack of memory say."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Load the model and wait until it answers; raises `SubjectUnavailable`."""
        # The library's errors go to a file: never to the terminal, and at hand if loading fails.
        with tempfile.TemporaryFile() as errors:
            self._process = _spawn(errors)
            try:
                self._address = self._greet(self._process, errors)
                _wait_until_healthy(self._address)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Stop at once: requests under way are dropped. Closing twice does no harm."""
        process, self._process = self._process, None
        if process is not None:
            # It has nothing to put in order, and while it loads it would not hear anything else.
            process.kill()
            with process:  # closes the pipes, and waits
                pass

    def _greet(self, process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> str:
        """Send the settings; the address that comes back once the model is loaded."""
        answer = _exchange(process, self._settings)
        if "address" in answer:
            return str(answer["address"])
        if "error" in answer:
            reason = answer["error"]
        else:
            reason = f"the runtime ended with code {process.wait()}"
        errors.seek(0)
        detail = _LOGGED_ERROR.search(errors.read().decode(errors="replace"))
        said = f"{reason} ({detail[1]})" if detail else reason
        raise SubjectUnavailable(f"{self._weights}: {said}")


def _allowed_cores() -> int:
    """The cores that this process may use, where they are not all; else -1, the library's choice.

    The library counts the machine's cores, and does not know of such a limit.
    """
    if not hasattr(os, "sched_getaffinity"):
        return -1
    allowed = len(os.sched_getaffinity(0))
    return allowed if allowed < (os.cpu_count() or 1) else -1


def _spawn(errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    # -P: a file in the working folder is never taken for a module.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", f"{__package__}.runtime"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**_OPENMP, **os.environ},
    )


def _exchange(process: "subprocess.Popen[bytes]", message: dict[str, Any]) -> dict[str, Any]:
    """Send one line of JSON and read one; empty where the process ends without an answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # it has ended already, and so has its output
        process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline() or b"{}")
    return answer


def _wait_until_healthy(address: str) -> None:
    """Wait until the server says that it is ready; raises `SubjectUnavailable`."""
    deadline = time.monotonic() + _READY_WITHIN
    while not _healthy(address):
        if time.monotonic() > deadline:
            raise SubjectUnavailable(f"{address}: not ready within {_READY_WITHIN:.0f} s")
        time.sleep(0.05)


def _healthy(address: str) -> bool:
    # Not through a library that would go by way of a proxy.
    connection = HTTPConnection(urlsplit(address).netloc, timeout=_READY_WITHIN)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
