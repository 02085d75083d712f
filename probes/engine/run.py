"""The whole of a sweep, and of a judging: set up, do, let go."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from ...errors import HawthorneError
from ..records import Trial
from ..runfile.read import RunReader
from ..runfile.write import RunWriter
from ..subjects.base import Subject
from ..subjects.registry import check_judge, make_judge, make_subject
from .estimate import check
from .interrupt import interruptible
from .judging import judge_open
from .plan import SubjectPlan, plan
from .spec import SweepSpec
from .sweep import Sweep
from .tally import Tally


def run_sweep(
    spec: SweepSpec,
    out: Path,
    *,
    connections: int = 20,
    retry_errors: bool = False,
    tally: Tally | None = None,
) -> Tally:
    """Run a sweep into a run file, or go on with one where it was.

    `tally` is filled while it goes on. Raises `HawthorneError`s for what stands in the way at the
    start; a trial that fails is counted and stored instead.
    """
    tally = tally if tally is not None else Tally()
    tally.total = sum(map(len, check(spec))) * spec.epochs
    _complete(lambda: _run_sweep(spec, out, connections, retry_errors, tally))
    return tally


def run_judging(
    run: Path, judges: tuple[str, ...], *, connections: int = 20, tally: Tally | None = None
) -> Tally:
    """Have judges read what a run's rules left open, and what they have not judged yet."""
    tally = tally if tally is not None else Tally()
    for name in judges:
        check_judge(name)
    RunReader(run).close()  # a writer would make the file that is not there

    async def work() -> None:
        make = partial(make_judge, max_connections=connections)
        async with _models(judges, make) as models:
            with RunWriter.open(run) as writer, interruptible(tally):
                await judge_open(run, models, writer, tally, connections)
        tally.open = _count_open(run)

    _complete(work)
    return tally


async def _run_sweep(
    spec: SweepSpec, out: Path, connections: int, retry_errors: bool, tally: Tally
) -> None:
    subject = partial(
        make_subject,
        settings=spec.settings,
        base_url=spec.base_url,
        max_connections=connections,
    )
    judge = partial(make_judge, max_connections=connections)
    async with _models(spec.models, subject) as subjects, _models(spec.judges, judge) as judges:
        plans = [plan(spec, subject) for subject in subjects]
        is_new = not out.exists()
        with RunWriter.open(out) as writer, interruptible(tally):
            number = writer.add_sweep(_kept(spec, subjects), _hashes(plans))
            if judges and not is_new:
                # What an earlier sweep had answered, and was killed before it was judged.
                ours = partial(_is_of, plans)
                await judge_open(out, judges, writer, tally, connections, ours)
            await Sweep(plans, judges, writer, tally, connections, retry_errors, is_new).run()
            if not (tally.interrupted or tally.stopped or tally.judges_stopped):
                writer.finish_sweep(number)
    tally.open = _count_open(out)


def _is_of(plans: list[SubjectPlan], trial: Trial) -> bool:
    return any(plan.holds(trial) for plan in plans)


def _kept(spec: SweepSpec, subjects: list[Subject]) -> dict[str, Any]:
    """The specification as the run file keeps it: without a password in an address."""
    shown = [subject.base_url for subject in subjects if subject.base_url]
    address = shown[0] if spec.base_url and shown else None
    return spec.model_dump(mode="json") | {"base_url": address}


def _hashes(plans: list[SubjectPlan]) -> dict[str, str]:
    return {cell.loaded.scenario.id: cell.loaded.hash for one in plans for cell in one.cells}


def _count_open(run: Path) -> int:
    """How many trials of a run file nobody has decided."""
    with RunReader(run) as reader:
        found = reader.counts((), {"behaviour": "undecided"})
    return int(found[0][0])


@asynccontextmanager
async def _models(
    names: tuple[str, ...], make: Callable[[str], Subject]
) -> AsyncIterator[list[Subject]]:
    async with AsyncExitStack() as stack:
        made = []
        for name in dict.fromkeys(names):
            subject = make(name)
            stack.push_async_callback(subject.close)
            made.append(subject)
        yield made


def _complete(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run to the end; the first error of ours comes out of its group alone."""
    try:
        asyncio.run(work())
    except BaseExceptionGroup as group:
        ours = group.subgroup(HawthorneError)
        raise _first(ours or group) from None


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
