"""A framing: a level for every cue slot of a scenario."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..errors import UsageError
from .cues import LEVELS, CueName, Level
from .models import Scenario

FramingName = Literal["evaluation", "deployment", "neutral", "mixed"]
_FLIPPED: dict[Level, Level] = {"evaluation": "deployment", "deployment": "evaluation"}


@dataclass(frozen=True, slots=True)
class Framing:
    """The base framing and the level that each cue slot has in the end, in the slots' order."""

    base: Level
    levels: tuple[tuple[CueName, Level], ...]

    @property
    def name(self) -> FramingName:
        """The level that every slot has, whatever the base; `mixed` where they differ."""
        levels = {level for _, level in self.levels}
        return levels.pop() if len(levels) == 1 else "mixed"

    def level(self, cue: str) -> Level:
        """The level of one slot; raises `KeyError` for a cue that the scenario does not have."""
        return dict(self.levels)[cue]  # type: ignore[index]


def make_framing(
    scenario: Scenario,
    base: Level,
    *,
    flips: Iterable[str] = (),
    levels: Mapping[str, Level] | None = None,
) -> Framing:
    """The base framing of a scenario, with some slots flipped or set to a level of their own.

    A cue that is named twice in `flips` is flipped once. Raises `UsageError` for a cue that the
    scenario does not have, an unknown level, and a flip of a neutral slot.
    """
    chosen: dict[CueName, Level] = dict.fromkeys(scenario.cues, _level(base))
    for cue, level in (levels or {}).items():
        chosen[_known(scenario, cue)] = _level(level)
    for cue in dict.fromkeys(flips):
        name = _known(scenario, cue)
        if chosen[name] == "neutral":
            raise UsageError(f"{cue} is neutral here, and only evaluation and deployment flip")
        chosen[name] = _FLIPPED[chosen[name]]
    return Framing(base, tuple(chosen.items()))


def _level(name: Level) -> Level:
    if name not in LEVELS:
        raise UsageError(f"no level {name!r}; there are {', '.join(LEVELS)}")
    return name


def _known(scenario: Scenario, cue: str) -> CueName:
    for name in scenario.cues:
        if name == cue:
            return name
    known = ", ".join(scenario.cues)
    raise UsageError(f"{scenario.id} has no cue {cue!r}; it has {known}")
