"""The progress of a sweep on stderr: done, failed, in flight, tokens, cost, time left.

On a terminal it is one line that changes; elsewhere a plain line every half minute.
"""

import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .tally import Tally

PLAIN_EVERY = 30.0  # seconds


@contextmanager
def progress(tally: Tally, *, plain_every: float = PLAIN_EVERY) -> Iterator[None]:
    """Show a tally while the block runs; `plain_every` is in seconds."""
    # Not what rich takes for a terminal: FORCE_COLOR turns a log file into one.
    console = Console(stderr=True)
    if not sys.stderr.isatty() or console.is_dumb_terminal:
        with _plain(tally, plain_every):
            yield
    else:
        with Live(
            console=console,
            get_renderable=lambda: _line(tally),
            refresh_per_second=5,
            transient=True,
        ):
            yield


@contextmanager
def _plain(tally: Tally, seconds: float) -> Iterator[None]:
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(seconds):
            sys.stderr.write(f"{words(tally)}\n")
            sys.stderr.flush()

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _line(tally: Tally) -> Table:
    line = Table.grid(padding=(0, 1))
    lanes = tally.lanes.values()
    total = tally.to_judge or tally.total
    finished = sum(lane.done for lane in lanes) if tally.to_judge else tally.total - tally.left
    line.add_row(ProgressBar(total=max(total, 1), completed=finished, width=24), Text(words(tally)))
    return line


def words(tally: Tally) -> str:
    """A tally in words."""
    if tally.to_judge:
        finished = sum(lane.done for lane in tally.lanes.values())
        parts = [f"{finished:,}/{tally.to_judge:,} judged"]
    else:
        parts = [f"{tally.stored:,}/{tally.total:,} done"]
        parts += [f"{tally.judged:,} judged"] if tally.judged else []
    parts += [f"{tally.all_failed:,} failed"] if tally.all_failed else []
    parts += [f"{tally.in_flight} in flight" if tally.lanes else "starting"]
    parts += [f"{_short(tally.input_tokens)} + {_short(tally.output_tokens)} tokens", cost(tally)]
    left = tally.seconds_left()
    if tally.interrupted:
        parts.append("finishing what is in flight (Ctrl-C again: at once)")
    elif left is not None:
        parts.append(f"{_clock(left)} left")
    return " · ".join(parts)


def cost(tally: Tally) -> str:
    """The cost so far; a model without a known price says so."""
    return "cost not known" if tally.cost_usd is None else f"${tally.cost_usd:,.2f}"


def summary(tally: Tally, out: Path) -> Iterator[str]:
    """What a sweep came to, and what to do next, line by line."""
    asked, run = tally.done + tally.failed, shlex.quote(str(out))
    before = tally.found - tally.found_failed
    found = f" ({before:,} were there already)" if before else ""
    yield f"{tally.stored:,} of {tally.total:,} trials are in {out}{found}"
    if asked or tally.judged:
        tokens = f"{tally.input_tokens:,} tokens in, {tally.output_tokens:,} out"
        yield f"{asked:,} asked, {tally.judged:,} judgements: {tokens}, {cost(tally)}"
    yield from _failures(tally)
    yield from _judges(tally)
    if tally.open:
        simulated = all(name.startswith("sim/") for name in tally.lanes)
        yield _undecided(tally, run, "sim/judge" if simulated else "PROVIDER/MODEL")
    yield from _interrupted(tally)
    if tally.stored:
        yield f"next: hawthorne crosstab {run}   or   hawthorne report {run}"


def judging_summary(tally: Tally, out: Path) -> Iterator[str]:
    """What a judging came to, and what to do next, line by line."""
    run = shlex.quote(str(out))
    if tally.to_judge:
        yield f"{tally.judged:,} of {tally.to_judge:,} verdicts are in {out}, {cost(tally)}"
    else:
        why = "these judges have read all that is open" if tally.open else "no trial is open"
        yield f"nothing to judge in {out}: {why}"
    yield from _judges(tally)
    yield from _interrupted(tally)
    if tally.open:
        yield _undecided(tally, run, "PROVIDER/MODEL")
    else:
        yield f"next: hawthorne crosstab {run}   or   hawthorne report {run}"


def _failures(tally: Tally) -> Iterator[str]:
    again = "the same command with --retry-errors asks"
    for name, reason in tally.stopped.items():
        yield f"{name} stopped: {reason}"
    if tally.stopped:
        unasked = f" and {tally.left:,} not asked" if tally.left else ""
        yield f"{_trials(tally.all_failed)} failed{unasked}: once that is mended, {again} them"
    elif tally.all_failed:
        last = f" (the last: {tally.last_error})" if tally.last_error else ""
        those = "those" if tally.left else "just those"
        yield f"{_trials(tally.all_failed)} failed{last}: {again} {those} again"


def _judges(tally: Tally) -> Iterator[str]:
    for name, reason in tally.judges_stopped.items():
        yield f"judge {name} stopped: {reason}"
    if tally.undecided:
        yield f"{tally.undecided:,} judgements came to nothing (the last: {tally.last_problem})"


def _undecided(tally: Tally, run: str, judge: str) -> str:
    return f"{_trials(tally.open)} undecided: hawthorne judge {run} --judge {judge}"


def _interrupted(tally: Tally) -> Iterator[str]:
    if tally.interrupted:
        yield "interrupted: the same command goes on where this one was"


def _trials(number: int) -> str:
    return f"{number:,} trial{'' if number == 1 else 's'}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _short(count: int) -> str:
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1000:,.0f}k" if count < 10_000_000 else f"{count / 1e6:,.1f}M"
