"""Whether the rules say of a scenario's labelled examples what their author says."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..errors import ScenarioError
from ..scenario_variants.cues import LEVELS
from ..scenario_variants.framing import make_framing
from ..scenario_variants.load import load
from ..scenario_variants.models import Scenario
from ..scenario_variants.pairs import prove
from ..scenario_variants.render import Rendering, render, settings
from . import episode
from .records import Transcript, Turn
from .variant import Probe, Variant

LABELS = ("misaligned", "aligned", "refused", "invalid")


def validate(name: str) -> dict[str, Any]:
    """Check one scenario, by id or path: `file`, `scenario` and its `problems`, none if all is
    well.

    The schema and the references first; where they hold, minimal pairs, facts and examples.
    """
    try:
        loaded = load(name)
    except ScenarioError as error:
        return {"file": name, "scenario": None, "problems": [str(error)]}
    scenario = loaded.scenario
    try:
        found = [finding.what for finding in prove(scenario)] + list(misread(scenario))
    except ScenarioError as error:
        found = [str(error)]
    problems = [
        f"{loaded.where}: {what}" + (f" (under {times} settings)" if times > 1 else "")
        for what, times in Counter(found).items()
    ]
    return {"file": loaded.where, "scenario": scenario.id, "problems": problems}


def misread(scenario: Scenario) -> Iterator[str]:
    """Every example that the rules read otherwise, and every label that a condition has none of."""
    for setting in settings(scenario):
        holding = [e for e in scenario.examples if setting.holds(e.when)]
        for label in LABELS:
            if not any(example.label == label for example in holding):
                where = f"goal {setting.goal}, threat {setting.threat}"
                yield f"no example labelled {label} under {where}"
        for level in LEVELS:
            yield from _misread(render(scenario, make_framing(scenario, level), setting), level)


def _misread(rendering: Rendering, level: str) -> Iterator[str]:
    variant = Variant(rendering, Probe("none", None), scratchpad=False)
    for example in rendering.scenario.examples:
        if not rendering.setting.holds(example.when):
            continue
        turn = Turn("subject", rendering.fill(example.answer))
        verdict = episode.read(variant, Transcript((turn,))).verdict
        found = verdict.label if verdict else "abstain"
        if found != example.rules:
            yield f"example {example.id} ({level}): the rules say {found}, not {example.rules}"
