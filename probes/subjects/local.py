"""`local/NAME`: an embedded model, spoken to through OpenAI's SDK like any other server.

The server starts with the subject and ends with it, or with this process. A trial's own seed goes
with every call, so the same trial draws the same answer.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from ..records import Call, Reply
from . import weights
from .openai import OpenAISubject
from .providers import Provider
from .server import LocalServer


class LocalSubject:
    """An embedded model; `start` makes one."""

    base_url: str | None = None
    simulated = False
    reasons = False
    free = True

    def __init__(self, name: str, server: LocalServer, identity: Mapping[str, Any]) -> None:
        self.name = name
        self.identity = identity
        self._server = server
        # One more than are answered: there is work while a judge reads, and no queue to wait for
        # after an interruption.
        self.at_once = server.n_parallel + 1
        # Who waits here is not counted as being answered.
        self._turn = asyncio.Semaphore(server.n_parallel)
        self._client = OpenAISubject(
            name,
            server.model,
            base_url=server.base_url,
            provider=_provider(server.base_url),
            send_seed=True,
            max_retries=1,
            timeout=1800.0,
        )

    @classmethod
    def start(cls, model: str) -> "LocalSubject":
        """Find the weights, check them and load them. Raises `SubjectUnavailable`."""
        path = weights.find(model)
        server = LocalServer(path, model)
        server.start()
        return cls(f"local/{model}", server, {"weights": weights.digest(path)[:12]})

    async def reply(self, call: Call) -> Reply:
        """Answer one call; raises `ProviderError`."""
        async with self._turn:
            return await self._client.reply(call)

    async def close(self) -> None:
        """Close the client and stop the server."""
        await self._client.close()
        self._server.close()


def _provider(url: str) -> Provider:
    return Provider("local", base_url=url, key_names=(), url_name="", needs_key=False)
