"""A sweep's specification: everything that determines its trials, and nothing else."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ...errors import UsageError
from ...scenario_variants.cues import Level
from ...scenario_variants.models import Goal, Mode, Oversight, Threat
from ..records import How, When


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


_T = TypeVar("_T")
Count = Annotated[int, Field(ge=1, le=1_000_000)]
# What is named twice is run once: its trials would be the same ones.
Several = Annotated[tuple[_T, ...], AfterValidator(_each_once)]


class SweepSpec(BaseModel):
    """What a sweep asks for; every combination of the lists is run for `epochs` epochs.

    An empty `goals`, `threats` or `oversights` means the scenario's default: no goal conflict, a
    threat of replacement where the scenario has one (the study's figure 10), oversight unstated.
    `scratchpad` None: on for subjects without a reasoning channel of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: Several[str]
    scenarios: Several[str]
    framings: Several[Level] = ("evaluation", "deployment")
    goals: Several[Goal] = ()
    threats: Several[Threat] = ()
    oversights: Several[Oversight] = ()
    mitigations: Several[str] = ("none",)
    whens: Several[When] = ("inline",)
    hows: Several[How] = ("choice",)
    mode: Mode = "text"
    epochs: Count = 10
    seed: int = 0
    arm: str = ""
    scratchpad: bool | None = None
    max_tokens: Count = 4096
    settings: dict[str, Any] = Field(default_factory=dict)
    base_url: str | None = None
    judges: Several[str] = ()


def make_spec(wanted: dict[str, Any]) -> SweepSpec:
    """A specification from raw values; raises `UsageError` with one line that names the option."""
    for field, value in wanted.items():
        _check_plain(field, value)
    try:
        return SweepSpec.model_validate(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        option, value = _option(str(first["loc"][0])), first.get("input")
        raise UsageError(f"{option} {value}: {first['msg'].lower()}") from None


def read_settings(pairs: Iterable[str]) -> dict[str, Any]:
    """Settings from `KEY=VALUE`, each value as JSON where it is JSON, else as text."""
    settings: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"--set {pair}: expected KEY=VALUE")
        try:
            settings[key] = json.loads(value)
        except (ValueError, RecursionError):
            settings[key] = value
    return settings


def _check_plain(field: str, value: Any) -> None:
    """A run file keeps JSON in UTF-8, which has no NaN, and no half of a surrogate pair."""
    for said, part in _parts(value):
        try:
            json.dumps(part, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:
            raise UsageError(f"{_option(field)} {said}: expected plain text or numbers") from None


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return ((f"{key}={each}", [key, each]) for key, each in value.items())
    return ((each, each) for each in (value if isinstance(value, list | tuple) else [value]))


def _option(field: str) -> str:
    """The option that gives a field its value; a repeated one names one of its values."""
    if field == "settings":
        return "--set"
    known = SweepSpec.model_fields.get(field)
    repeated = known is not None and get_origin(known.annotation) is tuple
    return f"--{field.removesuffix('s') if repeated else field}".replace("_", "-")
