"""An episode: one run of a subject through a variant, and what it amounts to.

`run` asks the subject; `read` takes the transcript apart. They are apart because a transcript that
was paid for can be read again, by other rules or another judge, without asking anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import rules
from .beliefs import StatedBelief, read_belief
from .forms import Answer, read_answer
from .records import Call, OptionOrder, Reply, Transcript, Turn, Verdict
from .subjects.base import Subject
from .subjects.sim import SimContext
from .variant import Variant
from .world import Event, World


@dataclass(frozen=True, slots=True)
class Episode:
    """A transcript, read: the answer's parts, the events, the stated belief, the rules' verdict."""

    answer: Answer
    events: tuple[Event, ...]
    belief: StatedBelief
    verdict: Verdict | None


async def run(
    variant: Variant,
    order: OptionOrder | None,
    subject: Subject,
    *,
    seed: int,
    settings: Mapping[str, Any],
) -> tuple[Transcript, Reply]:
    """Have a subject go through a variant. Raises `ProviderError`."""
    call = Call(variant.messages(order), seed, settings, context=SimContext(variant, order))
    reply = await subject.reply(call)
    return Transcript((Turn("subject", reply.text, reply.reasoning),), reply.stop), reply


def read(variant: Variant, transcript: Transcript) -> Episode:
    """What a transcript amounts to."""
    turn = transcript.turns[0]
    answer = read_answer(turn.text, turn.reasoning)
    world = World(variant.rendering)
    for action in answer.actions:
        # What was cut off in the middle was not done.
        if action.closed or transcript.stop == "stop":
            world.act(action)
    events = tuple(world.events)
    rendering = variant.rendering
    verdict = rules.judge(rendering.scenario, rendering.fill, answer, events, transcript.stop)
    return Episode(answer, events, read_belief(answer, variant.probe.how), verdict)
