"""The server, in a thread of its own."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from .connection import Connection
from .exchange import Answer, Request, Respond


class Loopback:
    """A server on 127.0.0.1, on a port that is free; `respond` may be replaced at any time.

    `requests` are all that came, in order (kept unless `record` is off: a benchmark's would fill
    the memory). `respond` is called in the server's thread, one request at a time, so it must not
    wait: an answer's `delay` does that.
    """

    def __init__(
        self,
        respond: Respond = lambda request: Answer("ok"),
        *,
        models: tuple[str, ...] = ("loopback",),
        record: bool = True,
    ) -> None:
        self.respond = respond
        self.models = models
        self.requests: list[Request] = []
        self._record = record
        self._opened: set[Connection] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    @property
    def anthropic_url(self) -> str:
        """The base URL for Anthropic's SDK."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai_url(self) -> str:
        """The base URL for OpenAI's SDK."""
        return f"{self.anthropic_url}/v1"

    @property
    def completions(self) -> list[Request]:
        """The requests that asked for a completion."""
        return [request for request in self.requests if request.protocol]

    def start(self) -> Self:
        """Serve until `stop`."""
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def stop(self) -> None:
        """Close the port and every connection, those that wait for an answer too."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _handle(self, request: Request) -> Answer:
        if self._record:
            self.requests.append(request)
        return self.respond(request) if request.protocol else Answer()

    async def _listen(self) -> int:
        self._server = await self._loop.create_server(
            lambda: Connection(self._handle, self.models, self._opened),
            "127.0.0.1",
            0,
            backlog=1024,
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._opened):
            connection.transport.abort()
        await asyncio.sleep(0)
