"""The exact messages and tools that a subject would get, without asking anybody."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..scenario_variants.cues import Level
from ..scenario_variants.framing import make_framing
from ..scenario_variants.load import load
from ..scenario_variants.render import Setting, render
from .records import How, OptionOrder, When
from .variant import Probe, Variant


def variant(
    scenario: str,
    framing: Level,
    setting: Setting,
    *,
    when: When,
    how: How,
    mode: str = "text",
    scratchpad: bool = True,
    flips: Sequence[str] = (),
    levels: Mapping[str, Level] | None = None,
) -> Variant:
    """One variant by its parts. Raises `ScenarioError` and `UsageError`."""
    loaded = load(scenario).scenario
    chosen = make_framing(loaded, framing, flips=flips, levels=levels)
    rendering = render(loaded, chosen, setting, mode=mode)
    return Variant(rendering, Probe.of(when, how), mode, scratchpad)


def preview(shown: Variant, order: OptionOrder | None) -> dict[str, Any]:
    """A variant as `scenarios render --json` prints it; `order` None takes the first."""
    rendering = shown.rendering
    order = order if shown.probe.orders[0] and order else shown.probe.orders[0]
    return {
        "scenario": rendering.scenario.id,
        "framing": rendering.framing.name,
        "base_framing": rendering.framing.base,
        "cues": dict(rendering.framing.levels),
        "goal": rendering.setting.goal,
        "threat": rendering.setting.threat,
        "oversight": rendering.setting.oversight,
        "mitigation": rendering.setting.mitigation,
        "probe_when": shown.probe.when,
        "probe_how": shown.probe.how,
        "option_order": order,
        "mode": shown.mode,
        "scratchpad": shown.scratchpad,
        "variant": shown.hash,
        "messages": [{"role": m.role, "content": m.content} for m in shown.messages(order)],
        "tools": shown.tools(),
    }
