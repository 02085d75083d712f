"""Scenarios as plain dictionaries: what `--json` prints and the terminal views are made of."""

from typing import Any

from .cues import TAXONOMY
from .load import Loaded, library_ids, load
from .models import Scenario
from .pairs import Difference


def listing() -> list[dict[str, Any]]:
    """One entry for every scenario of the library."""
    return [summary(load(name).scenario) for name in library_ids()]


def summary(scenario: Scenario) -> dict[str, Any]:
    """What a scenario is, in short."""
    return {
        "id": scenario.id,
        "family": scenario.family,
        "title": scenario.title,
        "conditions": scenario.conditions.model_dump(mode="json"),
        "mitigations": list(scenario.mitigations),
        "cues": list(scenario.cues),
    }


def full(loaded: Loaded) -> dict[str, Any]:
    """All of a scenario: every cue slot with its texts, and the rest as it stands in the file.

    `mitigations` are name → text here.
    """
    scenario = loaded.scenario
    data = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    cues = {
        name: {
            "factor": TAXONOMY[name].factor,
            "fragments": {key: fragment.model_dump() for key, fragment in fragments.items()},
        }
        for name, fragments in scenario.cues.items()
    }
    return {
        **data,
        **summary(scenario),
        "mitigations": dict(scenario.mitigations),
        "cues": cues,
        "hash": loaded.hash,
        "file": loaded.where,
    }


def difference(found: Difference, first: str, second: str) -> dict[str, Any]:
    """One fragment that differs, under the names of the two framings."""
    return {
        "cue": found.cue,
        "fragment": found.fragment,
        "place": found.place,
        "count": found.count,
        first: found.first,
        second: found.second,
    }
