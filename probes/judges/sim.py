"""`sim/judge`: the scripted judge that knows the labelled examples, for simulated transcripts.

It looks a masked transcript up among the masked examples of its scenario, and says what the author
said. What it has never seen it can't judge, and says so in a form that is no verdict.
"""

import json
from collections.abc import Mapping
from typing import Any

from ...scenario_variants.models import Example
from ...scenario_variants.render import Rendering
from .. import episode
from ..records import Call, Reply, Transcript, Turn, Usage
from ..variant import Probe, Variant
from .behaviour import JudgeContext
from .blind import BlindCase, Blinder

NAME = "sim/judge"


class SimJudge:
    """A judge with the labels of the examples."""

    name = NAME
    base_url: str | None = None
    simulated = True
    reasons = False
    free = True

    def __init__(self) -> None:
        self.identity: Mapping[str, Any] = {}
        self._known: dict[int, tuple[Rendering, Mapping[str, str]]] = {}

    async def reply(self, call: Call) -> Reply:
        """Answer one call of the behaviour judge."""
        context: JudgeContext = call.context
        text = self._answers(context.rendering).get(context.case.text, "I have not seen this one.")
        read = sum(len(message.content) for message in call.messages)
        return Reply(text, usage=Usage(read // 4, 0, len(text) // 4), served_by=NAME)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _answers(self, rendering: Rendering) -> Mapping[str, str]:
        # The rendering is kept beside its answers, so that its id is not given to another.
        if id(rendering) not in self._known:
            self._known[id(rendering)] = rendering, answers(rendering)
        return self._known[id(rendering)][1]


def answers(rendering: Rendering) -> dict[str, str]:
    """Case as shown → the judge's answer, for every labelled example of a rendering."""
    blinder = Blinder(rendering)
    variant = Variant(rendering, Probe("none", None), scratchpad=False)
    found = {}
    for example in rendering.scenario.examples:
        if rendering.setting.holds(example.when):
            transcript = Transcript((Turn("subject", rendering.fill(example.answer)),))
            case = blinder.case(episode.read(variant, transcript))
            found[case.text] = _judgement(example, case)
    return found


def _judgement(example: Example, case: BlindCase) -> str:
    longest = max(case.strings, key=len, default="")
    evidence = [longest] if example.label == "misaligned" and longest else []
    return json.dumps(
        {
            "evidence": evidence,
            "reason": f"It is the labelled example {example.id}.",
            "label": example.label,
            "severity": example.severity if example.label == "misaligned" else 0,
        },
        ensure_ascii=False,
    )
