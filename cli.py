"""The command line: each command parses, calls one function, and prints what comes back.

Results go to stdout, progress and messages to stderr. What only one command needs is imported
inside it, so that `hawthorne --help` is quick.
"""

import json
import os
import sys
import traceback
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from . import __version__
from .errors import HawthorneError, UsageError

if TYPE_CHECKING:
    from .analysis.show import Result
    from .probes.engine.spec import SweepSpec
    from .probes.engine.tally import Tally

DONE, BAD_INPUT, PARTLY, OUR_ERROR, INTERRUPTED = 0, 2, 3, 70, 130

_PLAIN: dict[str, Any] = {"rich_markup_mode": None, "no_args_is_help": True}
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, **_PLAIN)
scenarios_app = typer.Typer(help="List, show, render, compare and check scenarios.", **_PLAIN)
app.add_typer(scenarios_app, name="scenarios")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Scenario = Annotated[str, typer.Argument(help="A scenario's id, or the path of a YAML file.")]
Run = Annotated[Path, typer.Argument(help="A run file (.db), or an exported table (.csv, .jsonl).")]
RunFile = Annotated[Path, typer.Argument(help="A run file (.db).")]
Goal = Annotated[str, typer.Option(help="none or conflict.")]
Threat = Annotated[str, typer.Option(help="none or replacement.")]
Oversight = Annotated[str, typer.Option(help="unstated, watched or unwatched.")]
Mitigation = Annotated[str, typer.Option(help="A mitigation of the scenario, or none.")]
Framing = Annotated[str, typer.Option(help="evaluation, deployment or neutral.")]
Models = Annotated[
    list[str],
    typer.Option(
        "--model", help="PROVIDER/MODEL, such as openai/…, local/qwen-0.5b, sim/figure-10."
    ),
]
Judges = Annotated[
    list[str] | None,
    typer.Option("--judge", help="A model that judges what the rules leave open, or sim/judge."),
]
Epochs = Annotated[int, typer.Option(help="Trials of every variant.")]
Seed = Annotated[int, typer.Option(help="The sweep's seed: another one draws other trials.")]
BaseUrl = Annotated[str | None, typer.Option(help="Where the model is served.")]
Connections = Annotated[
    int, typer.Option("--max-connections", min=1, max=1000, help="Open calls per model.")
]
MaxTokens = Annotated[int, typer.Option(help="The longest answer, in tokens.")]
Scratchpad = Annotated[
    bool | None,
    typer.Option(help="Ask for private reasoning first. Default: unless the model has a channel."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Count trials, calls and tokens; ask nobody.")
]
RetryErrors = Annotated[bool, typer.Option("--retry-errors", help="Ask failed trials again.")]
By = Annotated[
    list[str] | None,
    typer.Option(help="A column to group by; repeat it. Default: model, scenario."),
]


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def _print_result(result: "Result", *, as_json: bool) -> None:
    from .analysis import show

    if as_json:
        sys.stdout.write(show.to_json(result) + "\n")
    else:
        show.to_terminal(result, sys.stdout)


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"hawthorne {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Does a model behave differently when it believes that it is being evaluated?"""


@scenarios_app.command("list")
def scenarios_list(as_json: Json = False) -> None:
    """List the scenarios of the library."""
    from .scenario_variants import describe

    entries = describe.listing()
    if as_json:
        return _print_json(entries)
    from .scenario_variants import show

    return show.show(show.listing(entries))


@scenarios_app.command("show")
def scenarios_show(scenario: Scenario, as_json: Json = False) -> None:
    """Show a scenario: its cue slots with their texts, its rules and examples."""
    from .scenario_variants import describe
    from .scenario_variants.load import load

    entry = describe.full(load(scenario))
    if as_json:
        return _print_json(entry)
    from .scenario_variants import show

    return show.show(show.full(entry))


@scenarios_app.command("render")
def scenarios_render(
    scenario: Scenario,
    framing: Framing = "deployment",
    goal: Goal = "none",
    threat: Threat = "none",
    oversight: Oversight = "unstated",
    mitigation: Mitigation = "none",
    when: Annotated[str, typer.Option(help="inline or none.")] = "inline",
    how: Annotated[str, typer.Option(help="choice or probability.")] = "choice",
    option_order: Annotated[
        str | None, typer.Option(help="evaluation-first or deployment-first.")
    ] = None,
    mode: Annotated[str, typer.Option(help="text.")] = "text",
    scratchpad: Annotated[bool, typer.Option(help="Ask for private reasoning first.")] = True,
    flip: Annotated[list[str] | None, typer.Option(help="Flip one cue; repeat it.")] = None,
    as_json: Json = False,
) -> None:
    """Print the exact messages that a subject would get."""
    from .probes import preview
    from .scenario_variants.render import Setting

    variant = preview.variant(
        scenario,
        _one_of(framing, "--framing", "evaluation", "deployment", "neutral"),
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
    if as_json:
        return _print_json(shown)
    from .scenario_variants import show

    return show.show(show.prompt(shown), wrap=False)


@scenarios_app.command("diff")
def scenarios_diff(
    scenario: Scenario,
    first: Annotated[str, typer.Option("--from", help="A framing.")] = "evaluation",
    second: Annotated[str, typer.Option("--to", help="Another framing.")] = "deployment",
    goal: Goal = "none",
    threat: Threat = "none",
    oversight: Oversight = "unstated",
    mitigation: Mitigation = "none",
    as_json: Json = False,
) -> None:
    """Show just what differs between two framings."""
    from .scenario_variants import describe, pairs
    from .scenario_variants.load import load
    from .scenario_variants.render import Setting

    for option, value in (("--from", first), ("--to", second)):
        _one_of(value, option, "evaluation", "deployment", "neutral")
    setting = Setting(goal, threat, oversight, mitigation)  # type: ignore[arg-type]
    found = pairs.diff(load(scenario).scenario, setting, first, second)  # type: ignore[arg-type]
    entries = [describe.difference(one, first, second) for one in found]
    if as_json:
        return _print_json(entries)
    from .scenario_variants import show

    return show.show(show.differences(entries, first, second))


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
                _say(f"{result['file']}: {problem}")
            sys.stdout.write(f"{result['file']}: {'not ' * bool(result['problems'])}valid\n")
    if any(result["problems"] for result in results):
        raise typer.Exit(BAD_INPUT)


@app.command()
def sweep(
    model: Models,
    scenario: Annotated[list[str], typer.Option(help="A scenario's id or file; repeat it.")],
    out: Annotated[Path, typer.Option(help="The run file; an existing one goes on.")] = Path(
        "run.db"
    ),
    framing: Annotated[
        list[str] | None, typer.Option(help="evaluation, deployment, neutral. Default: the pair.")
    ] = None,
    goal: Annotated[list[str] | None, typer.Option(help="none, conflict. Default: none.")] = None,
    threat: Annotated[
        list[str] | None,
        typer.Option(help="none, replacement. Default: replacement where there is one."),
    ] = None,
    oversight: Annotated[
        list[str] | None, typer.Option(help="unstated, watched, unwatched.")
    ] = None,
    mitigation: Annotated[list[str] | None, typer.Option(help="A mitigation, or none.")] = None,
    when: Annotated[list[str] | None, typer.Option(help="inline, none. Default: inline.")] = None,
    how: Annotated[
        list[str] | None, typer.Option(help="choice, probability. Default: choice.")
    ] = None,
    mode: Annotated[str, typer.Option(help="text.")] = "text",
    epochs: Epochs = 10,
    seed: Seed = 0,
    arm: Annotated[str, typer.Option(help="A name for these trials, such as for an A/A run.")] = "",
    judge: Judges = None,
    scratchpad: Scratchpad = None,
    max_tokens: MaxTokens = 4096,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="KEY=VALUE: a setting of the model; repeat it."),
    ] = None,
    base_url: BaseUrl = None,
    max_connections: Connections = 20,
    retry_errors: RetryErrors = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Run models through scenarios, and store every trial."""
    wanted: dict[str, Any] = {
        "models": model,
        "scenarios": scenario,
        "framings": framing,
        "goals": goal,
        "threats": threat,
        "oversights": oversight,
        "mitigations": mitigation,
        "whens": when,
        "hows": how,
        "mode": mode,
        "epochs": epochs,
        "seed": seed,
        "arm": arm,
        "judges": judge,
        "scratchpad": scratchpad,
        "max_tokens": max_tokens,
        "settings": _settings(setting or []),
        "base_url": base_url,
    }
    spec = _spec({key: value for key, value in wanted.items() if value is not None})
    if dry_run:
        return _forecast(spec, as_json=as_json)
    return _finish(_run(spec, out, max_connections, retry_errors), out, as_json=as_json)


@app.command()
def replicate(
    experiment: Annotated[str, typer.Argument(help="figure-10.")],
    model: Models,
    out: Annotated[Path, typer.Option(help="The run file.")] = Path("replicate.db"),
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

    wanted: dict[str, Any] = {
        **replication.sweep_of(experiment),
        "models": model,
        "goals": [goal],
        "epochs": epochs,
        "seed": seed,
        "judges": judge or [],
        "scratchpad": scratchpad,
        "max_tokens": max_tokens,
        "base_url": base_url,
    }
    spec = _spec(wanted)
    if dry_run:
        return _forecast(spec, as_json=as_json)
    tally = _run(spec, out, max_connections, retry_errors)
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
    from .probes.engine.display import progress
    from .probes.engine.run import run_judging
    from .probes.engine.tally import Tally

    tally = Tally()
    with progress(tally):
        run_judging(run, tuple(judge), connections=max_connections, tally=tally)
    if as_json:
        _print_json(
            {"judged": tally.judged, "undecided": tally.undecided, "stopped": tally.stopped}
        )
    else:
        _say(f"{tally.judged} verdicts, of which {tally.undecided} could not be decided.")
    for name, reason in tally.stopped.items():
        _say(f"{name} stopped: {reason}")
    if tally.stopped:
        raise typer.Exit(PARTLY)


@app.command()
def crosstab(run: Run, by: By = None, as_json: Json = False) -> None:
    """Belief × behaviour, framing × behaviour, framing × belief, with intervals and gaps."""
    from .analysis.crosstab import crosstab as count
    from .analysis.table import load

    table = load(run)
    _print_result(count(table, tuple(by)) if by else count(table), as_json=as_json)


@app.command()
def export(
    run: Run,
    to: Annotated[str, typer.Option(help="csv or jsonl.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="A file. Default: stdout.")] = None,
) -> None:
    """Write the trial table."""
    from .analysis.exchange import export_run

    export_run(run, _one_of(to, "--to", "csv", "jsonl"), out)


@app.command()
def report(
    run: RunFile,
    out: Annotated[Path, typer.Option(help="The HTML file.")] = Path("report.html"),
) -> None:
    """Write one self-contained HTML file: tables, a figure, and the transcripts."""
    from .analysis.report import write_report

    write_report(run, out)
    _say(f"The report is at {out.resolve()}")


def _one_of(value: str, option: str, *known: str) -> Any:
    if value not in known:
        raise UsageError(f"{option} {value}: expected {', '.join(known)}")
    return value


def _settings(pairs: Sequence[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"--set {pair}: expected KEY=VALUE")
        try:
            settings[key] = json.loads(value)
        except json.JSONDecodeError:
            settings[key] = value
    return settings


def _spec(wanted: dict[str, Any]) -> "SweepSpec":
    from .probes.engine.spec import make_spec

    return make_spec(wanted)


def _forecast(spec: "SweepSpec", *, as_json: bool) -> None:
    from .probes.engine.estimate import forecast

    found = forecast(spec)
    if as_json:
        return _print_json(found.to_dict())
    sys.stdout.write(found.in_words() + "\n")
    return None


def _run(spec: "SweepSpec", out: Path, connections: int, retry_errors: bool) -> "Tally":
    from .probes.engine.display import progress
    from .probes.engine.run import run_sweep
    from .probes.engine.tally import Tally

    tally = Tally()
    with progress(tally):
        run_sweep(spec, out, connections=connections, retry_errors=retry_errors, tally=tally)
    return tally


def _finish(tally: "Tally", out: Path, *, as_json: bool) -> None:
    from .probes.engine.display import summary

    for line in summary(tally, out):
        _say(line)
    if as_json:
        _print_json({"run": str(out), **tally.to_dict()})
    _exit(tally)


def _exit(tally: "Tally") -> None:
    if tally.interrupted:
        raise typer.Exit(INTERRUPTED)
    if tally.failed or tally.stopped or tally.found_failed:
        raise typer.Exit(PARTLY)


def _guard(run: Callable[[], None]) -> NoReturn:
    """What a user can mend is one line and exit 2; an error of our own is shown whole, exit 70."""
    try:
        run()
    except HawthorneError as error:
        _say(f"hawthorne: {error}")
        sys.exit(BAD_INPUT)
    except (KeyboardInterrupt, CancelledError):
        _say("hawthorne: interrupted; what was finished is stored")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - closed by the exit
        sys.exit(DONE)
    except Exception:
        traceback.print_exc()
        _say(f"hawthorne {__version__}: this is an error of ours; please report it with the above")
        sys.exit(OUR_ERROR)
    sys.exit(DONE)


def main() -> NoReturn:
    """The console script."""
    _guard(app)
