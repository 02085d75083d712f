"""What a sweep would ask for: shown by a dry run, before anything is spent."""

from dataclasses import asdict, dataclass
from typing import Any

from .plan import Cell, cells
from .spec import SweepSpec

CHARACTERS_PER_TOKEN = 4
TYPICAL_ANSWER = 500  # tokens; what a subject writes to act on one mailbox
JUDGE_PROMPT, JUDGE_ANSWER = 1500, 200  # tokens


@dataclass(frozen=True, slots=True)
class Forecast:
    """Counts of a sweep; tokens are estimates (about four characters each)."""

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


def forecast(spec: SweepSpec) -> Forecast:
    """Count a sweep. Raises what planning it raises, such as for a missing scenario."""
    variants = list(cells(spec, scratchpad=spec.scratchpad is not False))
    models = len(dict.fromkeys(spec.models))
    trials = len(variants) * spec.epochs * models
    judged = trials * len(dict.fromkeys(spec.judges))
    prompts = [_tokens(cell) for cell in variants]
    return Forecast(
        trials=trials,
        variants=len(variants),
        models=models,
        subject_calls=trials,
        judge_calls_at_most=judged,
        input_tokens=sum(prompts) * spec.epochs * models + judged * JUDGE_PROMPT,
        output_tokens=trials * min(TYPICAL_ANSWER, spec.max_tokens) + judged * JUDGE_ANSWER,
        prompt_tokens_largest=max(prompts, default=0),
    )


def _tokens(cell: Cell) -> int:
    messages = cell.variant.messages(cell.variant.probe.orders[0])
    return sum(len(message.content) for message in messages) // CHARACTERS_PER_TOKEN
