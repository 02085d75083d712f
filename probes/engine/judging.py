"""Judge later: what the rules left open and no judge has read, from the run file alone.

The scenario is rendered again from the source that the run file keeps, so that a run can be judged
whatever became of the library since.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import FatalProviderError
from ...scenario_variants.framing import make_framing
from ...scenario_variants.load import parse
from ...scenario_variants.models import Scenario
from ...scenario_variants.render import Setting, render
from .. import episode
from ..judges import behaviour
from ..judges.blind import Blinder
from ..records import Transcript, Trial
from ..runfile.read import RunReader
from ..runfile.write import RunWriter
from ..subjects.base import Subject
from ..variant import Probe, Variant
from .tally import Tally


async def judge_open(
    run: Path, judges: Sequence[Subject], writer: RunWriter, tally: Tally, connections: int
) -> None:
    """Ask each judge about every trial that is open and that it has no usable verdict on."""
    with RunReader(run) as reader:
        sources = _Sources(reader)
        async with asyncio.TaskGroup() as group:
            for judge in judges:
                todo = reader.to_judge((judge.name,))
                for _ in range(connections):
                    group.create_task(_work(judge, todo, sources, writer, tally))


async def _work(
    judge: Subject,
    todo: Iterator[tuple[Trial, Transcript]],
    sources: "_Sources",
    writer: RunWriter,
    tally: Tally,
) -> None:
    for trial, transcript in todo:
        if judge.name in tally.stopped:
            return
        variant = sources.variant(trial)
        case = Blinder(variant.rendering).case(episode.read(variant, transcript))
        try:
            verdict = await behaviour.judge(variant.rendering, case, judge, seed=trial.seed)
        except FatalProviderError as error:
            tally.stopped.setdefault(judge.name, str(error))
            return
        writer.add_verdict(trial.trial_id, verdict)
        tally.add_verdict(verdict)
        await asyncio.sleep(0)


@dataclass(slots=True)
class _Sources:
    """The variants of a run, rebuilt from its file; each once."""

    reader: RunReader
    _scenarios: dict[str, Scenario] = field(default_factory=dict)
    _variants: dict[tuple[str, str, str], Variant] = field(default_factory=dict)

    def variant(self, trial: Trial) -> Variant:
        key = trial.variant, trial.pair, trial.cues
        if key not in self._variants:
            self._variants[key] = self._rebuild(trial)
        return self._variants[key]

    def _rebuild(self, trial: Trial) -> Variant:
        scenario = self._scenario(trial)
        framing = make_framing(scenario, trial.base_framing, levels=json.loads(trial.cues))  # type: ignore[arg-type]
        setting = Setting(trial.goal, trial.threat, trial.oversight, trial.mitigation)  # type: ignore[arg-type]
        rendering = render(scenario, framing, setting, mode=trial.mode)
        return Variant(rendering, Probe(trial.probe_when, trial.probe_how), trial.mode)

    def _scenario(self, trial: Trial) -> Scenario:
        key = self.reader.scenario_hash(trial.trial_id) or trial.scenario
        if key not in self._scenarios:
            where = f"{self.reader.path} ({trial.scenario})"
            self._scenarios[key] = parse(self.reader.scenario_source(key), where)
        return self._scenarios[key]
