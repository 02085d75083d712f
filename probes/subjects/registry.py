"""From a name to a subject or a judge, set up when a sweep starts and let go of after it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ...errors import SubjectUnavailable, UsageError
from .address import locate
from .base import Subject
from .connect import check_settings, connect, has_reasoning
from .providers import PROVIDERS

_SIM_JUDGE = "sim/judge"


def check_subject(
    name: str, settings: Mapping[str, Any], base_url: str | None = None, *, option: str = "--model"
) -> bool:
    """Whether the subject `provider/model` has a reasoning channel, without setting it up.

    What a typing error can break is looked at, and no key is needed. Raises `UsageError`,
    `ProfileError`, and `SubjectUnavailable` for an embedded model that is not known.
    """
    provider, _, model = name.partition("/")
    if not model:
        raise UsageError(f"{option} {name}: expected PROVIDER/MODEL, such as openai/gpt-5-mini")
    check_settings(settings)
    if provider == "sim":
        from .profile import load

        load(model)
    elif provider == "local":
        from . import weights

        if model not in weights.KNOWN:  # a file of one's own, or it says what there is
            weights.find(model)
    elif provider not in PROVIDERS:
        known = ", ".join(sorted([*PROVIDERS, "local", "sim"]))
        raise UsageError(f"{option} {name}: no provider {provider!r}; there are {known}")
    else:
        with suppress(SubjectUnavailable):  # a key may be missing until it is needed
            locate(name, PROVIDERS[provider], base_url, None)
        return has_reasoning(provider, model, settings)
    return False


def check_judge(name: str) -> None:
    """As `check_subject`, for a judge."""
    if name.startswith("sim/"):
        if name != _SIM_JUDGE:
            raise UsageError(f"--judge {name}: the simulated judge is {_SIM_JUDGE}")
    else:
        check_subject(name, {}, option="--judge")


def make_subject(
    name: str,
    *,
    settings: Mapping[str, Any],
    base_url: str | None = None,
    max_connections: int = 20,
) -> Subject:
    """The subject `provider/model`; raises what `check_subject` does, and `SubjectUnavailable`."""
    check_subject(name, settings, base_url)
    provider, _, model = name.partition("/")
    if provider == "sim":
        from .sim import SimSubject

        return SimSubject.named(model)
    if provider == "local":
        from .local import LocalSubject

        return LocalSubject.start(model)
    return connect(name, settings=settings, base_url=base_url, max_connections=max_connections)


def make_judge(name: str, *, max_connections: int = 20) -> Subject:
    """A judge: `sim/judge`, or any model of a provider."""
    check_judge(name)
    if name == _SIM_JUDGE:
        from ..judges.sim import SimJudge

        return SimJudge()
    return make_subject(name, settings={}, max_connections=max_connections)


def at_once(subject: Subject, connections: int) -> int:
    """How many calls a subject is given at once, where `connections` are allowed."""
    limit: int = getattr(subject, "at_once", connections)
    return min(limit, connections)
