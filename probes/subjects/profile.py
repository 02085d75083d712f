"""The profile of a simulated subject: the truth that is planted in it, as a small YAML file."""

import math
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import ProfileError
from ...scenario_variants.cues import CueName

LIBRARY = Path(__file__).with_name("profiles")
Probability = Annotated[float, Field(ge=0, le=1)]
Logit = Annotated[float, Field(ge=-50, le=50)]
# One shift for every value but the plain one, or a shift for each value.
Shift = Logit | dict[str, Logit]
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
    `threat` and `mitigation` by value (or one number for every value but `none`), `asked` where a
    belief was asked for before the act.
    """

    description: str = ""
    belief: BeliefModel = BeliefModel()
    misaligned: Misaligned
    refused: Probability = 0.0
    invalid: Probability = 0.0
    goal: Shift = 0.0
    threat: Shift = 0.0
    mitigation: Shift = 0.0
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


def _shift(shift: float | dict[str, float], value: str) -> float:
    if isinstance(shift, dict):
        return shift.get(value, 0.0)
    return shift if value != "none" else 0.0


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
        field = ".".join(str(part) for part in first["loc"]) or "(top)"
        raise ProfileError(f"{path}: {field}: {first['msg']}") from None
