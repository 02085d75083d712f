"""What every subject is: a name, and one method."""

from collections.abc import Mapping
from typing import Any, Protocol

from ..records import Call, Reply


class Subject(Protocol):
    """A model behind an API, an embedded one, or a simulated one.

    `name` is `provider/model`. `base_url` is where it is served when that is not the provider's own
    address: part of a trial's identity. `simulated` marks planted data. `reasons` tells that it has
    a reasoning channel of its own, so that it needs no scratchpad. `free` tells that its calls cost
    nothing. `identity` is what else determines its answers (a profile's or a weight file's hash):
    it joins the settings in the trial table.
    """

    name: str
    base_url: str | None
    simulated: bool
    reasons: bool
    free: bool
    identity: Mapping[str, Any]

    async def reply(self, call: Call) -> Reply:
        """Answer one call; raises `ProviderError` when it failed for good, after its retries."""
        ...

    async def close(self) -> None:
        """Let go of connections and processes."""
        ...
