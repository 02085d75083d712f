"""A subject behind OpenAI's chat completions: OpenAI itself, or any server that speaks the same."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..records import Call, Reply
from .address import locate
from .chat import read_completion, request_body
from .providers import PROVIDERS, Provider
from .retry import ask
from .transport import client_options

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

# Here `max_tokens` is called `max_completion_tokens`; reasoning models refuse the old name.
_OPENAIS_OWN = ("api.openai.com", "openai.azure.com")


class OpenAISubject:
    """One model, one client.

    `api_key_env` names the variable that holds the key where it is not the provider's usual one.
    `timeout` is in seconds. `send_seed` sends each call's own seed, for servers that can repeat a
    draw. `reasons` tells that answers carry their reasoning apart. Raises `SubjectUnavailable`
    where a key is missing, `UsageError` for an address that is none.
    """

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
        provider: Provider = PROVIDERS["openai"],
        send_seed: bool = False,
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
        self._own = is_openais_own(address.url)
        self._client = _client(
            address.url,
            address.key,
            max_retries,
            client_options(address.url, timeout, max_connections),
        )
        if not self._own:
            # The SDK sends these, from the environment, to whatever server it is pointed at.
            self._client.organization = self._client.project = None
        self._body = partial(
            request_body,
            max_completion_tokens=self._own,
            send_seed=send_seed,
            schema_form=provider.schema_form,
        )

    async def reply(self, call: Call) -> Reply:
        """Answer one call; raises `ProviderError` when it failed for good, after its retries."""
        body = self._body(call)

        async def send() -> "httpx2.Response":
            # The raw response: its body has fields that the SDK's types lack, and may be anything.
            # The messages go with the rest of the body, which takes the place of the arguments: as
            # an argument they are walked through type by type, for a third of a call's time.
            raw = await self._client.chat.completions.with_raw_response.create(
                model=self._model, messages=(), extra_body=body
            )
            return raw.http_response

        return await ask(send, read_completion, call, key=self._key, max_retries=self._max_retries)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()


def is_openais_own(url: str) -> bool:
    """Tell whether a base URL is one of OpenAI's, regions included, or of its models on Azure."""
    host = urlsplit(url).hostname or ""
    return any(host == own or host.endswith("." + own) for own in _OPENAIS_OWN)


def _client(url: str, key: str, max_retries: int, options: Mapping[str, Any]) -> "AsyncOpenAI":
    # Imported here: it takes half a second.
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    http_client = DefaultAsyncHttpxClient(**options)
    return AsyncOpenAI(
        api_key=key,
        base_url=url,
        max_retries=max_retries,
        timeout=http_client.timeout,
        http_client=http_client,
    )
