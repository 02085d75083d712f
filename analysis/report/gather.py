"""All that a report shows, gathered from one run file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from ...probes.runfile import RunReader
from ..blocks import Block, Heading
from ..crosstab import Crosstab, Group, crosstab
from ..crosstab_view import group_blocks, group_title
from ..table import from_trials
from . import figure, findings, head, left_out, marks, overview, page, sample
from .transcripts import Collector

BY = ("model", "scenario")
# With more groups than this, the first numbers are those of a table.
_NUMBERED = 3
_FIGURES: tuple[tuple[marks.Kind, str], ...] = (
    ("belief", "Rate of misaligned acts, by the belief that the model stated"),
    ("framing", "Rate of misaligned acts, by the framing that the model was given"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its caption, in sentences."""

    svg: Markup
    caption: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The tables of one group of trials; `id` is where links lead."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def report(run: Path, transcripts: int) -> str:
    """The HTML of a report on a run file. Raises `RunFileError`."""
    with RunReader(run) as reader:
        summary = reader.summary()
        table = from_trials(reader.trials(), run.name)
        result = crosstab(table, BY)
        drawn = sample.draw(table.frame, transcripts)
        context = {
            **head.head(table.frame, summary),
            "summary": findings.summary(result.groups) if len(result.groups) > 1 else None,
            "numbers": len(result.groups) <= _NUMBERED,
            "findings": [findings.finding(group) for group in result.groups],
            "figures": list(_figures(result)),
            "parts": [_part(group, place) for place, group in enumerate(result.groups, start=1)],
            "left_out": left_out.left_out(result),
            "overview": list(overview.grids(reader, table.frame, summary)),
            "sweeps": overview.sweeps(summary, run.name),
            "sample": drawn,
        }
        return page.render(context, Collector(reader, drawn).collect())


def _figures(result: Crosstab) -> Iterator[Figure]:
    for kind, title in _FIGURES:
        panels = marks.panels(result, kind)
        if not panels:
            continue
        drawn = Markup(figure.draw(panels, kind=kind, title=title))
        yield Figure(drawn, (f"{title}.", *marks.caption(panels, kind)))


def _part(group: Group, place: int) -> Part:
    title = group_title(group.group, simulated=group.simulated)
    blocks = tuple(block for block in group_blocks(group) if not isinstance(block, Heading))
    return Part(f"group-{place}", title, blocks)
