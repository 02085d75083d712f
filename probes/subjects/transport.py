"""The HTTP client under both SDKs: connections, time-outs, and how long a wait may be."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .address import is_loopback

if TYPE_CHECKING:
    import httpx2

# The longest `retry-after` that a call waits for. A server that asks for more (a day's quota is
# used up) has to be come back to another time: the run can be resumed.
PATIENCE_S = 600.0


def client_options(url: str, timeout: float, max_connections: int) -> dict[str, Any]:
    """Options for the SDKs' `DefaultAsyncHttpxClient`.

    `timeout` is the number of seconds without a byte from the server. Waiting for a free
    connection has no limit: it is our own queue, not the server's failure.
    """
    import httpx2

    options: dict[str, Any] = {
        "limits": httpx2.Limits(
            max_connections=max_connections, max_keepalive_connections=max_connections
        ),
        "timeout": httpx2.Timeout(timeout, connect=min(timeout, 10.0), pool=None),
        "event_hooks": {"response": [refuse_long_waits]},
    }
    if is_loopback(url):
        # A proxy of the environment can't reach a server on this machine.
        options["mounts"] = {f"all://{_host(url)}": None}
    return options


async def refuse_long_waits(response: "httpx2.Response") -> None:
    """Tell the SDK not to retry where the server asks for a wait beyond `PATIENCE_S`.

    OpenAI's SDK gives up by itself past two minutes; Anthropic's would wait for days.
    """
    if response.status_code >= 400 and (retry_after(response.headers) or 0.0) > PATIENCE_S:
        response.headers["x-should-retry"] = "false"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read how many seconds the server asks to wait; `None` where it does not say.

    `headers` must ignore letter case. Understands `retry-after-ms`, and `retry-after` as a number
    of seconds or as a date (RFC 9110, 10.2.3).
    """
    for name, per_second in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) / per_second
        except ValueError:
            seconds = _until(value)
        if seconds >= 0:  # not for NaN
            return seconds
    return None


def _until(date: str) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return -1.0


def _host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host
