"""The page as a file: its numbers are the crosstab's, and nothing in it runs or loads."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hawthorne.analysis.crosstab import crosstab
from hawthorne.analysis.report import write_report
from hawthorne.analysis.table import load
from hawthorne.analysis.words import count, points
from hawthorne.errors import RunFileError, UsageError
from hawthorne.probes.runfile import RunWriter
from hawthorne.tests.report_runs import HOSTILE, Tables, hostile_run, mixed_run, subject
from hawthorne.tests.runfile_samples import failed, trial


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mixed_run(tmp_path_factory.mktemp("run") / "mixed.db")


def _report(run: Path, **options: Any) -> str:
    out = run.with_name(f"{run.stem}.html")
    write_report(run, out, **options)
    return out.read_text(encoding="utf-8")


def _data(html: str) -> dict[str, Any]:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert match
    found: dict[str, Any] = json.loads(match[1])
    return found


def test_the_tables_hold_the_numbers_of_the_crosstab(run: Path) -> None:
    tables = Tables(_report(run))
    groups = crosstab(load(run)).groups
    assert len(groups) == 3
    shown = iter(tables.under("What it did, by what it said it believed"))
    for group in groups:
        rows = [row.to_dict() for row in group.tables["belief_behaviour"] if row.counts.total]
        if not rows:
            continue
        for row, cells in zip(rows, next(shown), strict=True):
            assert cells[:4] == [
                row["belief"], *(count(row[key]) for key in ("misaligned", "aligned", "refused")),
            ]  # fmt: skip
            if row["rate"] is not None:
                assert cells[-1].startswith(
                    f"{100 * row['rate']:.1f} % [{100 * row['low']:.1f}, {100 * row['high']:.1f}]"
                )
            if row["undecided"]:
                assert f"{100 * row['lowest']:.1f}–{100 * row['highest']:.1f} %" in cells[-1]
    assert next(shown, None) is None


def test_the_findings_come_first_and_are_the_crosstab_s(run: Path) -> None:
    html = _report(run)
    groups = crosstab(load(run)).groups
    for group, row in zip(groups, next(Tables(html).under("Rates of misaligned")), strict=True):
        assert row[3:5] == [
            points(group.estimates[f"{name}_gap"]) for name in ("belief", "framing")
        ]
        left_out = [group.left_out.get(name, 0) for name in ("undecided", "invalid", "error")]
        assert row[5:] == [*map(str, left_out), str(group.trials)]
    group = groups[0]
    findings = html[html.index('id="findings"') : html.index('id="tables"')]
    for level in ("belief", "framing"):
        gap = points(group.estimates[f"{level}_gap"])
        value, _, interval = gap.partition(" ")
        assert f'<span class="value">{value}</span>' in findings
        assert interval in findings
    assert '<span class="value">25.0 %</span>' in findings
    assert "1 of 4" in findings


def test_only_a_framing_is_said_to_cause(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with RunWriter.open(path, run_id="run-1") as writer:
        from hawthorne.tests.runfile_samples import rules

        for number in range(80):
            level = ("evaluation", "deployment")[number % 2]
            label = "misaligned" if level == "deployment" else "aligned"
            writer.add_trial(trial(number, framing=level, belief=level), None, rules(label))
    html = _report(path)
    text = html[html.index('id="findings"') : html.index("</main>")]
    sentences = [s for s in re.split(r"[.!?]\s|<", text) if "caus" in s and "because" not in s]
    assert sentences
    assert all("framing" in sentence or "is the cause" in sentence for sentence in sentences)
    assert "Stating deployment is associated with more misaligned acts" in text
    assert "The deployment framing caused more misaligned acts" in text


def test_what_was_run_says_what_was_left_out_and_what_failed(run: Path) -> None:
    tables = Tables(_report(run)).tables
    left_out = {row[0]: row[-1] for row in tables["What rates and gaps leave out"][1:]}
    expected = crosstab(load(run)).left_out
    assert left_out["failed"] == str(expected["error"])
    assert left_out["undecided"] == str(expected["undecided"])
    assert tables["Failed trials"][1:] == [["sim/planted", "the provider answered 503", "1"]]
    models = {row[0]: row for row in tables["Models"][1:]}
    assert "sim/b (SIMULATED)" in models
    assert models["lab/a"][3:5] == ["9", "0"]
    assert "lab-a-0601: 1" in models["lab/a"][2]


def test_simulated_models_are_labelled_and_real_ones_are_not(run: Path) -> None:
    html = _report(run)
    page = html[: html.index('id="data"')]
    assert "SIMULATED.</strong>" in page
    assert "The other models are real." in page
    assert "lab/a (SIMULATED)" not in page
    bare = re.findall(r"sim/b(?! \(SIMULATED\))", page[page.index("<main") :])
    assert len(bare) <= 2  # the command and the specification, which are to be copied


def test_a_real_run_has_no_banner(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with RunWriter.open(path, run_id="run-1") as writer:
        writer.add_trial(trial(1, model="lab/a", simulated=False), subject("Hello."))
    html = _report(path)
    assert "SIMULATED" not in html[: html.index('id="data"')]
    assert not any(each["simulated"] for each in _data(html)["trials"])


def test_texts_and_prompts_are_stored_once(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with RunWriter.open(path, run_id="run-1") as writer:
        for number in range(50):
            writer.add_trial(trial(number), subject("The same words each time."))
    html = _report(path)
    assert html.count("The same words each time.") == 1
    assert len(_data(html)["trials"]) == 50


def test_a_big_run_shows_a_sample_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with RunWriter.open(path, run_id="run-1") as writer:
        for number in range(40):
            belief = "unstated" if number == 39 else "evaluation"
            writer.add_trial(trial(number, belief=belief), subject(f"answer {number}"))
    html = _report(path, transcripts=10)
    data = _data(html)
    assert (len(data["trials"]), data["total"]) == (10, 40)
    assert "10 of 40 trials are here" in html
    assert "unstated" in {each["belief"] for each in data["trials"]}
    assert _report(path, transcripts=10) == html
    assert "None of the 40 trials has its transcript" in _report(path, transcripts=0)


def test_hostile_text_stands_in_the_page_as_text_alone(tmp_path: Path) -> None:
    html = _report(hostile_run(tmp_path / "run.db"))
    assert html.count("<script") == html.count("</script>") == 2
    assert "<img" not in html
    assert "onload=" not in re.sub(r"&lt;svg onload=|\\u003csvg onload=", "", html)
    assert "me:key@" not in html
    data = _data(html)
    assert data["texts"][0]["turns"][0]["parts"][-1]["arguments"][0][1] == HOSTILE


@pytest.mark.parametrize("transcripts", [0, 500])
def test_an_empty_run_and_one_of_errors_have_a_report(tmp_path: Path, transcripts: int) -> None:
    empty, errors = tmp_path / "empty.db", tmp_path / "errors.db"
    with RunWriter.open(empty, run_id="run-1"):
        pass
    with RunWriter.open(errors, run_id="run-1") as writer:
        for number in range(3):
            writer.add_trial(failed(number))
    assert "There are no trials" in _report(empty, transcripts=transcripts)
    assert "No trial finished: 3 failed." in _report(errors, transcripts=transcripts)


def test_one_belief_alone_and_nothing_decided_have_a_report(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with RunWriter.open(path, run_id="run-1") as writer:
        for number in range(4):
            writer.add_trial(trial(number), subject("It is a test."))
    html = _report(path)
    assert "The belief gap is undefined: no trial states deployment" in html
    assert '<span class="value">0.0–100.0 %</span>' in html
    assert "4 of 4 are undecided" in html


def test_a_table_of_trials_without_texts_has_a_report(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with RunWriter.open(path, run_id="run-1") as writer:
        writer.add_trial(trial(1, prompt_hash="", settings="", cues=""))
    (only,) = _data(_report(path))["trials"]
    assert (only["text"], only["prompt"]) == (None, None)


@pytest.mark.parametrize("name", ["folder", "missing/report.html", "run.db", "file/report.html"])
def test_what_can_not_be_written_is_one_line(tmp_path: Path, name: str) -> None:
    run = mixed_run(tmp_path / "run.db")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    before = run.read_bytes()
    with pytest.raises(UsageError, match=r"--out .*: ") as caught:
        write_report(run, tmp_path / name)
    assert "\n" not in str(caught.value)
    assert run.read_bytes() == before
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_no_run_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("no database")
    for run in (path, tmp_path / "missing.db"):
        with pytest.raises(RunFileError) as caught:
            write_report(run, tmp_path / "report.html")
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "report.html").exists()
