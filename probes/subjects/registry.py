"""From a name to a subject or a judge, set up when a sweep starts and let go of after it."""

from collections.abc import Mapping
from typing import Any

from ...errors import UsageError
from .base import Subject
from .providers import PROVIDERS, connect


def make_subject(
    name: str,
    *,
    settings: Mapping[str, Any],
    base_url: str | None = None,
    max_connections: int = 20,
) -> Subject:
    """The subject `provider/model`.

    Raises `UsageError` for a provider that is not known, `ProfileError`, and `SubjectUnavailable`.
    """
    provider, _, model = name.partition("/")
    if not model:
        raise UsageError(f"--model {name}: expected PROVIDER/MODEL, such as openai/gpt-5-mini")
    if provider == "sim":
        from .sim import SimSubject

        return SimSubject.named(model)
    if provider == "local":
        from .local import LocalSubject

        return LocalSubject.start(model)
    if provider not in PROVIDERS:
        known = ", ".join(sorted([*PROVIDERS, "local", "sim"]))
        raise UsageError(f"--model {name}: no provider {provider!r}; there are {known}")
    return connect(name, settings=settings, base_url=base_url, max_connections=max_connections)


def make_judge(name: str, *, max_connections: int = 20) -> Subject:
    """A judge: `sim/judge`, or any model of a provider."""
    if name.startswith("sim/"):
        from ..judges.sim import NAME, SimJudge

        if name != NAME:
            raise UsageError(f"--judge {name}: the simulated judge is {NAME}")
        return SimJudge()
    return make_subject(name, settings={}, max_connections=max_connections)
