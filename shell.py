"""What every command shares with the shell that it is called from: streams and exit codes."""

import io
import os
import sys
import traceback
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any, NoReturn

from . import __version__
from .errors import HawthorneError, UsageError

DONE, BAD_INPUT, PARTLY, OUR_ERROR, INTERRUPTED = 0, 2, 3, 70, 130


def say(message: str) -> None:
    """Print a message, to where messages go."""
    sys.stderr.write(message + "\n")


def run(app: Callable[[], object]) -> NoReturn:
    """Run a command line to its end, and exit with the code that it deserves.

    What a user can mend is one line and exit 2; an error of our own is shown whole, exit 70.
    """
    _open_streams()
    sys.exit(_code(app))


def _code(app: Callable[[], object]) -> int:
    code = DONE
    try:
        code = _called(app)
        sys.stdout.flush()
    except _ReaderLeft:
        pass
    except HawthorneError as error:
        say(f"hawthorne: {error}")
        return BAD_INPUT
    except (KeyboardInterrupt, CancelledError):
        say("hawthorne: interrupted; what was finished is stored")
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        say(f"hawthorne {__version__}: this is an error of ours; please report it with the above")
        return OUR_ERROR
    return code


def _called(app: Callable[[], object]) -> int:
    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else DONE
    return DONE


class _ReaderLeft(Exception):
    """Whoever read our output has seen enough: no fault, and no reason to go on."""


class _Output(io.FileIO):
    """Standard output; what stops it is told in our own way, before rich and typer have theirs."""

    _stopped = False

    def write(self, data: Any) -> int:
        """Write, or say why not, once: at the exit the rest is dropped."""
        if self._stopped:
            return len(data)
        try:
            return super().write(data)
        except OSError as error:
            self._stopped = True
            if isinstance(error, BrokenPipeError):
                raise _ReaderLeft from None
            raise UsageError(f"the output can't be written: {error.strerror}") from None


class _Messages(io.FileIO):
    """Standard error: a sweep does not end because nobody reads its progress."""

    def write(self, data: Any) -> int:
        """Write, or drop it."""
        try:
            return super().write(data)
        except OSError:
            return len(data)


def _open_streams() -> None:
    if os.name == "nt":  # a console there is no file
        return
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed: the next file that is opened must not get its number
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = _text(_Output(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Messages(2, "w", closefd=False), sys.stderr)


def _text(raw: io.FileIO, before: Any) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(before, "encoding", None) or "utf-8",
        errors="backslashreplace",  # half a surrogate pair, or a terminal that knows few signs
        line_buffering=raw.isatty() or isinstance(raw, _Messages),
    )
