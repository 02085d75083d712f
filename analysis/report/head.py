"""The head of a report: what was run in one sentence, when, by which version, what is simulated."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...probes.runfile import RunSummary
from .. import words
from ..blocks import plain
from ..columns import FRAMINGS
from ..table import SIMULATED_PREFIX
from .overview import labelled, moment
from .transcripts import asked

if TYPE_CHECKING:
    import pandas as pd

# So many names stand in the title, and in the sentence below it, before they are only counted.
_IN_TITLE, _IN_LINE = 2, 4


def head(frame: "pd.DataFrame", summary: RunSummary) -> dict[str, Any]:
    """What the head of the page shows."""
    simulated = {str(name) for name in frame.loc[frame["simulated"], "model"].unique()}
    models = sorted(str(name) for name in frame["model"].dropna().unique())
    scenarios = sorted(plain(name) for name in frame["scenario"].dropna().unique())
    shown = [labelled(name, simulated=name in simulated) for name in models]
    judges = [each.judge for each in summary.judges if each.judge.startswith(SIMULATED_PREFIX)]
    return {
        "run": plain(summary.run_id),
        "title": _title(shown, scenarios),
        "line": _line(frame, shown, scenarios),
        "made_with": plain(summary.hawthorne),
        "version": __version__,
        "first": moment(summary.first_at or summary.created_at),
        "last": moment(summary.last_at or summary.created_at),
        "writing": summary.writing,
        "simulated": [plain(name) for name in models if name in simulated],
        "measured": [plain(name) for name in models if name not in simulated],
        "scripted_judges": [plain(name) for name in judges],
    }


def _title(models: Sequence[str], scenarios: Sequence[str]) -> str:
    if not models:
        return "A run without trials"
    whose = _several(models, "models", _IN_TITLE)
    return f"{whose} on {_several(scenarios, 'scenarios', _IN_TITLE)}: belief and behaviour"


def _line(frame: "pd.DataFrame", models: Sequence[str], scenarios: Sequence[str]) -> str:
    if not len(frame):
        return "The run file holds no trials yet."
    framings = [name for name in FRAMINGS if (frame["framing"] == name).any()]
    trials = "trial" if len(frame) == 1 else "trials"
    parts = [
        f"{words.count(len(frame))} {trials} of {_several(models, 'models', _IN_LINE)}",
        f"in {_several(scenarios, 'scenarios', _IN_LINE)}",
    ]
    if framings:
        parts.append(f"under the {_listed(framings)} framing{'s' if len(framings) > 1 else ''}")
    return f"{' '.join(parts)}; belief {' or '.join(_ways(frame))}."


def _ways(frame: "pd.DataFrame") -> list[str]:
    """`asked inline (choice)`, `not asked`."""
    probes = frame[["probe_when", "probe_how"]].drop_duplicates()
    rows = probes.astype(object).where(probes.notna(), None).to_dict("records")
    named = {"not asked": "not asked", "unknown": "asked in a way that is not known"}
    return [named.get(way, f"asked {way}") for way in sorted({asked(row) for row in rows})]


def _several(names: Sequence[str], noun: str, most: int) -> str:
    return f"{len(names)} {noun}" if len(names) > most else _listed(names)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
