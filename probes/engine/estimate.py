"""What a sweep would ask for: shown by a dry run, before anything is spent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..subjects.registry import check_judge, check_subject
from .plan import Cell, cells
from .spec import SweepSpec

CHARACTERS_PER_TOKEN = 4
TYPICAL_ANSWER = 500  # tokens; what a subject writes to act on one mailbox
JUDGE_PROMPT, JUDGE_ANSWER = 1500, 200  # tokens


@dataclass(frozen=True, slots=True)
class Forecast:
    """Counts of a sweep; tokens are estimates (about four characters each).

    `judge_calls_at_most` is what it takes if the rules decide nothing. A judge whose answer can't
    be read is asked again.
    """

    trials: int
    variants: int
    models: int
    subject_calls: int
    judge_calls_at_most: int
    input_tokens: int
    output_tokens: int
    prompt_tokens_largest: int

    def to_dict(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return asdict(self)

    def in_words(self) -> str:
        """As a person reads it."""
        calls = f"{self.subject_calls:,} calls to {_count(self.models, 'subject')}"
        if self.judge_calls_at_most:
            calls += f", at most {self.judge_calls_at_most:,} to judges"
        return "\n".join(
            (
                f"{self.trials:,} trials of {_count(self.variants, 'variant')}: {calls}",
                f"about {self.input_tokens:,} tokens in and {self.output_tokens:,} out "
                f"(the longest prompt has about {self.prompt_tokens_largest:,})",
                "nothing was asked; leave --dry-run away to run it",
            )
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def check(spec: SweepSpec) -> list[Sequence[Cell]]:
    """The cells of each model, nobody asked and no key needed.

    Raises what a sweep raises for a model, a judge, a setting or a scenario that does not exist.
    """
    for judge in spec.judges:
        check_judge(judge)
    reasons = [check_subject(name, spec.settings, spec.base_url) for name in spec.models]
    pads = [not channel if spec.scratchpad is None else spec.scratchpad for channel in reasons]
    made = {pad: tuple(cells(spec, scratchpad=pad)) for pad in dict.fromkeys(pads)}
    return [made[pad] for pad in pads]


def forecast(spec: SweepSpec) -> Forecast:
    """Count a sweep. Raises what `check` raises."""
    every = [cell for own in check(spec) for cell in own]
    trials = len(every) * spec.epochs
    judged = trials * len(spec.judges)
    prompts = [_tokens(cell) for cell in every]
    return Forecast(
        trials=trials,
        variants=len({cell.key for cell in every}),
        models=len(spec.models),
        subject_calls=trials,
        judge_calls_at_most=judged,
        input_tokens=sum(prompts) * spec.epochs + judged * JUDGE_PROMPT,
        output_tokens=trials * min(TYPICAL_ANSWER, spec.max_tokens) + judged * JUDGE_ANSWER,
        prompt_tokens_largest=max(prompts, default=0),
    )


def _tokens(cell: Cell) -> int:
    messages = cell.variant.messages(cell.variant.probe.orders[0])
    return sum(len(message.content) for message in messages) // CHARACTERS_PER_TOKEN
