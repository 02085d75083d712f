"""Judges at work: on a trial that was just stored, and later, from the run file alone.

Later the scenario is rendered again from the source that the run file keeps, so that a run can be
judged whatever became of the library since.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import FatalProviderError
from ...scenario_variants.framing import make_framing
from ...scenario_variants.load import Loaded, parse
from ...scenario_variants.render import Setting, render
from .. import episode
from ..episode import Episode
from ..judges import behaviour
from ..records import Transcript, Trial
from ..runfile.read import RunReader
from ..runfile.write import RunWriter
from ..subjects.base import Subject
from ..subjects.registry import at_once
from ..variant import Probe, Variant
from .plan import Cell
from .tally import Lane, Tally

Wanted = Callable[[Trial], bool]
_BREATH = 500  # rows that are counted before the loop gets a word in


def _every(_: Trial) -> bool:
    return True


async def ask_judge(
    judge: Subject, trial: Trial, cell: Cell, read: Episode, writer: RunWriter, tally: Tally
) -> None:
    """Have a judge read one trial and store its verdict; one that was stopped is left alone."""
    if judge.name in tally.judges_stopped:
        return
    rendering, case = cell.variant.rendering, cell.blinder.case(read)
    try:
        verdict = await behaviour.judge(rendering, case, judge, seed=trial.seed)
    except FatalProviderError as error:
        tally.judges_stopped.setdefault(judge.name, str(error))
        return
    writer.add_verdict(trial.trial_id, verdict)
    tally.add_verdict(verdict, free=judge.free)


async def judge_open(
    run: Path,
    judges: Sequence[Subject],
    writer: RunWriter,
    tally: Tally,
    connections: int,
    wanted: Wanted = _every,
) -> None:
    """Ask each judge about every open trial that it has no usable verdict on.

    `wanted` says which trials count; by default all of the run.
    """
    with RunReader(run) as reader:
        lanes = {judge.name: Lane(await counted(_todo(reader, judge, wanted))) for judge in judges}
        tally.begin(lanes, judging=True)
        bench = _Bench(writer, tally, _Cells(reader))
        async with asyncio.TaskGroup() as group:
            for judge in judges:
                lane, todo = lanes[judge.name], _todo(reader, judge, wanted)
                for _ in range(min(at_once(judge, connections), lane.todo)):
                    group.create_task(bench.work(judge, todo, lane))


async def counted(items: Iterable[object]) -> int:
    """How many there are, without keeping anybody else waiting for long."""
    number = 0
    for _ in items:
        number += 1
        if number % _BREATH == 0:
            await asyncio.sleep(0)
    return number


def _todo(reader: RunReader, judge: Subject, wanted: Wanted) -> Iterator[tuple[Trial, Transcript]]:
    return (pair for pair in reader.to_judge((judge.name,)) if wanted(pair[0]))


@dataclass(slots=True)
class _Bench:
    """What the workers of all judges share."""

    writer: RunWriter
    tally: Tally
    cells: "_Cells"

    async def work(
        self, judge: Subject, todo: Iterator[tuple[Trial, Transcript]], lane: Lane
    ) -> None:
        while not (self.tally.interrupted or judge.name in self.tally.judges_stopped):
            trial, transcript = next(todo, (None, None))
            if trial is None or transcript is None:
                return
            lane.in_flight += 1
            try:
                cell = self.cells.of(trial)
                read = episode.read(cell.variant, transcript)
                await ask_judge(judge, trial, cell, read, self.writer, self.tally)
            finally:
                lane.in_flight -= 1
            lane.done += 1
            # A judge that never waits must not keep the others from their turn.
            await asyncio.sleep(0)


@dataclass(slots=True)
class _Cells:
    """The cells of a run, rebuilt from its file; each once."""

    reader: RunReader
    _scenarios: dict[str, Loaded] = field(default_factory=dict)
    _cells: dict[tuple[str, str, str], Cell] = field(default_factory=dict)

    def of(self, trial: Trial) -> Cell:
        key = trial.variant, trial.pair, trial.cues
        if key not in self._cells:
            self._cells[key] = self._rebuilt(trial)
        return self._cells[key]

    def _rebuilt(self, trial: Trial) -> Cell:
        loaded = self._loaded(trial)
        framing = make_framing(loaded.scenario, trial.base_framing, levels=json.loads(trial.cues))  # type: ignore[arg-type]
        setting = Setting(trial.goal, trial.threat, trial.oversight, trial.mitigation)  # type: ignore[arg-type]
        rendering = render(loaded.scenario, framing, setting, mode=trial.mode)
        probe = Probe(trial.probe_when, trial.probe_how)
        return Cell(Variant(rendering, probe, trial.mode), loaded)

    def _loaded(self, trial: Trial) -> Loaded:
        key = self.reader.scenario_hash(trial.trial_id) or trial.scenario
        if key not in self._scenarios:
            where = f"{self.reader.path} ({trial.scenario})"
            source = self.reader.scenario_source(key)
            self._scenarios[key] = Loaded(parse(source, where), source, where)
        return self._scenarios[key]
