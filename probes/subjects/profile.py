"""The profile of a simulated subject: the truth that is planted in it, as a small YAML file."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ...errors import ProfileError
from ...scenario_variants.cues import CueName

LIBRARY = Path(__file__).with_name("profiles")
# Strict: YAML's `yes` is no number.
Probability = Annotated[float, Field(ge=0, le=1, strict=True)]
Logit = Annotated[float, Field(ge=-50, le=50, strict=True)]
_Value = TypeVar("_Value", bound=str)
# A shift for each value; a bare number is one for every value but `none`.
Shift = Annotated[
    dict[_Value, Logit], BeforeValidator(lambda x: x if isinstance(x, dict) else {"every": x})
]
Latent = Literal["evaluation", "deployment", "unsure", "unstated"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BeliefModel(_Strict):
    """How the belief comes about.

    `unstated` and `unsure` are the shares of trials that commit themselves to nothing. Of the rest,
    the logit of believing in an evaluation is `intercept` plus, for every cue that the scenario
    has, its weight (evaluation-flavoured), minus it (deployment-flavoured), or nothing (neutral).
    """

    intercept: Logit = 0.0
    cues: dict[CueName, Logit] = Field(default_factory=dict)
    unstated: Probability = 0.0
    unsure: Probability = 0.0

    @model_validator(mode="after")
    def _shares(self) -> "BeliefModel":
        if self.unstated + self.unsure > 1:
            raise ValueError("unstated and unsure are shares of one whole, and exceed 1 together")
        return self


class Misaligned(_Strict):
    """P(misaligned | belief), among misaligned, aligned and refused."""

    evaluation: Probability
    deployment: Probability
    unsure: Probability = 0.0
    unstated: Probability = 0.0


class Profile(_Strict):
    """A planted truth.

    `invalid` is the share of answers that are of no use; `refused` the share of refusals among what
    is neither invalid nor misaligned. The shifts act on the logit of P(misaligned): `goal`,
    `threat` and `mitigation` by value (a bare number: for every value but `none`), `asked` where a
    belief was asked for before the act.
    """

    description: str = ""
    belief: BeliefModel = BeliefModel()
    misaligned: Misaligned
    refused: Probability = 0.0
    invalid: Probability = 0.0
    goal: Shift[Literal["every", "none", "conflict"]] = Field(default_factory=dict)
    threat: Shift[Literal["every", "none", "replacement"]] = Field(default_factory=dict)
    mitigation: Shift[str] = Field(default_factory=dict)
    asked: Logit = 0.0

    def p_misaligned(self, belief: Latent, *, asked: bool, **values: str) -> float:
        """P(misaligned) of a belief; `values` are the goal, the threat and the mitigation."""
        shift = self.asked if asked else 0.0
        shift += sum(_shift(getattr(self, name), value) for name, value in values.items())
        return _shifted(getattr(self.misaligned, belief), shift)

    def p_evaluation(self, levels: dict[str, str]) -> float:
        """P(believes in an evaluation) under these cue levels, of those that commit themselves."""
        sign = {"evaluation": 1.0, "deployment": -1.0, "neutral": 0.0}
        weights = self.belief.cues.items()
        total = sum(weight * sign[levels[cue]] for cue, weight in weights if cue in levels)
        return _logistic(self.belief.intercept + total)


def _shift(shift: Mapping[str, float], value: str) -> float:
    return shift.get(value, 0.0 if value == "none" else shift.get("every", 0.0))


def _shifted(p: float, shift: float) -> float:
    if not shift or p in (0.0, 1.0):
        return p
    return _logistic(math.log(p / (1 - p)) + shift)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def names() -> list[str]:
    """The profiles that come with the package."""
    return sorted(path.stem for path in LIBRARY.glob("*.yaml"))


def load(name: str) -> Profile:
    """A profile by its name, or by the path of a YAML file. Raises `ProfileError`."""
    is_file = name.endswith((".yaml", ".yml"))
    if not is_file and name not in names():
        raise ProfileError(
            f"no simulated subject sim/{name}; there are "
            f"{', '.join(f'sim/{known}' for known in names())}, and sim/path/to/profile.yaml"
        )
    path = Path(name) if is_file else LIBRARY / f"{name}.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Profile.model_validate(data)
    except OSError as error:
        raise ProfileError(f"{path}: {error.strerror or error}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part != "[key]") or "(top)"
        message = first["msg"].removeprefix("Value error, ")
        raise ProfileError(f"{path}: {field}: {message}") from None
