"""The whole of a sweep, and of a judging: set up, do, let go."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from ...errors import HawthorneError
from ..runfile.read import RunReader
from ..runfile.write import RunWriter
from ..subjects.base import Subject
from ..subjects.registry import make_judge, make_subject
from .judging import judge_open
from .plan import plan
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
    _complete(lambda: _run_sweep(spec, out, connections, retry_errors, tally))
    return tally


def run_judging(
    run: Path, judges: tuple[str, ...], *, connections: int = 20, tally: Tally | None = None
) -> Tally:
    """Have judges read what a run's rules left open, and what they have not judged yet."""
    tally = tally if tally is not None else Tally()
    RunReader(run).close()  # a writer would make the file that is not there

    def make(name: str) -> Subject:
        return make_judge(name, max_connections=connections)

    async def work() -> None:
        async with _models(judges, make) as models:
            with RunWriter.open(run) as writer:
                await judge_open(run, models, writer, tally, connections)

    _complete(work)
    return tally


async def _run_sweep(
    spec: SweepSpec, out: Path, connections: int, retry_errors: bool, tally: Tally
) -> None:
    def subject(name: str) -> Subject:
        return make_subject(
            name, settings=spec.settings, base_url=spec.base_url, max_connections=connections
        )

    def judge(name: str) -> Subject:
        return make_judge(name, max_connections=connections)

    async with _models(spec.models, subject) as subjects, _models(spec.judges, judge) as judges:
        plans = [plan(spec, subject) for subject in subjects]
        hashes = {cell.loaded.scenario.id: cell.loaded.hash for one in plans for cell in one.cells}
        with RunWriter.open(out) as writer:
            number = writer.add_sweep(spec.model_dump(mode="json"), hashes)
            if judges:
                # What an earlier sweep had answered, and was killed before it was judged.
                await judge_open(out, judges, writer, tally, connections)
            sweep = Sweep(plans, judges, writer, tally, connections, retry_errors)
            await sweep.run()
            if not tally.interrupted and not tally.stopped:
                writer.finish_sweep(number)


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
