"""What is done so far: counted while a sweep goes on, shown by whoever looks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

from ..records import Trial, Verdict

# How the reason of a verdict begins whose judge did not answer, whatever was tried.
_FAILED = "the call failed"


@dataclass(slots=True)
class Lane:
    """One model's queue in the phase that is on: trials to ask, or to judge."""

    todo: int
    done: int = 0
    in_flight: int = 0

    def seconds_left(self, seconds: float) -> float | None:
        """What is still to come, after `seconds`; None where it is too early to tell."""
        # What is in flight is half done, on the average: else the first answers of many at once
        # would make it look far too long.
        begun = self.done + self.in_flight / 2
        return seconds / begun * max(self.todo - begun, 0.0) if self.done else None


@dataclass(slots=True)
class Tally:
    """The state of a sweep, or of a judging.

    `found` trials were finished by an earlier one, `found_failed` of them as errors. `undecided` of
    the `judged` verdicts could not be decided, `judge_failed` of these because the judge could not
    be reached. `last_error` and `last_problem` are the latest reasons of a failed trial and of an
    undecided verdict. `stopped` models and `judges_stopped` hit an error that every further call
    would meet too; the reason stands with them. `open` trials of the run file are undecided in the
    end. `lanes` are the queues of the phase that began at `since`; `to_judge` is how many verdicts
    are wanted in a phase of judging, and 0 in one of asking.
    """

    total: int = 0
    found: int = 0
    found_failed: int = 0
    done: int = 0
    failed: int = 0
    judged: int = 0
    undecided: int = 0
    judge_failed: int = 0
    last_error: str = ""
    last_problem: str = ""
    open: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    interrupted: bool = False
    stopped: dict[str, str] = field(default_factory=dict)
    judges_stopped: dict[str, str] = field(default_factory=dict)
    to_judge: int = 0
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    since: float = field(default_factory=monotonic)

    @property
    def left(self) -> int:
        """Trials that are still to be asked."""
        return self.total - self.found - self.done - self.failed

    @property
    def stored(self) -> int:
        """Trials that are in the run file with an answer."""
        return self.found - self.found_failed + self.done

    @property
    def in_flight(self) -> int:
        """Calls, or episodes with the judging of them, that are under way."""
        return sum(lane.in_flight for lane in self.lanes.values())

    @property
    def all_failed(self) -> int:
        """Trials that are in the run file as errors."""
        return self.failed + self.found_failed

    @property
    def incomplete(self) -> bool:
        """Whether something failed that could succeed another time."""
        return bool(self.all_failed or self.stopped or self.judges_stopped or self.judge_failed)

    def to_dict(self) -> dict[str, Any]:
        """As a plain dictionary, without what is of use only while it goes on."""
        passing = ("to_judge", "lanes", "since")
        return {name: value for name, value in asdict(self).items() if name not in passing}

    def begin(self, lanes: Mapping[str, Lane], *, judging: bool = False) -> None:
        """A phase begins: what is counted and timed from now on is its own."""
        self.since = monotonic()
        self.to_judge = sum(lane.todo for lane in lanes.values()) if judging else 0
        self.lanes = lanes

    def seconds_left(self) -> float | None:
        """Until the slowest queue is done; None where it is too early to tell."""
        seconds = monotonic() - self.since
        stopped = self.judges_stopped if self.to_judge else self.stopped
        going = [lane for name, lane in self.lanes.items() if lane.todo and name not in stopped]
        left = [lane.seconds_left(seconds) for lane in going]
        known = [each for each in left if each is not None]
        return max(known) if known and len(known) == len(left) else None

    def add_trial(self, trial: Trial, *, free: bool) -> None:
        """Count one finished trial."""
        if trial.status == "ok":
            self.done += 1
        else:
            self.failed += 1
            self.last_error = trial.error or ""
        self._add_call(trial.input_tokens, trial.output_tokens, free)

    def add_verdict(self, verdict: Verdict, *, free: bool) -> None:
        """Count one judge's verdict."""
        self.judged += 1
        if verdict.label == "undecided":
            self.undecided += 1
            self.last_problem = verdict.reason
            self.judge_failed += verdict.reason.startswith(_FAILED)
        self._add_call(verdict.usage.input, verdict.usage.output, free)

    def _add_call(self, given: int | None, written: int | None, free: bool) -> None:
        self.input_tokens += given or 0
        self.output_tokens += written or 0
        # No price is known yet, so one paid call hides the sum.
        if not free:
            self.cost_usd = None
