"""A sweep's specification: everything that determines its trials, and nothing else."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import UsageError
from ...scenario_variants.cues import Level
from ...scenario_variants.models import Goal, Mode, Oversight, Threat
from ..records import How, When

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class SweepSpec(BaseModel):
    """What a sweep asks for; every combination of the lists is run for `epochs` epochs.

    An empty `goals`, `threats` or `oversights` means the scenario's default: no goal conflict, a
    threat of replacement where the scenario has one (the study's figure 10), oversight unstated.
    `scratchpad` None: on for subjects without a reasoning channel of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[str, ...]
    scenarios: tuple[str, ...]
    framings: tuple[Level, ...] = ("evaluation", "deployment")
    goals: tuple[Goal, ...] = ()
    threats: tuple[Threat, ...] = ()
    oversights: tuple[Oversight, ...] = ()
    mitigations: tuple[str, ...] = ("none",)
    whens: tuple[When, ...] = ("inline",)
    hows: tuple[How, ...] = ("choice",)
    mode: Mode = "text"
    epochs: Count = 10
    seed: int = 0
    arm: str = ""
    scratchpad: bool | None = None
    max_tokens: Count = 4096
    settings: dict[str, Any] = Field(default_factory=dict)
    base_url: str | None = None
    judges: tuple[str, ...] = ()


def make_spec(wanted: dict[str, Any]) -> SweepSpec:
    """A specification from raw values; raises `UsageError` with one line that names the option."""
    try:
        return SweepSpec.model_validate(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-").removesuffix("s")
        value = first.get("input")
        raise UsageError(f"--{option} {value}: {first['msg'].lower()}") from None
