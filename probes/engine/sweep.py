"""Run a sweep: have its trials answered, store each as it finishes, and have the open ones judged.

Every subject has its own workers, so that a slow one holds up no other. A transcript is stored
before a judge sees it: a judge that fails costs a verdict, and never a second draw of the subject.
"""

import asyncio
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ...errors import FatalProviderError, ProviderError
from .. import episode
from ..episode import Episode
from ..judges import behaviour
from ..judges.blind import Blinder
from ..records import Reply, Transcript, Trial, Verdict
from ..runfile.write import RunWriter
from ..subjects.base import Subject
from ..variant import Variant
from .plan import Planned, SubjectPlan
from .tally import Tally

MAX_ERROR = 500


@dataclass(slots=True)
class Sweep:
    """A sweep under way. `connections`: how many calls each subject has open at most."""

    plans: Sequence[SubjectPlan]
    judges: Sequence[Subject]
    writer: RunWriter
    tally: Tally
    connections: int = 20
    retry_errors: bool = False
    stopping: bool = False

    async def run(self) -> None:
        """Ask for every trial that the run file does not hold yet."""
        self.tally.total = sum(len(plan) for plan in self.plans)
        with _interruptible(self):
            async with asyncio.TaskGroup() as group:
                for plan in self.plans:
                    todo = self._todo(plan)
                    for _ in range(min(self.connections, len(plan))):
                        group.create_task(self._work(plan, todo))

    def _todo(self, plan: SubjectPlan) -> Iterator[Planned]:
        for planned in plan.trials():
            if self.writer.is_done(planned.trial_id, retry_errors=self.retry_errors):
                self.tally.found += 1
                self.tally.found_failed += not self.writer.has(planned.trial_id)
            else:
                yield planned

    async def _work(self, plan: SubjectPlan, todo: Iterator[Planned]) -> None:
        name = plan.subject.name
        for planned in todo:
            self.tally.in_flight += 1
            try:
                await self._trial(plan, planned)
            except FatalProviderError as error:
                self.tally.stopped.setdefault(name, str(error))
            finally:
                self.tally.in_flight -= 1
            if self.stopping or name in self.tally.stopped:
                return
            # A subject that never waits must not keep the others from their turn.
            await asyncio.sleep(0)

    async def _trial(self, plan: SubjectPlan, planned: Planned) -> None:
        trial = plan.row(planned, self.writer.run_id)
        variant = planned.cell.variant
        self._store_sources(planned)
        try:
            transcript, reply = await episode.run(
                variant,
                planned.order,
                plan.subject,
                seed=planned.seed,
                settings=plan.call_settings,
            )
        except ProviderError as error:
            trial.status, trial.error = "error", str(error)[:MAX_ERROR]
            self._store(trial, None, None)
            if isinstance(error, FatalProviderError):
                raise
            return
        read = episode.read(variant, transcript)
        fill_row(trial, read, transcript, reply, free=plan.subject.free)
        self._store(trial, transcript, read.verdict)
        if read.verdict is None:
            await self._judge(trial, variant, read)

    def _store_sources(self, planned: Planned) -> None:
        loaded, variant = planned.cell.loaded, planned.cell.variant
        self.writer.add_scenario(loaded.scenario.id, loaded.hash, loaded.source)
        self.writer.add_prompt(
            variant.prompt_hash(planned.order), variant.messages(planned.order), variant.tools()
        )

    def _store(self, trial: Trial, transcript: Transcript | None, rules: Verdict | None) -> None:
        self.writer.add_trial(trial, transcript, rules)
        self.tally.add_trial(trial)

    async def _judge(self, trial: Trial, variant: Variant, read: Episode) -> None:
        for judge in self.judges:
            if judge.name in self.tally.stopped:
                continue
            case = Blinder(variant.rendering).case(read)
            try:
                verdict = await behaviour.judge(variant.rendering, case, judge, seed=trial.seed)
            except FatalProviderError as error:
                self.tally.stopped.setdefault(judge.name, str(error))
                continue
            self.writer.add_verdict(trial.trial_id, verdict)
            self.tally.add_verdict(verdict)


def fill_row(
    trial: Trial, read: Episode, transcript: Transcript, reply: Reply, *, free: bool
) -> None:
    """Write into a row what was read of its transcript, and what the provider said of the call."""
    belief = read.belief
    trial.belief = belief.belief
    trial.belief_source = belief.source
    trial.belief_reason = belief.reason
    trial.belief_in_reasoning = belief.in_reasoning
    trial.p_evaluation = belief.p_evaluation
    trial.end_reason = transcript.stop
    trial.input_tokens = reply.usage.input
    trial.cached_tokens = reply.usage.cached
    trial.output_tokens = reply.usage.output
    trial.cost_usd = 0.0 if free else None
    trial.latency_s = round(reply.latency_s, 4)
    trial.served_by = reply.served_by


@contextmanager
def _interruptible(sweep: Sweep) -> Iterator[None]:
    """Ctrl-C once: what is in flight finishes and is stored. Twice: stop at once."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt() -> None:
        if sweep.stopping and task:
            task.cancel()
        sweep.stopping = sweep.tally.interrupted = True

    with suppress(NotImplementedError, ValueError, RuntimeError):
        loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        with suppress(NotImplementedError, ValueError, RuntimeError):
            loop.remove_signal_handler(signal.SIGINT)
