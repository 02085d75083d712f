"""A subject behind Anthropic's messages: Anthropic itself, or a server that speaks the same."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..records import Call, Reply
from .address import Address, locate
from .messages import read_message, request_body
from .providers import PROVIDERS, Provider
from .retry import ask
from .transport import client_options

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic


class AnthropicSubject:
    """One model, one client; the arguments are those of `OpenAISubject`."""

    simulated = False

    def __init__(
        self,
        name: str,
        model: str,
        *,
        base_url: str | None = None,
        api_key_env: str | None = None,
        max_retries: int = 5,
        timeout: float = 600.0,
        max_connections: int = 20,
        provider: Provider = PROVIDERS["anthropic"],
        reasons: bool = False,
    ) -> None:
        address = locate(name, provider, base_url, api_key_env)
        self.name = name
        self.base_url = address.shown
        self.reasons = reasons
        self.free = address.free
        self.identity: Mapping[str, Any] = {}
        self._model = model
        self._key = address.key
        self._max_retries = max_retries
        self._client = _client(
            address, max_retries, client_options(address.url, timeout, max_connections)
        )

    async def reply(self, call: Call) -> Reply:
        """Answer one call; raises `ProviderError` when it failed for good, after its retries."""
        body = request_body(call)
        messages, max_tokens = body.pop("messages"), body.pop("max_tokens")

        async def send() -> "httpx2.Response":
            # All else goes as `extra_body`: the method has no `temperature` or `top_p`.
            raw = await self._client.messages.with_raw_response.create(
                model=self._model, messages=messages, max_tokens=max_tokens, extra_body=body
            )
            return raw.http_response

        return await ask(send, read_message, call, key=self._key, max_retries=self._max_retries)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()


def _client(address: Address, max_retries: int, options: Mapping[str, Any]) -> "AsyncAnthropic":
    # Imported here: it takes more than a second.
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

    http_client = DefaultAsyncHttpxClient(**options)
    token = address.key_name == "ANTHROPIC_AUTH_TOKEN"
    return AsyncAnthropic(
        api_key=None if token else address.key,
        auth_token=address.key if token else None,
        # The SDK puts /v1 in front of its paths; other servers' base URLs are written with it.
        base_url=address.url.rstrip("/").removesuffix("/v1"),
        max_retries=max_retries,
        timeout=http_client.timeout,
        http_client=http_client,
        open_telemetry=False,
    )
