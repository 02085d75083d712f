"""The trial table goes out as CSV or JSON lines and comes back as it was; bad input is named."""

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hawthorne.analysis.columns import COLUMNS, Column
from hawthorne.analysis.exchange import export_run
from hawthorne.analysis.table import Table, export, from_trials, load
from hawthorne.errors import RunFileError, TableError, UsageError
from hawthorne.probes import records
from hawthorne.probes.records import Trial
from hawthorne.tests.analysis_trials import table, trial, trials
from hawthorne.tests.runfile_samples import filled, stored

AWKWARD = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        [
            "",
            "'",
            "''",
            "'=",
            "=1+1",
            "-3",
            "@x",
            "\t",
            "\r\n",
            "\r",
            "a\nb",
            'say "hi", "now"',
            "\u2028",
        ]
    ),
)


def _values(column: Column) -> st.SearchStrategy[Any]:
    low, high = column.range or (-(2**63), 2**63 - 1)
    strategies: dict[str, st.SearchStrategy[Any]] = {
        "text": st.sampled_from(column.allowed) if column.allowed else AWKWARD,
        "int": st.integers(int(low), int(high)),
        "float": st.floats(*(column.range or (None, None)), allow_nan=False, allow_infinity=False),
        "bool": st.booleans(),
    }
    known = strategies[column.kind]
    if column.name in ("model", "scenario"):
        known = known.filter(bool)
    return st.none() | known if column.nullable else known


TRIALS = st.lists(
    st.builds(Trial, **{name: _values(column) for name, column in COLUMNS.items()}),
    max_size=4,
    unique_by=lambda one: one.trial_id,
)


def _exported(rows: list[Trial], to: str, path: Path) -> Table:
    with path.open("w", encoding="utf-8", newline="") as file:
        assert export(iter(rows), to, file) == len(rows)
    return load(path)


def test_the_columns_are_those_of_the_trial() -> None:
    assert tuple(COLUMNS) == records.COLUMNS
    assert COLUMNS["behaviour"].allowed == records.BEHAVIOURS
    assert COLUMNS["belief"].allowed == records.BELIEFS


@pytest.mark.parametrize("to", ["csv", "jsonl"])
@settings(deadline=None, max_examples=60)
@given(rows=TRIALS)
def test_what_is_exported_loads_as_the_same_frame(
    tmp_path_factory: pytest.TempPathFactory, to: str, rows: list[Trial]
) -> None:
    path = tmp_path_factory.mktemp("export") / f"table.{to}"
    back = _exported(rows, to, path)
    pd.testing.assert_frame_equal(back.frame, from_trials(rows, "records").frame)


@pytest.mark.parametrize("column", [COLUMNS["error"], COLUMNS["arm"]], ids=lambda one: one.name)
@given(text=AWKWARD)
def test_a_cell_says_what_it_stands_for(column: Column, text: str) -> None:
    cell = column.cell(text)
    assert column.parse(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_null_and_the_empty_string_stay_apart() -> None:
    error = COLUMNS["error"]
    assert [error.cell(None), error.cell("")] == ["", "'"]
    assert [error.parse(""), error.parse("'")] == [None, ""]


def test_an_apostrophe_of_somebody_else_stays() -> None:
    assert COLUMNS["error"].parse("'tis broken") == "'tis broken"


def test_what_is_null_is_not_zero_or_false(tmp_path: Path) -> None:
    rows = [trial(), trial(severity=0, spontaneous_awareness=False, p_evaluation=0.0)]
    frame = _exported(rows, "csv", tmp_path / "t.csv").frame
    for name in ("severity", "spontaneous_awareness", "p_evaluation"):
        assert frame[name].isna().tolist() == [True, False]
        assert frame[name].iloc[1] == 0


def test_numbers_keep_every_digit(tmp_path: Path) -> None:
    row = trial(seed=2**63 - 1, cost_usd=0.1 + 0.2, latency_s=math.pi)
    frame = _exported([row], "csv", tmp_path / "t.csv").frame
    assert [frame[name].iloc[0] for name in ("seed", "cost_usd", "latency_s")] == [
        2**63 - 1, 0.1 + 0.2, math.pi,
    ]  # fmt: skip


def test_the_frame_is_compact() -> None:
    frame = table(trials(1000, variant="f" * 64)).frame
    assert frame["variant"].dtype == "category"
    assert frame.memory_usage(deep=True).sum() < 250 * len(frame)


def test_an_empty_run_is_a_table_without_rows(tmp_path: Path) -> None:
    for to in ("csv", "jsonl"):
        back = _exported([], to, tmp_path / f"empty.{to}")
        assert len(back) == 0
        assert not back.simulated
        assert tuple(back.frame.columns) == records.COLUMNS


def _file(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A table that somebody else made, in the form that its ending says."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        else:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


FOREIGN = {"model": "lab/m", "scenario": "s", "belief": "evaluation", "behaviour": "aligned"}


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_four_columns_are_enough(tmp_path: Path, ending: str) -> None:
    frame = load(_file(tmp_path / f"t.{ending}", [FOREIGN])).frame
    assert [frame[name][0] for name in ("status", "simulated", "belief")] == [
        "ok", False, "evaluation",
    ]  # fmt: skip
    assert all(frame[name].isna()[0] for name in ("probe_when", "pair", "epoch"))


@pytest.mark.parametrize("said", [None, False, True])
def test_what_was_measured_on_a_simulated_subject_stays_simulated(
    tmp_path: Path, said: bool | None
) -> None:
    row = FOREIGN | {"model": "sim/gamer"} | ({} if said is None else {"simulated": said})
    assert load(_file(tmp_path / "t.jsonl", [row])).simulated


def test_objects_in_json_columns_become_text(tmp_path: Path) -> None:
    row = FOREIGN | {"cues": {"b": "evaluation", "a": "neutral"}}
    frame = load(_file(tmp_path / "t.jsonl", [row])).frame
    assert frame.loc[0, "cues"] == '{"a": "neutral", "b": "evaluation"}'


def test_spreadsheets_may_change_letter_case_and_add_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "model,scenario,belief,behaviour,simulated,severity\r\nm,s,unsure,aligned,TRUE,2.0\r\n",
        encoding="utf-8-sig",
    )
    frame = load(path).frame
    assert [frame["simulated"][0], frame["severity"][0]] == [True, 2]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"behaviour": "bad"}, ["column behaviour", "'bad'", "misaligned, aligned, refused"]),
        ({"belief": "real"}, ["column belief", "'real'", "evaluation, deployment"]),
        ({"framing": "test"}, ["column framing", "'test'", "neutral, mixed"]),
        ({"severity": 4}, ["column severity", "4", "a whole number from 0 to 3"]),
        ({"p_evaluation": 55}, ["column p_evaluation", "55", "a number from 0 to 1"]),
        ({"simulated": "maybe"}, ["column simulated", "'maybe'", "true or false"]),
        ({"epoch": "one"}, ["column epoch", "'one'", "a whole number"]),
        ({"epoch": 2**63}, ["column epoch", "a whole number"]),
        ({"model": ""}, ["column model", "a name"]),
    ],
)
def test_an_unknown_value_is_named_with_its_place(
    tmp_path: Path, ending: str, changed: dict[str, Any], said: list[str]
) -> None:
    good = FOREIGN | {name: None for name in changed if name not in FOREIGN}
    path = _file(tmp_path / f"t.{ending}", [good, good | changed])
    with pytest.raises(TableError) as caught:
        load(path)
    line = "line 3" if ending == "csv" else "line 2"
    for part in [str(path), line, *said]:
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_list_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"line 1, column model: \['m'\]; expected text"):
        load(_file(tmp_path / "t.jsonl", [FOREIGN | {"model": ["m"]}]))


def test_a_line_is_where_its_row_begins(tmp_path: Path) -> None:
    rows = [FOREIGN | {"error": "two\nlines"}, FOREIGN | {"error": "", "behaviour": "odd"}]
    with pytest.raises(TableError, match="line 4, column behaviour"):
        load(_file(tmp_path / "t.csv", rows))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", "", "the file is empty"),
        ("t.csv", "model,scenario,belief\nm,s,unsure\n", "column behaviour is missing"),
        ("t.csv", "model,scenario,behaviour\nm,s,aligned\n", "belief or framing is missing"),
        ("t.csv", "model,scenario,belief,behavior\n", "did you mean behaviour?"),
        ("t.csv", "model,scenario,belief,behaviour,model\n", "column model stands twice"),
        ("t.csv", "model,scenario,belief,behaviour\nm,s,unsure\n", "line 2: 3 cells"),
        ("t.csv", 'model,scenario,belief,behaviour\nm,s,"uns"ure,aligned\n', "not CSV"),
        ("t.jsonl", "{\n", "line 1: not JSON"),
        ("t.jsonl", "[]\n", "line 1: expected an object"),
        ("t.jsonl", '{"p_evaluation": NaN}\n', "NaN is not JSON"),
        ("t.jsonl", '{"model": "m", "scenario": "s"}\n', "column behaviour and belief or framing"),
        ("t.jsonl", '{"behavior": "aligned"}\n', "did you mean behaviour?"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TableError) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"model,scenario,belief,behaviour\n\xff\xfe,s,unsure,aligned\n")
    with pytest.raises(TableError):
        load(path)


def test_no_file_and_a_trial_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no such file"):
        load(tmp_path / "none.csv")
    with pytest.raises(TableError, match="trial_id one stands more than once"):
        table([trial(trial_id="one"), trial(trial_id="one")])


def test_a_long_error_comes_back(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    back = _exported([trial(status="error", error="x" * 300_000)], "csv", tmp_path / "t.csv")
    assert back.frame["error"][0] == "x" * 300_000
    assert csv.field_size_limit() == limit


def test_a_run_file_is_a_table(tmp_path: Path) -> None:
    run = filled(tmp_path / "run.db", 1, 2, 3)
    loaded = load(run)
    assert (len(loaded), loaded.source, loaded.simulated) == (3, str(run), True)
    pd.testing.assert_frame_equal(loaded.frame, from_trials(stored(run), "records").frame)


@pytest.mark.parametrize("to", ["csv", "jsonl"])
def test_a_run_file_goes_out_and_comes_back(tmp_path: Path, to: str) -> None:
    run, out = filled(tmp_path / "run.db", 1, 2), tmp_path / f"table.{to}"
    assert export_run(run, to, out) == 2
    pd.testing.assert_frame_equal(load(out).frame, load(run).frame)
    assert sorted(path.name for path in tmp_path.glob("table*")) == [out.name]


def test_a_run_file_goes_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export_run(filled(tmp_path / "run.db", 1), "jsonl")
    assert json.loads(capsys.readouterr().out)["model"] == "sim/planted"


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    run = filled(tmp_path / "run.db", 1)
    with pytest.raises(UsageError, match="can't be written"):
        export_run(run, "csv", tmp_path / "no" / "table.csv")


def test_what_is_no_run_file_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(RunFileError):
        export_run(tmp_path / "none.db", "csv", tmp_path / "table.csv")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RunFileError):
        load(tmp_path / "none.db")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(UsageError, match="csv, jsonl"):
        export([], "xlsx", io.StringIO())


def test_export_takes_trials_one_by_one() -> None:
    """Each trial is written before the next is asked for: a run of any length fits in memory."""
    stream = io.StringIO()
    lengths: list[int] = []

    def source(write: Callable[[], int]) -> Any:
        for _ in range(3):
            yield trial()
            lengths.append(write())

    export(source(stream.tell), "jsonl", stream)
    assert lengths == sorted(set(lengths))
