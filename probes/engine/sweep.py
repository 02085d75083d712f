"""Run a sweep: have its trials answered, store each as it finishes, and have the open ones judged.

Every subject has its own workers, so that a slow one holds up no other. A transcript is stored
before a judge sees it: a judge that fails costs a verdict, and never a second draw of the subject.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import FatalProviderError, ProviderError
from .. import episode
from ..episode import Episode
from ..records import Reply, Transcript, Trial, Verdict
from ..runfile.write import RunWriter
from ..subjects.base import Subject
from ..subjects.registry import at_once
from .judging import ask_judge
from .plan import Planned, SubjectPlan
from .tally import Lane, Tally

MAX_ERROR = 500
_BREATH = 500  # trials that are looked up before the loop gets a word in


@dataclass(slots=True)
class Sweep:
    """A sweep under way. `connections`: how many calls each subject has open at most.

    `is_new`: the run file holds nothing yet, and need not be looked into. Nothing new is taken once
    `tally.interrupted` is set.
    """

    plans: Sequence[SubjectPlan]
    judges: Sequence[Subject]
    writer: RunWriter
    tally: Tally
    connections: int = 20
    retry_errors: bool = False
    is_new: bool = False

    async def run(self) -> None:
        """Ask for every trial that the run file does not hold yet."""
        self.tally.total = sum(map(len, self.plans))
        lanes = {plan.subject.name: await self._look(plan) for plan in self.plans}
        self.tally.begin(lanes)
        async with asyncio.TaskGroup() as group:
            for plan in self.plans:
                lane, todo = lanes[plan.subject.name], self._todo(plan)
                for _ in range(min(at_once(plan.subject, self.connections), lane.todo)):
                    group.create_task(self._work(plan, todo, lane))

    async def _look(self, plan: SubjectPlan) -> Lane:
        """A plan's queue; what an earlier sweep finished is counted."""
        if self.is_new:
            return Lane(len(plan))
        lane = Lane(0)
        for number, planned in enumerate(plan.trials()):
            if self.writer.has(planned.trial_id):
                self.tally.found += 1
            elif self._is_done(planned):
                self.tally.found += 1
                self.tally.found_failed += 1
            else:
                lane.todo += 1
            if number % _BREATH == 0:
                await asyncio.sleep(0)
        return lane

    def _todo(self, plan: SubjectPlan) -> Iterator[Planned]:
        return (planned for planned in plan.trials() if not self._is_done(planned))

    def _is_done(self, planned: Planned) -> bool:
        return self.writer.is_done(planned.trial_id, retry_errors=self.retry_errors)

    async def _work(self, plan: SubjectPlan, todo: Iterator[Planned], lane: Lane) -> None:
        name = plan.subject.name
        while not (self.tally.interrupted or name in self.tally.stopped):
            planned = next(todo, None)
            if planned is None:
                return
            lane.in_flight += 1
            try:
                await self._trial(plan, planned)
            except FatalProviderError as error:
                self.tally.stopped.setdefault(name, str(error))
            finally:
                lane.in_flight -= 1
            lane.done += 1
            # A subject that never waits must not keep the others from their turn.
            await asyncio.sleep(0)

    async def _trial(self, plan: SubjectPlan, planned: Planned) -> None:
        trial = plan.row(planned, self.writer.run_id)
        variant = planned.cell.variant
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
            self._store(plan, planned, trial, None)
            if isinstance(error, FatalProviderError):
                raise
            return
        try:
            read = episode.read(variant, transcript)
        except Exception as error:
            # An error of ours, which ends the sweep; but the answer was paid for, and is kept.
            trial.status, trial.error = "error", f"it could not be read: {error!r}"[:MAX_ERROR]
            self._store(plan, planned, trial, transcript)
            raise
        fill_row(trial, read, transcript, reply, free=plan.subject.free)
        self._store(plan, planned, trial, transcript, read.verdict)
        if read.verdict is None:
            for judge in self.judges:
                await ask_judge(judge, trial, planned.cell, read, self.writer, self.tally)

    def _store(
        self,
        plan: SubjectPlan,
        planned: Planned,
        trial: Trial,
        transcript: Transcript | None,
        rules: Verdict | None = None,
    ) -> None:
        # With the sources just before it: the trial is tied to the scenario that came last.
        loaded, variant = planned.cell.loaded, planned.cell.variant
        self.writer.add_scenario(loaded.scenario.id, loaded.hash, loaded.source)
        self.writer.add_prompt(trial.prompt_hash, variant.messages(planned.order), variant.tools())
        self.writer.add_trial(trial, transcript, rules)
        self.tally.add_trial(trial, free=plan.subject.free)


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
