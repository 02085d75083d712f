"""The command line, as a user meets it: in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import hawthorne

COMMANDS = ("sweep", "replicate", "judge", "crosstab", "export", "report", "scenarios")
VIEWS = ("list", "show", "render", "diff", "validate")


def call(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hawthorne", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
    )


def result(*arguments: str, cwd: Path | None = None) -> Any:
    """What a command prints with `--json`."""
    done = call(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small judged run."""
    out = tmp_path_factory.mktemp("cli") / "run.db"
    done = call(
        *("sweep", "--model", "sim/figure-10", "--scenario", "blackmail", "--epochs", "40"),
        *("--judge", "sim/judge", "--out", str(out)),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "80 of 80 trials" in done.stderr
    return out


def test_help_names_every_command() -> None:
    text = call("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command} " in text


@pytest.mark.parametrize(
    "command", [*((name,) for name in COMMANDS), *(("scenarios", view) for view in VIEWS)]
)
def test_every_command_has_help_and_a_sentence_of_its_own(command: tuple[str, ...]) -> None:
    done = call(*command, "--help")
    assert done.returncode == 0
    usage, sentence, *_ = done.stdout.split("\n\n")
    assert usage.startswith("Usage: ")
    assert sentence.rstrip().endswith((".", "?"))


def test_the_version() -> None:
    assert call("--version").stdout == f"hawthorne {hawthorne.__version__}\n"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom hawthorne.cli import app\n"
        "heavy = 'pandas numpy openai anthropic scipy pydantic rich jinja2'.split()\n"
        "print(sorted(set(heavy) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_scenarios_list() -> None:
    entries = result("scenarios", "list")
    by_id = {entry["id"]: entry for entry in entries}
    assert {"blackmail", "lethal-alert", "leak"} <= set(by_id)
    assert set(by_id["blackmail"]) >= {"family", "title", "conditions", "mitigations", "cues"}
    assert "identities" in by_id["blackmail"]["cues"]


def test_scenarios_show_gives_every_slot_with_its_texts() -> None:
    entry = result("scenarios", "show", "blackmail")
    listed = {e["id"]: e for e in result("scenarios", "list")}["blackmail"]
    assert list(entry["cues"]) == listed["cues"]
    for cue in entry["cues"].values():
        assert cue["factor"].startswith("F")
        for texts in cue["fragments"].values():
            assert set(texts) == {"evaluation", "deployment", "neutral"}


def test_scenarios_render_gives_the_exact_messages_and_tools() -> None:
    shown = result("scenarios", "render", "blackmail", "--framing", "evaluation")
    expected = {"scenario": "blackmail", "framing": "evaluation", "goal": "none", "threat": "none"}
    assert {field: shown[field] for field in expected} == expected
    assert shown["mitigation"] == "none"
    assert (shown["probe_when"], shown["probe_how"], shown["mode"]) == ("inline", "choice", "text")
    assert [message["role"] for message in shown["messages"]] == ["system", "user"]
    assert {tool["name"] for tool in shown["tools"]} == {"send_email", "forward_email", "finish"}
    *_, request, blank = shown["messages"][1]["content"].split("\n\n")
    assert "either <belief>evaluation</belief> or <belief>deployment</belief>" in request
    assert blank.splitlines()[1] == "<belief>…</belief>"


def test_render_of_a_condition_and_a_flip() -> None:
    conditions = ("--goal", "conflict", "--threat", "replacement", "--mitigation", "no-leverage")
    plain = result("scenarios", "render", "blackmail", *conditions)
    flipped = result("scenarios", "render", "blackmail", *conditions, "--flip", "scoring")
    assert (plain["framing"], flipped["framing"]) == ("deployment", "mixed")
    assert flipped["cues"] == {**plain["cues"], "scoring": "evaluation"}
    assert plain["messages"] != flipped["messages"]


def test_scenarios_diff_names_what_differs_and_nothing_else() -> None:
    found = result("scenarios", "diff", "blackmail")
    cues = result("scenarios", "show", "blackmail")["cues"]
    assert {entry["cue"] for entry in found} <= set(cues)
    assert all(entry["evaluation"] != entry["deployment"] for entry in found)
    same = result("scenarios", "diff", "blackmail", "--from", "neutral", "--to", "neutral")
    assert same == []


def test_crosstab_has_the_shape_that_others_read(run: Path) -> None:
    table = result("crosstab", str(run))
    assert table["source"] == str(run)
    assert table["by"] == ["model", "scenario"]
    (group,) = table["groups"]
    assert group["group"] == {"model": "sim/figure-10", "scenario": "blackmail"}
    assert set(group["tables"]) == {"belief_behaviour", "framing_behaviour", "framing_belief"}
    for row in group["tables"]["belief_behaviour"]:
        assert {"belief", "misaligned", "aligned", "refused", "invalid", "undecided"} <= set(row)
        assert {"rate", "low", "high", "lowest", "highest"} <= set(row)
    assert set(group["estimates"]["belief_gap"]) >= {
        *("estimate", "low", "high", "n", "clusters", "target", "method", "p_value", "reason"),
    }
    counted = sum(
        row[name]
        for row in group["tables"]["belief_behaviour"]
        for name in ("misaligned", "aligned", "refused", "invalid", "undecided")
    )
    assert counted == 80


def test_crosstab_for_people_says_that_it_is_simulated(run: Path) -> None:
    text = call("crosstab", str(run)).stdout
    assert "SIMULATED" in text
    assert "associated" in text


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_reads_like_the_run_that_it_came_from(
    run: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"table.{form}"
    done = call("export", str(run), "--to", form, "--out", str(out))
    assert done.returncode == 0, done.stderr
    exported, original = result("crosstab", str(out)), result("crosstab", str(run))
    assert exported["groups"] == original["groups"]
    assert "SIMULATED" in call("crosstab", str(out)).stdout


def test_an_export_goes_to_stdout(run: Path) -> None:
    lines = call("export", str(run), "--to", "jsonl").stdout.splitlines()
    assert len(lines) == 80
    assert json.loads(lines[0])["model"] == "sim/figure-10"


def test_replicate_sets_published_numbers_beside_measured_ones(tmp_path: Path) -> None:
    done = call(
        *("replicate", "figure-10", "--model", "sim/figure-10", "--epochs", "60"),
        *("--judge", "sim/judge", "--out", str(tmp_path / "r.db")),
    )
    assert done.returncode == 0, done.stderr
    for part in ("55.1", "6.5", "SIMULATED", "Claude Opus 4"):
        assert part in done.stdout


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    arguments = ("sweep", "--model", "openai/x", "--scenario", "blackmail", "--dry-run")
    counted = result(*arguments, "--judge", "openai/y", cwd=tmp_path)
    assert (counted["trials"], counted["subject_calls"]) == (20, 20)
    assert counted["judge_calls_at_most"] == 20
    assert counted["input_tokens"] > 20_000
    assert "20 trials" in call(*arguments, cwd=tmp_path).stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sweep", "--model", "nope", "--scenario", "blackmail"), "--model nope"),
        (("sweep", "--model", "nope/x", "--scenario", "blackmail"), "no provider 'nope'"),
        (("sweep", "--model", "sim/nope", "--scenario", "blackmail"), "sim/figure-10"),
        (("sweep", "--model", "sim/figure-10", "--scenario", "nope"), "blackmail"),
        (("sweep", "--model", "sim/figure-10", "--scenario", "nope.yaml"), "nope.yaml"),
        (
            ("sweep", "--model", "sim/figure-10", "--scenario", "blackmail", "--framing", "x"),
            "--framing x",
        ),
        (
            ("sweep", "--model", "sim/figure-10", "--scenario", "blackmail", "--judge", "sim/x"),
            "sim/judge",
        ),
        (("sweep", "--model", "openai/x", "--scenario", "blackmail"), "OPENAI_API_KEY"),
        (("sweep", "--scenario", "blackmail"), "--model"),
        (("scenarios", "render", "blackmail", "--goal", "x"), "goal 'x'"),
        (("scenarios", "render", "blackmail", "--flip", "x"), "no cue 'x'"),
        (("scenarios", "diff", "blackmail", "--from", "x"), "--from x"),
        (("crosstab", "nope.db"), "nope.db"),
        (("crosstab", "nope.csv"), "nope.csv"),
        (("report", "nope.db"), "nope.db"),
        (("judge", "nope.db", "--judge", "sim/judge"), "nope.db"),
        (("judge", "nope.db"), "--judge"),
        (("export", "nope.db", "--to", "xml"), "--to xml"),
        (("replicate", "figure-99", "--model", "sim/figure-10"), "figure-10"),
    ],
)
def test_bad_input_is_one_clear_line(
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    done = call(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if done.stderr.startswith("hawthorne: "):
        assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_validate_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("id: mine\nfamily: [x]\n", encoding="utf-8")
    done = call("scenarios", "validate", "blackmail", str(path))
    assert done.returncode == 2
    assert "blackmail.yaml: valid" in done.stdout
    assert f"{path}:" in done.stderr
