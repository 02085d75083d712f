"""All that a report shows, gathered from one run file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ... import __version__
from ...probes.runfile import RunReader, RunSummary
from .. import words
from ..blocks import Block, Heading, plain
from ..columns import FRAMINGS
from ..crosstab import Crosstab, Group, crosstab
from ..crosstab_view import group_blocks, group_title
from ..table import SIMULATED_PREFIX, from_trials
from . import figure, findings, left_out, marks, overview, page, sample
from .transcripts import Collector, asked

if TYPE_CHECKING:
    import pandas as pd

BY = ("model", "scenario")
# So many names are listed in the head before they are only counted.
_NAMED = 4
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
            **_head(table.frame, summary),
            "findings": [findings.finding(group) for group in result.groups],
            "figures": list(_figures(result)),
            "parts": [_part(group, place) for place, group in enumerate(result.groups, start=1)],
            "left_out": left_out.left_out(result),
            "overview": list(overview.grids(reader, table.frame, summary)),
            "sweeps": overview.sweeps(summary, run.name),
            "sample": drawn,
        }
        return page.render(context, Collector(reader, drawn).collect())


def _head(frame: "pd.DataFrame", summary: RunSummary) -> dict[str, Any]:
    models = sorted(str(name) for name in frame["model"].dropna().unique())
    simulated = {str(name) for name in frame.loc[frame["simulated"], "model"].unique()}
    scenarios = sorted(str(name) for name in frame["scenario"].dropna().unique())
    judges = [each.judge for each in summary.judges if each.judge.startswith(SIMULATED_PREFIX)]
    return {
        "run": summary.run_id,
        "title": _title(models, scenarios, simulated),
        "line": _line(frame, models, scenarios, simulated),
        "made_with": summary.hawthorne,
        "version": __version__,
        "first": overview.moment(summary.first_at or summary.created_at),
        "last": overview.moment(summary.last_at or summary.created_at),
        "writing": summary.writing,
        "simulated": [plain(name) for name in models if name in simulated],
        "measured": [plain(name) for name in models if name not in simulated],
        "scripted_judges": [plain(name) for name in judges],
        "trials": len(frame),
    }


def _title(models: list[str], scenarios: list[str], simulated: set[str]) -> str:
    if not models:
        return "A run without trials"
    whose = _several(
        [overview.labelled(name, simulated=name in simulated) for name in models], "models"
    )
    return f"{whose} on {_several(scenarios, 'scenarios')}: belief and behaviour"


def _line(
    frame: "pd.DataFrame", models: list[str], scenarios: list[str], simulated: set[str]
) -> str:
    """What was run, in one sentence."""
    if not len(frame):
        return "The run file holds no trials yet."
    shown = [overview.labelled(name, simulated=name in simulated) for name in models]
    framings = [name for name in FRAMINGS if (frame["framing"] == name).any()]
    parts = [
        f"{words.count(len(frame))} {'trial' if len(frame) == 1 else 'trials'} of "
        f"{_several(shown, 'models')}",
        f"in {_several(scenarios, 'scenarios')}",
        f"under the {_listed(framings)} framing{'s' if len(framings) > 1 else ''}",
    ]
    return f"{' '.join(parts)}; belief {' or '.join(_ways(frame))}."


def _ways(frame: "pd.DataFrame") -> list[str]:
    probes = frame[["probe_when", "probe_how"]].drop_duplicates()
    rows = probes.astype(object).where(probes.notna(), None).to_dict("records")
    ways = sorted({asked(row) for row in rows})
    return [way if way == "not asked" else f"asked {way}" for way in ways]


def _several(names: list[str], noun: str) -> str:
    if len(names) > _NAMED:
        return f"{len(names)} {noun}"
    return _listed([plain(name) for name in names])


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


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
