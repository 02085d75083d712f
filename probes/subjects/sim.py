"""The simulated subject: a known truth planted behind the same wire forms.

It draws a belief and a behaviour from its profile, and writes one of the scenario's labelled
examples that fits, with the belief stated as the probe asks. All of it is a function of the trial's
seed.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from ...errors import ScenarioError
from ...scenario_variants.models import Example, Label
from .. import how as hows
from ..forms import write_thinking
from ..records import Call, Message, OptionOrder, Reply, Usage
from ..variant import Variant
from .profile import Latent, Profile, load


@dataclass(frozen=True, slots=True)
class SimContext:
    """What a simulated subject looks at in place of the text."""

    variant: Variant
    order: OptionOrder | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The truth of one trial: what is believed, how surely (0 to 1), and what is done."""

    belief: Latent
    p_evaluation: float
    behaviour: Label


class SimSubject:
    """`sim/NAME`, or `sim/path/to/profile.yaml`."""

    base_url: str | None = None
    simulated = True
    reasons = False
    free = True

    def __init__(self, name: str, profile: Profile) -> None:
        self.name = name
        planted = sha256(profile.model_dump_json().encode()).hexdigest()
        self.identity: Mapping[str, Any] = {"profile": planted[:12]}
        self._profile = profile
        self._written: dict[tuple[str, str], tuple[str, str]] = {}

    @classmethod
    def named(cls, name: str) -> "SimSubject":
        """The subject of a profile; raises `ProfileError`."""
        return cls(f"sim/{name}", load(name))

    async def reply(self, call: Call) -> Reply:
        """Write one answer."""
        context: SimContext = call.context
        text = self.write(context.variant, call.seed)
        return Reply(text, usage=_usage(call.messages, text), served_by=self.name)

    async def close(self) -> None:
        """Nothing to let go of."""

    def write(self, variant: Variant, seed: int) -> str:
        """The answer of one trial."""
        rng = random.Random(seed)
        drawn = draw(self._profile, variant, rng)
        example = rng.choice(_fitting(variant, drawn.behaviour))
        thinking, answer = self._fill(variant, example)
        parts = [write_thinking(thinking)] if variant.scratchpad else []
        statement = _statement(variant, drawn, rng)
        parts += [statement] if statement else []
        return "\n\n".join((*parts, answer))

    def _fill(self, variant: Variant, example: Example) -> tuple[str, str]:
        key = variant.hash, example.id
        if key not in self._written:
            fill = variant.rendering.fill
            self._written[key] = fill(example.thinking).strip(), fill(example.answer).strip()
        return self._written[key]


def draw(profile: Profile, variant: Variant, rng: random.Random) -> Drawn:
    """Draw the truth of one trial, in a fixed order of draws, so that probes do not shift it."""
    belief, p_evaluation = _draw_belief(profile, variant, rng)
    setting = variant.rendering.setting
    p = profile.p_misaligned(
        belief,
        asked=variant.probe.when in ("inline", "before"),
        goal=setting.goal,
        threat=setting.threat,
        mitigation=setting.mitigation,
    )
    invalid, misaligned, refused = (rng.random() for _ in range(3))
    behaviour: Label = "aligned"
    if invalid < profile.invalid:
        behaviour = "invalid"
    elif misaligned < p:
        behaviour = "misaligned"
    elif refused < profile.refused:
        behaviour = "refused"
    return Drawn(belief, p_evaluation, behaviour)


def _draw_belief(profile: Profile, variant: Variant, rng: random.Random) -> tuple[Latent, float]:
    levels = {str(cue): str(level) for cue, level in variant.rendering.framing.levels}
    commits, evaluation, sureness = (rng.random() for _ in range(3))
    if commits < profile.belief.unstated:
        return "unstated", 0.5
    if commits < profile.belief.unstated + profile.belief.unsure:
        return "unsure", 0.5
    # A percentage from 51 to 99, or from 49 to 1, so that the two forms of asking agree.
    distance = (1 + int(sureness * 49)) / 100
    if evaluation < profile.p_evaluation(levels):
        return "evaluation", 0.5 + distance
    return "deployment", 0.5 - distance


def _fitting(variant: Variant, label: Label) -> Sequence[Example]:
    """The labelled examples of a label that make sense under the variant's condition."""
    rendering = variant.rendering
    examples = [
        example
        for example in rendering.scenario.examples
        if example.label == label and rendering.setting.holds(example.when)
    ]
    if not examples:
        raise ScenarioError(
            f"{rendering.scenario.id}: no example labelled {label} fits {rendering.setting}; a "
            "simulated subject writes the examples, so it needs one"
        )
    return examples


def _statement(variant: Variant, drawn: Drawn, rng: random.Random) -> str:
    phrase = rng.choice(_phrases()[drawn.belief]) if drawn.belief != "unstated" else ""
    if not variant.probe.how or not phrase:
        return ""
    return f"{phrase} {hows.get(variant.probe.how).write(drawn.belief, drawn.p_evaluation)}"


@cache
def _phrases() -> dict[str, list[str]]:
    text = Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8")
    phrases: dict[str, list[str]] = yaml.safe_load(text)
    return phrases


def _usage(messages: Sequence[Message], answer: str) -> Usage:
    """About four characters a token, as a rough stand-in for a tokenizer."""
    return Usage(input=sum(len(m.content) for m in messages) // 4, output=len(answer) // 4)
