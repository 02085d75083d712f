"""HTTP/1.1 by hand, as little as the SDKs need: a framework would be slower than what it serves."""

import asyncio
import socket
import struct
from collections.abc import Callable

from . import wire
from .exchange import Answer, Request
from .faults import Fault

_JSON = "application/json"
_PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
Handle = Callable[[Request], Answer]


class Connection(asyncio.Protocol):
    """One client's connection: requests are read, handed to `handle`, and answered in order."""

    def __init__(self, handle: Handle, models: tuple[str, ...], opened: set["Connection"]) -> None:
        self._handle = handle
        self._models = models
        self._opened = opened
        self._buffer = bytearray()
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._opened.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._opened.discard(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def _next(self) -> None:
        """Take the next whole request off the buffer, if there is one and none is under way."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._busy:
            return
        first, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        size = end + 4 + int(headers.get("content-length", 0))
        if len(self._buffer) < size:
            return
        content = bytes(self._buffer[end + 4 : size])
        del self._buffer[:size]
        self._busy = True
        self._serve(method, target, headers, content)

    def _serve(self, method: str, target: str, headers: dict[str, str], content: bytes) -> None:
        try:
            request = wire.read(method, target, headers, content)
        except (ValueError, KeyError, TypeError) as error:
            self._send(400, wire.write_error("", 400, f"bad request: {error!r}", None))
            return
        try:
            answer = self._handle(request)
        except Exception as error:
            # What a test's own function raises has to be seen there, not guessed from a hang.
            self._send(400, wire.write_error("", 400, f"the answer function: {error!r}", None))
            return
        if answer.delay > 0:
            asyncio.get_running_loop().call_later(answer.delay, self._answer, request, answer)
        else:
            self._answer(request, answer)

    def _answer(self, request: Request, answer: Answer) -> None:
        if answer.fault is not None:
            self._fail(request, answer, answer.fault)
        elif request.protocol:
            self._send(200, wire.write(request, answer))
        elif request.path in ("/v1/models", "/models"):
            self._send(200, wire.write_models(self._models))
        else:
            self._send(404, wire.write_error("", 404, f"no such path: {request.path}", None))

    def _fail(self, request: Request, answer: Answer, fault: Fault) -> None:
        whole = wire.write(request, answer)
        wait = fault.retry_after
        match fault.kind:
            case "reset":
                self._reset()
            case "hang":
                asyncio.get_running_loop().call_later(fault.seconds, self.transport.close)
            case "cut":
                self.transport.write(_head(200, len(whole), _JSON, None) + whole[: len(whole) // 2])
                self.transport.close()
            case "truncated":
                self._send(200, whole[: len(whole) // 2], retry_after=wait)
            case "garbage":
                self._send(200, _PAGE, retry_after=wait)
            case "empty":
                self._send(200, b"", retry_after=wait)
            case "wrong_type":
                self._send(200, _PAGE, "text/html", retry_after=wait)
            case "status" | "error_body":
                error = wire.write_error(request.protocol, fault.status, fault.message, fault.code)
                self._send(fault.status, error, retry_after=wait)

    def _send(
        self,
        status: int,
        body: bytes,
        content_type: str = _JSON,
        *,
        retry_after: float | str | None = None,
    ) -> None:
        self.transport.write(_head(status, len(body), content_type, retry_after) + body)
        self._busy = False
        self._next()

    def _reset(self) -> None:
        """Close with a reset instead of an orderly end (lingering for 0 seconds)."""
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def _head(status: int, size: int, content_type: str, retry_after: float | str | None) -> bytes:
    lines = [
        f"HTTP/1.1 {status} .",
        f"content-type: {content_type}",
        f"content-length: {size}",
        "request-id: req_1",
    ]
    if retry_after is not None:
        lines.append(f"retry-after: {retry_after}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
