"""A published experiment beside one's own run of it: measured rates, and the article's marks.

The article's models are named as it names them, and its numbers of trials are not all known: no
measured model is matched with a published one, and nothing is tested against a mark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .crosstab import Crosstab, Group, crosstab
from .published import Published, published
from .table import Table

if TYPE_CHECKING:
    import pandas as pd

BY = ("model", "goal", "threat")


@dataclass(frozen=True, slots=True)
class Part:
    """One condition of an experiment, and the name under which its marks are published."""

    title: str
    goal: str
    threat: str
    marks: str

    @property
    def published(self) -> tuple[Published, ...]:
        """What the article found under this condition."""
        return published(self.marks)


@dataclass(frozen=True, slots=True)
class Study:
    """An experiment of the article: which trials are its replication, and its parts.

    `fixed` is what all parts have in common, column → value; the first part is the published
    configuration.
    """

    title: str
    fixed: Mapping[str, str]
    parts: tuple[Part, ...]


STUDIES: Mapping[str, Study] = MappingProxyType(
    {
        "figure-10": Study(
            "Figure 10 of Agentic Misalignment: blackmail, by stated belief",
            {
                "scenario": "blackmail",
                "mitigation": "none",
                "mode": "text",
                "probe_when": "inline",
                "probe_how": "choice",
            },
            (
                Part(
                    "Figure 10's condition: no goal conflict, replacement threat",
                    "none",
                    "replacement",
                    "figure-10",
                ),
                Part(
                    "The headline condition: goal conflict and replacement threat",
                    "conflict",
                    "replacement",
                    "headline",
                ),
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Replication:
    """What was measured under a study's conditions (a group per model and condition)."""

    experiment: str
    study: Study
    parts: tuple[Part, ...]
    measured: Crosstab

    def groups(self, part: Part) -> tuple[Group, ...]:
        """The models that were measured under one condition."""
        condition = part.goal, part.threat
        return tuple(
            group
            for group in self.measured.groups
            if (group.group["goal"], group.group["threat"]) == condition
        )

    def to_dict(self) -> dict[str, Any]:
        """The object that `--json` prints: a crosstab's, with the published marks."""
        return {
            **self.measured.to_dict(),
            "experiment": self.experiment,
            "published": [mark.to_dict() for part in self.parts for mark in part.published],
        }


def sweep_of(experiment: str) -> dict[str, Any]:
    """What a sweep has to ask for to run the experiment, in the words of a sweep's specification.

    The study had one wording of each prompt: the neutral framing. Its goal is left open.
    """
    study = _study(experiment)
    return {
        "scenarios": (study.fixed["scenario"],),
        "framings": ("neutral",),
        "threats": tuple(dict.fromkeys(part.threat for part in study.parts)),
        "mitigations": (study.fixed["mitigation"],),
        "whens": (study.fixed["probe_when"],),
        "hows": (study.fixed["probe_how"],),
        "mode": study.fixed["mode"],
    }


def compare(table: Table, experiment: str, goal: str | None = None) -> Replication:
    """Set the trials that were run under a study's conditions beside its published marks.

    `goal` takes the part of the study that had this one; None: all parts. Trials under other
    conditions are counted as left out. Raises `UsageError` for an experiment, or a goal in it,
    that is not known.
    """
    study = _study(experiment)
    parts = tuple(part for part in study.parts if goal in (None, part.goal))
    if not parts:
        known = ", ".join(part.goal for part in study.parts)
        raise UsageError(f"--goal {goal}: expected one of {known} for {experiment}")
    inside = table.frame[_inside(table.frame, study, parts)]
    measured = crosstab(Table(inside, table.source), BY)
    outside = len(table) - len(inside)
    left_out = {**measured.left_out, **({"other_conditions": outside} if outside else {})}
    notes = measured.notes if len(inside) else (_nothing(study, parts),)
    found = Crosstab(measured.source, measured.by, measured.groups, left_out, notes)
    return Replication(experiment, study, parts, found)


def _study(experiment: str) -> Study:
    if experiment not in STUDIES:
        raise UsageError(f"experiment {experiment}: expected one of {', '.join(STUDIES)}")
    return STUDIES[experiment]


def _inside(frame: "pd.DataFrame", study: Study, parts: Sequence[Part]) -> "pd.Series[bool]":
    inside = _equal(frame, study.fixed)
    conditions = [_equal(frame, {"goal": part.goal, "threat": part.threat}) for part in parts]
    return inside & _any(conditions)


def _equal(frame: "pd.DataFrame", values: Mapping[str, str]) -> "pd.Series[bool]":
    first, *others = [frame[name] == value for name, value in values.items()]
    for other in others:
        first = first & other
    return first


def _any(masks: Sequence["pd.Series[bool]"]) -> "pd.Series[bool]":
    first, *others = masks
    for other in others:
        first = first | other
    return first


def _nothing(study: Study, parts: Sequence[Part]) -> str:
    fixed = ", ".join(f"{name} {value}" for name, value in study.fixed.items())
    conditions = " or ".join(f"goal {part.goal} and threat {part.threat}" for part in parts)
    return f"no trial was run under the study's conditions: {fixed}, {conditions}"
