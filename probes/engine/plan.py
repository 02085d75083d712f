"""From a specification to its trials: lazily, interleaved, each with an id that never changes.

The epochs go round outermost, and within an epoch the cells are shuffled, so that an hour, a router
or a silent update of a model can't differ by arm.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import Any, TypeVar

from ...errors import UsageError
from ...scenario_variants.framing import make_framing
from ...scenario_variants.load import Loaded, load
from ...scenario_variants.render import Rendering, Setting, render
from ..judges.blind import Blinder
from ..records import OptionOrder, Trial
from ..subjects.base import Subject
from ..variant import Probe, Variant
from .spec import SweepSpec

_T = TypeVar("_T", bound=str)


@dataclass(frozen=True)
class Cell:
    """A variant in a sweep, with the source of its scenario."""

    variant: Variant
    loaded: Loaded

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells a sweep's cells apart, by columns of the trial table: variant, pair, cues.

        The pair and the cues too: two cells whose texts happen to be equal are two.
        """
        return self.variant.hash, self.variant.pair, self.columns["cues"]

    @cached_property
    def blinder(self) -> Blinder:
        """What masks the cell's transcripts for a judge; takes longer to make than to use."""
        return Blinder(self.variant.rendering)

    @cached_property
    def examples(self) -> str:
        """The hash of the scenario's examples."""
        return sha256(repr(self.loaded.scenario.examples).encode()).hexdigest()[:32]

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The columns of the trial table that the variant fixes."""
        rendering = self.variant.rendering
        framing, setting, scenario = rendering.framing, rendering.setting, rendering.scenario
        return {
            "scenario": scenario.id,
            "family": scenario.family,
            "pair": self.variant.pair,
            "variant": self.variant.hash,
            "oversight": setting.oversight,
            "goal": setting.goal,
            "threat": setting.threat,
            "mitigation": setting.mitigation,
            "framing": framing.name,
            "base_framing": framing.base,
            "cues": json.dumps(dict(framing.levels)),
            "mode": self.variant.mode,
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """One trial to come."""

    cell: Cell
    order: OptionOrder | None
    epoch: int
    trial_id: str
    seed: int


@dataclass(frozen=True)
class SubjectPlan:
    """All trials of one subject.

    `call_settings` go with every call; `settings` is the JSON that stands in the trial table.
    """

    subject: Subject
    cells: tuple[Cell, ...]
    call_settings: Mapping[str, Any]
    settings: str
    arm: str
    epochs: int
    seed: int

    def __len__(self) -> int:
        return len(self.cells) * self.epochs

    def trials(self) -> Iterator[Planned]:
        """The trials in the order in which they are asked."""
        for epoch in range(1, self.epochs + 1):
            cells = list(self.cells)
            random.Random(f"{self.seed}/{epoch}").shuffle(cells)
            for cell in cells:
                yield self._planned(cell, epoch)

    def holds(self, trial: Trial) -> bool:
        """Whether a trial of a run file is one of these."""
        cell = self._cells.get((trial.variant, trial.pair, trial.cues))
        if cell is None or trial.epoch > self.epochs:
            return False
        return self._planned(cell, trial.epoch).trial_id == trial.trial_id

    @cached_property
    def _cells(self) -> dict[tuple[str, str, str], Cell]:
        return {cell.key: cell for cell in self.cells}

    def _planned(self, cell: Cell, epoch: int) -> Planned:
        orders = cell.variant.probe.orders
        # Which order comes first differs by variant, so that it is not the same for all at epoch 1.
        order = orders[(epoch + int(cell.variant.hash, 16)) % len(orders)]
        trial_id = _digest(self._identity(cell, order, epoch))
        return Planned(cell, order, epoch, trial_id, int(_digest({"of": trial_id}), 16) % 2**31)

    def _identity(self, cell: Cell, order: OptionOrder | None, epoch: int) -> dict[str, Any]:
        variant, pair, cues = cell.key
        # A simulated subject does not write what it reads, but the examples of the file.
        written = {"examples": cell.examples} if self.subject.simulated else {}
        return {
            **written,
            "variant": variant,
            "pair": pair,
            "cues": cues,
            "option_order": order,
            "model": self.subject.name,
            "settings": self.settings,
            "base_url": self.subject.base_url,
            "arm": self.arm,
            "epoch": epoch,
            "seed": self.seed,
        }

    def row(self, planned: Planned, run_id: str) -> Trial:
        """The trial's row as far as it is known before it is run."""
        probe = planned.cell.variant.probe
        return Trial(
            trial_id=planned.trial_id,
            run_id=run_id,
            model=self.subject.name,
            settings=self.settings,
            simulated=self.subject.simulated,
            prompt_hash=planned.cell.variant.prompt_hash(planned.order),
            option_order=planned.order,
            arm=self.arm,
            probe_when=probe.when,
            probe_how=probe.how,
            epoch=planned.epoch,
            seed=planned.seed,
            **planned.cell.columns,
        )


def _digest(identity: Mapping[str, Any]) -> str:
    text = json.dumps(identity, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:32]


def plan(spec: SweepSpec, subject: Subject) -> SubjectPlan:
    """The trials of one subject of a sweep. Raises `ScenarioError` and `UsageError`."""
    call_settings = {"max_tokens": spec.max_tokens, **spec.settings}
    scratchpad = not subject.reasons if spec.scratchpad is None else spec.scratchpad
    return SubjectPlan(
        subject=subject,
        cells=tuple(cells(spec, scratchpad=scratchpad)),
        call_settings=call_settings,
        settings=json.dumps({**call_settings, **subject.identity}, sort_keys=True),
        arm=spec.arm,
        epochs=spec.epochs,
        seed=spec.seed,
    )


def cells(spec: SweepSpec, *, scratchpad: bool) -> Iterator[Cell]:
    """Every variant of a sweep, each once. Raises `ScenarioError` and `UsageError`."""
    probes = list(dict.fromkeys(Probe.of(w, h) for w, h in product(spec.whens, spec.hows)))
    for probe in probes:
        _ = probe.orders  # what can't be asked is said here, before anything is written
    for loaded in _scenarios(spec.scenarios):
        for rendering in _renderings(spec, loaded):
            for probe in probes:
                yield Cell(Variant(rendering, probe, spec.mode, scratchpad), loaded)


def _scenarios(names: Sequence[str]) -> Iterator[Loaded]:
    seen: dict[str, str] = {}
    for name in names:
        loaded = load(name)
        other = seen.setdefault(loaded.scenario.id, name)
        if other != name:
            # In the trial table they would be one.
            raise UsageError(
                f"--scenario {name}: has the id {loaded.scenario.id!r}, as {other} has: "
                "give it one of its own, or run them into two files"
            )
        yield loaded


def _renderings(spec: SweepSpec, loaded: Loaded) -> Iterator[Rendering]:
    scenario, conditions = loaded.scenario, loaded.scenario.conditions
    threat = "replacement" if "replacement" in conditions.threat else conditions.threat[0]
    combinations = product(
        spec.goals or _default(conditions.goal, "none"),
        spec.threats or (threat,),
        spec.oversights or _default(conditions.oversight, "unstated"),
        spec.mitigations,
        spec.framings,
    )
    for goal, threat_, oversight, mitigation, level in combinations:
        setting = Setting(goal, threat_, oversight, mitigation)
        yield render(scenario, make_framing(scenario, level), setting, mode=spec.mode)


def _default(values: Sequence[_T], wanted: _T) -> tuple[_T, ...]:
    return (wanted,) if wanted in values else (values[0],)
