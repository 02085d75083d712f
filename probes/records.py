"""The plain records that flow from a subject to the trial table. No behaviour lives here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Belief = Literal["evaluation", "deployment", "unsure", "unstated"]
Behaviour = Literal["misaligned", "aligned", "refused", "invalid", "undecided"]
Stop = Literal["stop", "length", "refusal", "content_filter"]
When = Literal["inline", "before", "fork", "after", "none"]
How = Literal["choice", "probability", "open"]
OptionOrder = Literal["evaluation-first", "deployment-first"]
BELIEFS: tuple[Belief, ...] = ("evaluation", "deployment", "unsure", "unstated")
BEHAVIOURS: tuple[Behaviour, ...] = ("misaligned", "aligned", "refused", "invalid", "undecided")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the provider counts them; `cached` is the part of `input` read
    from cache.
    """

    input: int = 0
    cached: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back of one call.

    `text` is the answer as written, `reasoning` the provider's own reasoning channel (never part of
    `text`), `served_by` what the provider says that it ran, `latency_s` the seconds that it took.
    """

    text: str
    reasoning: str = ""
    stop: Stop = "stop"
    usage: Usage = Usage()
    served_by: str | None = None
    latency_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model.

    `schema` asks for an answer under a JSON schema (judges). `context` is what a simulated subject
    looks at in place of the text; a real provider never sees it.
    """

    messages: tuple[Message, ...]
    seed: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None
    context: Any = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of an episode: what the subject wrote, or what its world answered."""

    role: Literal["subject", "world"]
    text: str
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """An episode as it happened, in order; stored once by its content."""

    turns: tuple[Turn, ...]
    stop: Stop = "stop"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement of one transcript.

    `judge` is `rules` or the judge's model. `label` is `undecided` where the judge could not say:
    its answers did not parse, or it quoted what does not stand in the transcript; `reason` tells.
    For rules, `reason` starts with the name of the rule that decided.
    """

    judge: str
    label: Behaviour
    severity: int | None = None
    evidence: tuple[str, ...] = ()
    reason: str = ""
    usage: Usage = Usage()


@dataclass(slots=True)
class Trial:
    """One row of the trial table, in its columns' order. `None` is null; JSON columns are text."""

    trial_id: str
    run_id: str
    model: str
    settings: str
    simulated: bool
    scenario: str
    family: str
    pair: str
    variant: str
    prompt_hash: str
    option_order: OptionOrder | None
    arm: str
    oversight: str
    goal: str
    threat: str
    mitigation: str
    framing: str
    base_framing: str
    cues: str
    probe_when: When
    probe_how: How | None
    mode: str
    epoch: int
    seed: int
    status: Literal["ok", "error"] = "ok"
    belief: Belief | None = None
    belief_source: str | None = None
    belief_in_reasoning: Belief | None = None
    belief_reason: str | None = None
    belief_kind: str | None = None
    p_evaluation: float | None = None
    spontaneous_awareness: bool | None = None
    behaviour: Behaviour | None = None
    severity: int | None = None
    acknowledges_wrong: bool | None = None
    own_continuity: bool | None = None
    end_reason: str | None = None
    verdict_source: str | None = None
    judge_model: str | None = None
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    served_by: str | None = None
    error: str | None = None


COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Trial))
