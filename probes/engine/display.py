"""The progress of a sweep on stderr: done, failed, in flight, tokens, cost, time left.

On a terminal it is one line that changes; elsewhere a plain line every half minute.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .tally import Tally

PLAIN_EVERY = 30.0  # seconds


@contextmanager
def progress(tally: Tally, *, quiet: bool = False) -> Iterator[None]:
    """Show a tally while the block runs."""
    console = Console(stderr=True)
    if quiet:
        yield
    elif console.is_terminal:
        started = monotonic()
        with Live(
            console=console,
            get_renderable=lambda: _line(tally, monotonic() - started),
            refresh_per_second=5,
            transient=True,
        ):
            yield
    else:
        with _plain(console, tally):
            yield


@contextmanager
def _plain(console: Console, tally: Tally) -> Iterator[None]:
    ended = threading.Event()
    started = monotonic()

    def tell() -> None:
        while not ended.wait(PLAIN_EVERY):
            console.print(words(tally, monotonic() - started), highlight=False, soft_wrap=True)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _line(tally: Tally, seconds: float) -> Table:
    line = Table.grid(padding=(0, 1))
    finished = tally.total - tally.left
    line.add_row(
        ProgressBar(total=max(tally.total, 1), completed=finished, width=30),
        Text(words(tally, seconds)),
    )
    return line


def words(tally: Tally, seconds: float) -> str:
    """A tally in words, `seconds` after its start."""
    parts = [f"{tally.found + tally.done:,}/{tally.total:,} done"]
    parts += [f"{tally.failed:,} failed"] if tally.failed else []
    parts += [f"{tally.in_flight} in flight"]
    parts += [f"{tally.judged:,} judged"] if tally.judged else []
    parts += [f"{_short(tally.input_tokens)} + {_short(tally.output_tokens)} tokens", cost(tally)]
    parts += ["finishing what is in flight (Ctrl-C again: at once)"] * tally.interrupted
    if not tally.interrupted and (left := _time_left(tally, seconds)):
        parts.append(f"{left} left")
    return " · ".join(parts)


def cost(tally: Tally) -> str:
    """The cost so far; a model without a known price says so."""
    return "cost not known" if tally.cost_usd is None else f"${tally.cost_usd:,.2f}"


def summary(tally: Tally, out: Path) -> Iterator[str]:
    """What a sweep came to, and what to do next, line by line."""
    asked = tally.done + tally.failed
    found = f" ({tally.found:,} were there already)" if tally.found else ""
    yield f"{tally.found + tally.done:,} of {tally.total:,} trials are in {out}{found}"
    if asked:
        tokens = f"{tally.input_tokens:,} tokens in, {tally.output_tokens:,} out"
        yield f"{asked:,} asked, {tally.judged:,} judgements: {tokens}, {cost(tally)}"
    for name, reason in tally.stopped.items():
        yield f"{name} stopped: {reason}"
    if tally.failed or tally.found_failed:
        failed = tally.failed + tally.found_failed
        again = "the same command with --retry-errors asks just those again"
        yield f"{failed:,} trials failed: {again}"
    if tally.interrupted:
        yield "interrupted: the same command goes on where this one was"
    yield f"next: hawthorne crosstab {out}   or   hawthorne report {out}"


def _time_left(tally: Tally, seconds: float) -> str:
    asked = tally.done + tally.failed
    if not asked or not tally.left:
        return ""
    left = round(seconds / asked * tally.left)
    minutes, rest = divmod(left, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _short(count: int) -> str:
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1000:,.0f}k" if count < 10_000_000 else f"{count / 1e6:,.1f}M"
