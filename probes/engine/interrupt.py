"""Ctrl-C, and the signal that schedulers send: once to finish, twice to stop."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .tally import Tally

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# A thread that is not the main one, or a system whose loops have no signals: nothing changes there.
_NOT_HERE = (NotImplementedError, ValueError, RuntimeError)


@contextmanager
def interruptible(tally: Tally) -> Iterator[None]:
    """Once: `tally.interrupted`, by which workers take nothing new. Twice: cancelled at once."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt() -> None:
        if tally.interrupted and task:
            task.cancel()
        tally.interrupted = True

    # What a parent had us ignore (a job in the background) stays ignored.
    signals = [each for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    with suppress(*_NOT_HERE):
        for each in signals:
            loop.add_signal_handler(each, interrupt)
    try:
        yield
    finally:
        with suppress(*_NOT_HERE):
            for each in signals:
                loop.remove_signal_handler(each)
