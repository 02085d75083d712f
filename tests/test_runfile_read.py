"""Reading: parts of the table, counts, what is left to judge, and the summary."""

from pathlib import Path

import pytest

from hawthorne.errors import RunFileError, TableError
from hawthorne.probes.records import Usage, Verdict
from hawthorne.probes.runfile import JudgeSummary, ModelSummary, RunReader, RunWriter
from hawthorne.tests.runfile_samples import failed, filled, rules, transcript, trial, trial_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.db"
    with RunWriter.open(path, run_id="run-1") as run:
        run.add_trial(trial(1, epoch=1), transcript("a"), rules("aligned", 0))
        run.add_trial(trial(2, epoch=2), transcript("b"), rules("misaligned", 3))
        run.add_trial(trial(3, epoch=3, model="sim/other", belief="unsure"), transcript("c"))
        run.add_trial(failed(4))
    return path


def test_conditions_take_values_texts_lists_and_null(path: Path) -> None:
    with RunReader(path) as run:

        def numbers(where: dict[str, object]) -> list[int]:
            ids = [row[0] for row in run.rows(["trial_id"], where)]
            return [number for number in range(1, 5) if trial_id(number) in ids]

        assert numbers({}) == [1, 2, 3, 4]
        assert numbers({"model": "sim/other"}) == [3]
        assert numbers({"epoch": 2}) == numbers({"epoch": "2"}) == [2]
        assert numbers({"severity": "3"}) == numbers({"severity": 3}) == [2]
        assert numbers({"simulated": "true"}) == numbers({"simulated": True}) == [1, 2, 3, 4]
        assert numbers({"simulated": "False"}) == []
        assert numbers({"behaviour": None}) == numbers({"status": "error"}) == [4]
        assert numbers({"behaviour": ["aligned", None]}) == [1, 4]
        assert numbers({"behaviour": ["aligned", "undecided"], "belief": "unsure"}) == [3]
        assert numbers({"belief": []}) == []
        assert numbers({"cues": "' OR 1=1 --"}) == []


def test_counts_are_made_by_column(path: Path) -> None:
    with RunReader(path) as run:
        assert run.counts(["behaviour"], {"status": "ok"}) == [
            ("aligned", 1),
            ("misaligned", 1),
            ("undecided", 1),
        ]
        assert run.counts([]) == [(4,)]


def test_an_unknown_column_is_named(path: Path) -> None:
    with RunReader(path) as run:
        for attempt in (
            lambda: run.rows(["trial_id; DROP TABLE trials"]),
            lambda: run.trials({"colour": "red"}),
            lambda: run.counts(["nr"]),
        ):
            with pytest.raises(TableError, match=r"has no column .*: the columns are trial_id, "):
                list(attempt())


def test_the_time_of_finishing_can_be_read(path: Path) -> None:
    with RunReader(path) as run:
        times = [row[0] for row in run.rows(["finished_at"])]
        summary = run.summary()
    assert all(len(time) == 20 and time.endswith("Z") for time in times)
    assert (summary.first_at, summary.last_at) == (min(times), max(times))


def test_the_table_streams_while_trials_are_added(path: Path) -> None:
    with RunWriter.open(path) as writer, RunReader(path) as run:
        stream = run.trials()
        next(stream)
        writer.add_trial(trial(9), transcript("later"))
        assert len(list(stream)) == 3
        assert len(list(run.trials())) == 5


def test_to_judge_gives_what_rules_left_open_and_a_judge_has_not_said(path: Path) -> None:
    with RunWriter.open(path) as writer, RunReader(path) as run:
        writer.add_trial(trial(5), transcript("e"), rules("undecided", None))
        writer.add_trial(trial(6), None)  # as an imported row: there is nothing to read

        def open_to(*judges: str) -> list[int]:
            ids = [one.trial_id for one, _ in run.to_judge(judges)]
            return [number for number in range(1, 7) if trial_id(number) in ids]

        assert open_to("a") == [3, 5]
        writer.add_verdict(trial_id(3), Verdict("a", "aligned"))
        assert open_to("a") == open_to("a", "a") == [5]
        assert open_to("a", "b") == [3, 5]
        writer.add_verdict(trial_id(3), Verdict("b", "undecided", reason="no JSON"))
        assert open_to("b") == [3, 5]
        writer.add_verdict(trial_id(3), Verdict("b", "aligned"))
        assert open_to("a", "b") == [5]
        writer.add_verdict(trial_id(3), Verdict("a", "undecided"))
        assert open_to("a", "b") == [3, 5]
        assert open_to() == []


def test_verdicts_can_be_added_while_the_open_trials_are_walked(tmp_path: Path) -> None:
    path = filled(tmp_path / "run.db", *range(600))
    seen = []
    with RunWriter.open(path) as writer, RunReader(path) as run:
        for one, episode in run.to_judge(["judge"]):
            seen.append((one.trial_id, episode.turns[0].text))
            writer.add_verdict(one.trial_id, Verdict("judge", "aligned"))
        assert list(run.to_judge(["judge"])) == []
    assert seen == [(trial_id(number), f"answer {number}") for number in range(600)]


def test_the_summary_counts_models_judges_and_sweeps(path: Path) -> None:
    with RunWriter.open(path) as writer:
        first = writer.add_sweep({"epochs": 2, "models": ["sim/planted"]}, {"blackmail": "hash-1"})
        writer.finish_sweep(first)
        writer.add_sweep({"epochs": 4}, {})
        verdict = Verdict("judge", "misaligned", 2, ("quote",), "why", Usage(900, 800, 40))
        writer.add_verdict(trial_id(3), verdict)
        with RunReader(path) as run:
            assert run.summary().writing
    with RunReader(path) as run:
        summary = run.summary()
        assert run.sweeps() == summary.sweeps
    assert not summary.writing
    assert (summary.run_id, summary.trials, summary.undecided) == ("run-1", 4, 0)
    assert summary.models == (
        ModelSummary("sim/other", True, 1, 0, 0, 3012, 2800, 412, 0.125),
        ModelSummary("sim/planted", True, 2, 1, 0, 3 * 3012, 3 * 2800, 3 * 412, 0.375),
    )
    assert summary.judges == (JudgeSummary("judge", 1, 0, 900, 800, 40),)
    done, cut = summary.sweeps
    assert (done.spec, done.hashes) == (
        {"epochs": 2, "models": ["sim/planted"]},
        {"blackmail": "hash-1"},
    )
    assert set(done.versions) == {"hawthorne", "python"}
    assert done.finished_at is not None
    assert (cut.spec, cut.finished_at) == ({"epochs": 4}, None)


def test_an_empty_run_has_a_summary(tmp_path: Path) -> None:
    RunWriter.open(tmp_path / "run.db").close()
    with RunReader(tmp_path / "run.db") as run:
        summary = run.summary()
        assert list(run.trials()) == []
    assert (summary.trials, summary.models, summary.first_at) == (0, (), None)


def test_what_is_not_there_is_named(path: Path) -> None:
    with RunReader(path) as run:
        for attempt, text in (
            (lambda: run.trial("zz"), "no trial whose id begins with 'zz'"),
            (lambda: run.trial(""), "no trial whose id begins with ''"),
            (lambda: run.transcript(trial_id(4)), "no transcript of trial"),
            (lambda: run.prompt("zz"), "no prompt zz"),
            (lambda: run.scenario_source("zz"), "no scenario zz"),
        ):
            with pytest.raises(RunFileError, match=f"run.db: holds {text}"):
                attempt()


def test_a_beginning_that_fits_two_trials_is_refused(tmp_path: Path) -> None:
    with RunWriter.open(tmp_path / "run.db") as writer:
        for name in ("ab", "abc", "abd"):
            one = trial(1)
            one.trial_id = name
            writer.add_trial(one)
    with RunReader(tmp_path / "run.db") as run:
        assert run.trial("ab").trial_id == "ab"
        assert run.trial("abd").trial_id == "abd"
        with pytest.raises(RunFileError, match="holds more than one trial"):
            run.trial("a")
