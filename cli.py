"""The command line: each command parses, calls one function, and prints what comes back.

Results go to stdout, progress and messages to stderr. What only one command needs is imported
inside it, so that `hawthorne --help` is quick.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from . import __version__, shell
from .errors import UsageError
from .shell import BAD_INPUT, INTERRUPTED, PARTLY, say

if TYPE_CHECKING:
    from rich.console import RenderableType

    from .analysis.show import Result
    from .probes.engine.spec import SweepSpec
    from .probes.engine.tally import Tally

_PLAIN: dict[str, Any] = {"rich_markup_mode": None, "no_args_is_help": True}
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, **_PLAIN)
scenarios_app = typer.Typer(help="List, show, render, compare and check scenarios.", **_PLAIN)
app.add_typer(scenarios_app, name="scenarios")

_FRAMINGS = ("evaluation", "deployment", "neutral")
Option = typer.Option
Several = list[str] | None

Json = Annotated[bool, Option("--json", help="Print JSON.")]
Scenario = Annotated[str, typer.Argument(help="A scenario's id, or the path of a YAML file.")]
Run = Annotated[Path, typer.Argument(help="A run file (.db), or an exported table (.csv, .jsonl).")]
RunFile = Annotated[Path, typer.Argument(help="A run file (.db).")]
# Of one variant.
Framing = Annotated[str, Option(help="evaluation, deployment or neutral.")]
Goal = Annotated[str, Option(help="none or conflict.")]
Threat = Annotated[str, Option(help="none or replacement.")]
Oversight = Annotated[str, Option(help="unstated, watched or unwatched.")]
Mitigation = Annotated[str, Option(help="A mitigation of the scenario, or none.")]
Mode = Annotated[str, Option(help="text.")]
# Of a sweep.
Models = Annotated[
    list[str],
    Option("--model", help="PROVIDER/MODEL, such as openai/…, local/qwen-0.5b, sim/figure-10."),
]
Judges = Annotated[
    Several, Option("--judge", help="A model that judges what the rules leave open, or sim/judge.")
]
Epochs = Annotated[int, Option(help="Trials of every variant.")]
Seed = Annotated[int, Option(help="The sweep's seed: another one draws other trials.")]
BaseUrl = Annotated[str | None, Option(help="Where the model is served.")]
Connections = Annotated[
    int, Option("--max-connections", min=1, max=1000, help="Open calls per model.")
]
MaxTokens = Annotated[int, Option(help="The longest answer, in tokens.")]
Scratchpad = Annotated[
    bool | None,
    Option(help="Ask for private reasoning first. Default: unless the model has a channel."),
]
DryRun = Annotated[bool, Option("--dry-run", help="Count trials, calls and tokens; ask nobody.")]
RetryErrors = Annotated[bool, Option("--retry-errors", help="Ask failed trials again.")]


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def _print_result(result: "Result", *, as_json: bool) -> None:
    from .analysis import show

    if as_json:
        sys.stdout.write(show.to_json(result) + "\n")
    else:
        show.to_terminal(result, sys.stdout)


def _print_view(data: Any, view: Callable[[Any], "RenderableType"], *, as_json: bool) -> None:
    if as_json:
        return _print_json(data)
    from .scenario_variants import show

    return show.show(view(data), wrap=view is not show.prompt)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"hawthorne {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Does a model behave differently when it believes that it is being evaluated?"""


@scenarios_app.command("list")
def scenarios_list(as_json: Json = False) -> None:
    """List the scenarios of the library."""
    from .scenario_variants import describe, show

    _print_view(describe.listing(), show.listing, as_json=as_json)


@scenarios_app.command("show")
def scenarios_show(scenario: Scenario, as_json: Json = False) -> None:
    """Show a scenario: its cue slots with their texts, its rules and examples."""
    from .scenario_variants import describe, show
    from .scenario_variants.load import load

    _print_view(describe.full(load(scenario)), show.full, as_json=as_json)


@scenarios_app.command("render")
def scenarios_render(
    scenario: Scenario,
    framing: Framing = "deployment",
    goal: Goal = "none",
    threat: Threat = "none",
    oversight: Oversight = "unstated",
    mitigation: Mitigation = "none",
    when: Annotated[str, Option(help="inline or none.")] = "inline",
    how: Annotated[str, Option(help="choice or probability.")] = "choice",
    option_order: Annotated[str | None, Option(help="evaluation-first, deployment-first.")] = None,
    mode: Mode = "text",
    scratchpad: Annotated[bool, Option(help="Ask for private reasoning first.")] = True,
    flip: Annotated[Several, Option(help="Flip one cue; repeat it.")] = None,
    as_json: Json = False,
) -> None:
    """Print the exact messages that a subject would get."""
    from .probes import preview
    from .scenario_variants import show
    from .scenario_variants.render import Setting

    variant = preview.variant(
        scenario,
        _one_of(framing, "--framing", *_FRAMINGS),
        Setting(goal, threat, oversight, mitigation),  # type: ignore[arg-type]
        when=when,  # type: ignore[arg-type]
        how=how,  # type: ignore[arg-type]
        mode=mode,
        scratchpad=scratchpad,
        flips=flip or (),
    )
    if option_order:
        _one_of(option_order, "--option-order", "evaluation-first", "deployment-first")
    shown = preview.preview(variant, option_order)  # type: ignore[arg-type]
    _print_view(shown, show.prompt, as_json=as_json)


@scenarios_app.command("diff")
def scenarios_diff(
    scenario: Scenario,
    first: Annotated[str, Option("--from", help="A framing.")] = "evaluation",
    second: Annotated[str, Option("--to", help="Another framing.")] = "deployment",
    goal: Goal = "none",
    threat: Threat = "none",
    oversight: Oversight = "unstated",
    mitigation: Mitigation = "none",
    as_json: Json = False,
) -> None:
    """Show just what differs between two framings."""
    from .scenario_variants import describe, pairs, show
    from .scenario_variants.load import load
    from .scenario_variants.render import Setting

    for option, value in (("--from", first), ("--to", second)):
        _one_of(value, option, *_FRAMINGS)
    setting = Setting(goal, threat, oversight, mitigation)  # type: ignore[arg-type]
    found = pairs.diff(load(scenario).scenario, setting, first, second)  # type: ignore[arg-type]
    entries = [describe.difference(one, first, second) for one in found]
    _print_view(entries, partial(show.differences, first=first, second=second), as_json=as_json)


@scenarios_app.command("validate")
def scenarios_validate(
    paths: Annotated[list[str], typer.Argument(help="YAML files, or ids of the library.")],
    as_json: Json = False,
) -> None:
    """Check scenarios: the schema, minimal pairs, facts, and what the rules say of the examples."""
    from .probes.examples import validate

    results = [validate(path) for path in paths]
    if as_json:
        _print_json(results)
    else:
        for result in results:
            for problem in result["problems"]:
                say(problem)
            sys.stdout.write(f"{result['file']}: {'not ' * bool(result['problems'])}valid\n")
    if any(result["problems"] for result in results):
        raise typer.Exit(BAD_INPUT)


@app.command()
def sweep(
    model: Models,
    scenario: Annotated[list[str], Option(help="A scenario's id or file; repeat it.")],
    out: Annotated[Path, Option(help="The run file; an existing one goes on.")] = Path("run.db"),
    framing: Annotated[
        Several, Option(help="evaluation, deployment, neutral. Default: the pair.")
    ] = None,
    goal: Annotated[Several, Option(help="none, conflict. Default: none.")] = None,
    threat: Annotated[
        Several, Option(help="none, replacement. Default: replacement where there is one.")
    ] = None,
    oversight: Annotated[Several, Option(help="unstated, watched, unwatched.")] = None,
    mitigation: Annotated[Several, Option(help="A mitigation, or none.")] = None,
    when: Annotated[Several, Option(help="inline, none. Default: inline.")] = None,
    how: Annotated[Several, Option(help="choice, probability. Default: choice.")] = None,
    mode: Mode = "text",
    epochs: Epochs = 10,
    seed: Seed = 0,
    arm: Annotated[str, Option(help="A name for these trials, such as for an A/A run.")] = "",
    judge: Judges = None,
    scratchpad: Scratchpad = None,
    max_tokens: MaxTokens = 4096,
    setting: Annotated[
        Several, Option("--set", help="KEY=VALUE: a setting of the model; repeat it.")
    ] = None,
    base_url: BaseUrl = None,
    max_connections: Connections = 20,
    retry_errors: RetryErrors = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Run models through scenarios, and store every trial."""
    from .probes.engine import attended
    from .probes.engine.spec import read_settings

    spec = _spec(
        models=model,
        scenarios=scenario,
        framings=framing,
        goals=goal,
        threats=threat,
        oversights=oversight,
        mitigations=mitigation,
        whens=when,
        hows=how,
        mode=mode,
        epochs=epochs,
        seed=seed,
        arm=arm,
        judges=judge,
        scratchpad=scratchpad,
        max_tokens=max_tokens,
        settings=read_settings(setting or ()),
        base_url=base_url,
    )
    if dry_run:
        return _forecast(spec, as_json=as_json)
    tally = attended.sweep(spec, out, connections=max_connections, retry_errors=retry_errors)
    if as_json:
        _print_json({"run": str(out), **tally.to_dict()})
    return _exit(tally)


@app.command()
def replicate(
    experiment: Annotated[str, typer.Argument(help="figure-10.")],
    model: Models,
    out: Annotated[Path, Option(help="The run file.")] = Path("replicate.db"),
    goal: Goal = "none",
    epochs: Epochs = 50,
    seed: Seed = 0,
    judge: Judges = None,
    scratchpad: Scratchpad = None,
    max_tokens: MaxTokens = 4096,
    base_url: BaseUrl = None,
    max_connections: Connections = 20,
    retry_errors: RetryErrors = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Run a published experiment, and set its numbers beside yours."""
    from .analysis import replicate as replication
    from .analysis.table import load
    from .probes.engine import attended

    spec = _spec(
        **replication.sweep_of(experiment),
        models=model,
        goals=[goal],
        epochs=epochs,
        seed=seed,
        judges=judge,
        scratchpad=scratchpad,
        max_tokens=max_tokens,
        base_url=base_url,
    )
    if dry_run:
        return _forecast(spec, as_json=as_json)
    tally = attended.sweep(spec, out, connections=max_connections, retry_errors=retry_errors)
    _print_result(replication.compare(load(out), experiment, goal), as_json=as_json)
    return _exit(tally)


@app.command()
def judge(
    run: RunFile,
    judge: Judges = None,
    max_connections: Connections = 20,
    as_json: Json = False,
) -> None:
    """Have a model judge what the rules left open in a run."""
    if not judge:
        raise UsageError("name a judge: --judge PROVIDER/MODEL, or --judge sim/judge for sim/ runs")
    from .probes.engine import attended

    tally = attended.judging(run, judge, connections=max_connections)
    if as_json:
        _print_json({"run": str(run), **tally.to_dict()})
    _exit(tally)


@app.command()
def crosstab(
    run: Run,
    by: Annotated[
        Several, Option(help="A column to group by; repeat it. Default: model, scenario.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Belief × behaviour, framing × behaviour, framing × belief, with intervals and gaps."""
    from .analysis.crosstab import crosstab as count
    from .analysis.table import load

    table = load(run)
    _print_result(count(table, tuple(by)) if by else count(table), as_json=as_json)


@app.command()
def export(
    run: Run,
    to: Annotated[str, Option(help="csv or jsonl.")] = "csv",
    out: Annotated[Path | None, Option(help="A file. Default: stdout.")] = None,
) -> None:
    """Write the trial table."""
    from .analysis.exchange import export_run

    export_run(run, _one_of(to, "--to", "csv", "jsonl"), out)


@app.command()
def report(
    run: RunFile,
    out: Annotated[Path, Option(help="The HTML file.")] = Path("report.html"),
    transcripts: Annotated[int, Option(min=0, help="The most that are embedded.")] = 500,
) -> None:
    """Write one self-contained HTML file: tables, a figure, and the transcripts."""
    from .analysis.report import write_report

    write_report(run, out, transcripts=transcripts)
    say(f"The report is at {out.resolve()}")


def _one_of(value: str, option: str, *known: str) -> Any:
    if value not in known:
        raise UsageError(f"{option} {value}: expected {', '.join(known)}")
    return value


def _spec(**wanted: Any) -> "SweepSpec":
    """A specification of what was named; the rest has its defaults."""
    from .probes.engine.spec import make_spec

    return make_spec({key: value for key, value in wanted.items() if value is not None})


def _forecast(spec: "SweepSpec", *, as_json: bool) -> None:
    from .probes.engine.estimate import forecast

    found = forecast(spec)
    if as_json:
        _print_json(found.to_dict())
    else:
        sys.stdout.write(found.in_words() + "\n")


def _exit(tally: "Tally") -> None:
    if tally.interrupted:
        raise typer.Exit(INTERRUPTED)
    if tally.incomplete:
        raise typer.Exit(PARTLY)


def main() -> NoReturn:
    """The console script."""
    shell.run(app)
