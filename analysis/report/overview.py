"""What was run, as grids: models, scenarios, the design, judges, sweeps, failures."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from ...errors import RunFileError
from ...probes.runfile import ModelSummary, RunSummary, Sweep
from .. import words
from ..blocks import SIMULATED, Grid, plain
from ..columns import FRAMINGS
from ..table import SIMULATED_PREFIX
from .command import command, hide_secrets
from .transcripts import Row, asked, condition

if TYPE_CHECKING:
    import pandas as pd

    from ...probes.runfile import RunReader

_DESIGN = (
    "scenario",
    "goal",
    "threat",
    "oversight",
    "mitigation",
    "probe_when",
    "probe_how",
    "mode",
    "arm",
)
_FAILURES = 12  # so many kinds of failures are listed
_LONG = 200  # characters of a failure's text, or of a provider's name for a model


@dataclass(frozen=True, slots=True)
class RunSweep:
    """One sweep as the page shows it: when, with what, and the command that asks for it again."""

    when: str
    versions: str
    command: str
    spec: str


def grids(reader: "RunReader", frame: "pd.DataFrame", summary: RunSummary) -> Iterator[Grid]:
    """All tables of the section, those with nothing in them left out."""
    found = (
        _models(frame, summary.models),
        _scenarios(reader, frame, summary.sweeps),
        _design(frame),
        _judges(summary),
        _failures(frame),
    )
    yield from (grid for grid in found if grid.rows)


def sweeps(summary: RunSummary, out: str) -> list[RunSweep]:
    """The sweeps that wrote to the file."""
    return [
        RunSweep(
            when=_period(sweep.started_at, sweep.finished_at),
            versions=", ".join(f"{name} {version}" for name, version in sweep.versions.items()),
            command=command(sweep.spec, out),
            spec=hide_secrets(json.dumps(sweep.spec, indent=1, ensure_ascii=False)),
        )
        for sweep in summary.sweeps
    ]


def moment(iso: str | None) -> str:
    """`2026-11-24 07:05 UTC`."""
    return f"{iso[:10]} {iso[11:16]} UTC" if iso else "not known"


def labelled(model: str, *, simulated: bool) -> str:
    """A model's name, with the word where it is a simulated one."""
    return f"{plain(model)} {SIMULATED}" if simulated else plain(model)


def _period(start: str, end: str | None) -> str:
    return f"{moment(start)} to {moment(end)}" if end else f"{moment(start)}, did not finish"


def _models(frame: "pd.DataFrame", models: Sequence[ModelSummary]) -> Grid:
    headers = (
        "model",
        "settings",
        "served by",
        "trials",
        "failed",
        "tokens in (cached)",
        "tokens out",
        "cost",
        "seconds a trial",
    )
    rows = tuple(_model(frame[frame["model"] == model.model], model) for model in models)
    return Grid("Models", headers, rows, left=3)


def _model(own: "pd.DataFrame", model: ModelSummary) -> tuple[str, ...]:
    settings = [_settings(text) for text in sorted(own["settings"].dropna().unique())]
    latency = own["latency_s"].median()
    return (
        labelled(model.model, simulated=model.simulated),
        "\n".join(settings) or words.NOTHING,
        "\n".join(_named(own["served_by"])) or words.NOTHING,
        words.count(model.ok + model.error),
        words.count(model.error),
        f"{words.count(model.input_tokens)} ({words.count(model.cached_tokens)})",
        words.count(model.output_tokens),
        "not known" if model.cost_usd is None else f"${model.cost_usd:,.2f}",
        words.NOTHING if latency != latency else f"{latency:.2f}",
    )


def _settings(text: str) -> str:
    """`max_tokens 4096, temperature 1`."""
    try:
        settings = json.loads(text)
    except ValueError:
        return plain(text)
    if not isinstance(settings, dict):
        return plain(text)
    return hide_secrets(
        ", ".join(f"{plain(key)} {plain(_value(value))}" for key, value in settings.items())
    )


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _named(column: "pd.Series[Any]") -> list[str]:
    """The values of a column with their numbers, where there are several."""
    counts = column.dropna().value_counts()
    found = [(str(name), int(number)) for name, number in counts.items() if number]
    if len(found) == 1:
        return [plain(found[0][0])[:_LONG]]
    return [f"{plain(name)[:_LONG]}: {words.count(number)}" for name, number in sorted(found)]


def _scenarios(reader: "RunReader", frame: "pd.DataFrame", swept: Sequence[Sweep]) -> Grid:
    headers = ("scenario", "title", "family", "SHA-256 of its text", "trials")
    rows = []
    for scenario, own in frame.groupby("scenario", observed=True):
        hashes = sorted(
            {str(s.hashes[name]) for s in swept for name in s.hashes if name == scenario}
        )
        rows.append(
            (
                plain(scenario),
                scenario_title(reader, str(scenario)),
                ", ".join(_named(own["family"])) or words.NOTHING,
                "\n".join(hash[:16] for hash in hashes) or words.NOTHING,
                words.count(len(own)),
            )
        )
    return Grid("Scenarios", headers, tuple(rows), left=4)


def scenario_title(reader: "RunReader", scenario: str) -> str:
    """The title in the scenario's text as the run file keeps it; a dash where there is none."""
    try:
        data = yaml.load(reader.scenario_source(scenario), Loader=_loader())
    except (RunFileError, yaml.YAMLError, RecursionError):
        return words.NOTHING
    title = data.get("title") if isinstance(data, dict) else None
    return plain(title) if isinstance(title, str) else words.NOTHING


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _design(frame: "pd.DataFrame") -> Grid:
    """One row for each kind of trial that was asked for, with its trials by framing."""
    framings = [name for name in FRAMINGS if (frame["framing"] == name).any()]
    labels = ("scenario", "condition", "mitigation", "asked", "mode", "arm")
    counted: dict[tuple[str, ...], dict[str, int]] = {}
    for row, number in _counted(frame, [*_DESIGN, "framing"]):
        counts = counted.setdefault(_design_row(row), {})
        framing = str(row["framing"])
        counts[framing] = counts.get(framing, 0) + number
    arms = any(key[-1] for key in counted)
    rows = tuple(
        (*(key if arms else key[:-1]), *(words.count(counts.get(name, 0)) for name in framings))
        for key, counts in sorted(counted.items())
    )
    left = labels if arms else labels[:-1]
    return Grid("Trials by what was asked for", (*left, *framings), rows, left=len(left))


def _design_row(row: Row) -> tuple[str, ...]:
    return (
        plain(row["scenario"]),
        plain(condition(row)),
        plain(row["mitigation"] or "none"),
        plain(asked(row)),
        plain(row["mode"] or words.NOTHING),
        plain(row["arm"] or ""),
    )


def _judges(summary: RunSummary) -> Grid:
    headers = ("judge", "verdicts", "could not say", "tokens in", "tokens out")
    rows = tuple(
        (
            labelled(each.judge, simulated=each.judge.startswith(SIMULATED_PREFIX)),
            words.count(each.verdicts),
            words.count(each.undecided),
            words.count(each.input_tokens),
            words.count(each.output_tokens),
        )
        for each in summary.judges
    )
    return Grid("Judges of what the rules left open", headers, rows)


def _failures(frame: "pd.DataFrame") -> Grid:
    failed = frame[frame["status"] != "ok"]
    found = sorted(_counted(failed, ["model", "error"]), key=lambda each: -each[1])
    rows = [
        (plain(row["model"]), hide_secrets(plain(row["error"]))[:_LONG], words.count(number))
        for row, number in found[:_FAILURES]
    ]
    others = sum(number for _, number in found[_FAILURES:])
    if others:
        rows.append(("all", "other failures", words.count(others)))
    return Grid("Failed trials", ("model", "what failed", "trials"), tuple(rows), left=2)


def _counted(frame: "pd.DataFrame", names: list[str]) -> list[tuple[Row, int]]:
    """The combinations of values that occur in some columns, null as None, and how often."""
    sizes = frame.groupby(names, observed=True, dropna=False).size().reset_index(name="number")
    rows = sizes.astype(object).where(sizes.notna(), None).to_dict("records")
    return [(row, int(row["number"])) for row in rows]
