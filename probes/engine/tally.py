"""What is done so far: counted while a sweep goes on, shown by whoever looks."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ..records import Trial, Usage, Verdict


@dataclass(slots=True)
class Tally:
    """The state of a sweep.

    `found` trials were finished by an earlier one, `found_failed` of them as errors. `stopped`
    models hit an error that every further call would meet too; the reason stands with them.
    """

    total: int = 0
    found: int = 0
    found_failed: int = 0
    done: int = 0
    failed: int = 0
    in_flight: int = 0
    judged: int = 0
    undecided: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    interrupted: bool = False
    stopped: dict[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Trials that are still to be asked."""
        return self.total - self.found - self.done - self.failed

    def to_dict(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return asdict(self)

    def add_trial(self, trial: Trial) -> None:
        """Count one finished trial."""
        if trial.status == "ok":
            self.done += 1
        else:
            self.failed += 1
        self.input_tokens += trial.input_tokens or 0
        self.output_tokens += trial.output_tokens or 0
        if trial.status == "ok":
            known = self.cost_usd is not None and trial.cost_usd is not None
            self.cost_usd = (self.cost_usd or 0) + (trial.cost_usd or 0) if known else None

    def add_verdict(self, verdict: Verdict) -> None:
        """Count one judge's verdict."""
        self.judged += 1
        self.undecided += verdict.label == "undecided"
        self.add_usage(verdict.usage)

    def add_usage(self, usage: Usage) -> None:
        """Count a judge's tokens."""
        self.input_tokens += usage.input
        self.output_tokens += usage.output
