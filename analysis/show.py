"""The one renderer: any result as a terminal's print, as JSON or as Markdown.

Results say what they hold (`to_dict`), views say how it looks (blocks), and this file knows the
three forms. Nothing here loads pandas, and rich only where a terminal is printed to.
"""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from .blocks import Block, Grid, Heading, Line
from .crosstab import Crosstab
from .crosstab_view import crosstab_blocks
from .replicate import Replication
from .replicate_view import replication_blocks

if TYPE_CHECKING:
    from rich.console import Console

Result = Crosstab | Replication
# Where the output is a file or a pipe, which have no width.
WIDTH = 100
# Columns of words are not made narrower than this.
SHORTEST = 12
_STYLES = {"plain": "", "strong": "bold", "quiet": "dim", "warning": "yellow"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def blocks(result: Result) -> list[Block]:
    """The result as headings, grids and lines."""
    if isinstance(result, Crosstab):
        return list(crosstab_blocks(result))
    return list(replication_blocks(result))


def to_json(result: Result) -> str:
    """The object that `--json` prints, as text; ASCII, so that it prints anywhere."""
    return json.dumps(result.to_dict(), indent=2, allow_nan=False)


def to_terminal(result: Result, stream: TextIO, width: int | None = None) -> None:
    """Print the result; `width` in columns, by default the terminal's."""
    from rich.console import Console

    if width is None and not stream.isatty():
        width = WIDTH
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    for index, block in enumerate(blocks(result)):
        _print(console, block, first=index == 0)


def to_markdown(result: Result) -> str:
    """The result as Markdown, with pipe tables."""
    parts = ["\n".join(_markdown(block)) for block in blocks(result)]
    return "\n\n".join(parts) + "\n"


def _print(console: "Console", block: Block, *, first: bool) -> None:
    from rich.text import Text

    if isinstance(block, Heading):
        if not first:
            console.print()
        console.print(Text(block.text, style="bold" if block.level == 2 else "bold reverse"))
    elif isinstance(block, Line):
        console.print(Text(block.text, style=_STYLES[block.tone]))
    else:
        if not first:
            console.print()
        _print_grid(console, block)


def _print_grid(console: "Console", grid: Grid) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console.print(Text(grid.title, style="bold"))
    widths = [
        max(len(line) for cell in column for line in cell.split("\n"))
        for column in zip(grid.headers, *grid.rows, strict=True)
    ]
    # One blank of the box stands between two cells, and up to two of padding where there is room.
    room = (console.width - sum(widths)) // max(1, len(widths) - 1)
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1) if room >= 2 else (0, 0),
        collapse_padding=room == 2,
    )
    for index, (header, width) in enumerate(zip(grid.headers, widths, strict=True)):
        words = index < grid.left
        table.add_column(
            Text(header),
            justify="left" if words else "right",
            no_wrap=not words,
            overflow="fold",
            # Only words may be folded, and not into columns of single letters.
            min_width=min(width, SHORTEST) if words else width,
        )
    for row in grid.rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _markdown(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * (block.level + 1)} {_escaped(block.text)}"
    elif isinstance(block, Line):
        yield _escaped(block.text)
    else:
        yield f"**{_escaped(block.title)}**"
        yield ""
        yield _pipes(block.headers)
        numbers = len(block.headers) - block.left
        yield "| " + " | ".join(["---"] * block.left + ["---:"] * numbers) + " |"
        yield from map(_pipes, block.rows)


def _pipes(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |"


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text).replace("\n", "; ")
