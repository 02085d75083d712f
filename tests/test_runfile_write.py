"""What is written is what is read: trials, and all that they share."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.errors import RunFileError
from hawthorne.probes.records import COLUMNS, Message, Transcript, Trial, Turn
from hawthorne.probes.runfile import RunReader, RunWriter
from hawthorne.probes.runfile.codec import pack, read_transcript, transcript_json
from hawthorne.probes.runfile.rows import RESOLVED, SUBJECT, TRIAL, VARIANT
from hawthorne.tests.runfile_samples import (
    failed,
    filled,
    rules,
    stored,
    transcript,
    trial,
    trial_id,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


@pytest.fixture
def run(path: Path) -> Iterator[RunWriter]:
    with RunWriter.open(path, run_id="run-1") as writer:
        yield writer


def _count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        number: int = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return number


def test_every_column_is_kept_in_one_place(run: RunWriter, path: Path) -> None:
    assert sorted((*SUBJECT, *VARIANT, *TRIAL, *RESOLVED)) == sorted(COLUMNS)
    with closing(sqlite3.connect(path)) as db:
        view = [row[1] for row in db.execute("PRAGMA table_info(trial_table)")]
    assert tuple(view[: len(COLUMNS)]) == COLUMNS


def test_a_trial_comes_back_as_it_was(run: RunWriter, path: Path) -> None:
    given_trial = trial(1, acknowledges_wrong=True, arm="B", belief_reason="late", error="once")
    run.add_trial(given_trial, transcript(), rules("misaligned", 3))
    with RunReader(path) as reader:
        (found,) = reader.trials()
    given_trial.behaviour, given_trial.severity = "misaligned", 3
    given_trial.verdict_source = "rules"
    assert found == given_trial
    assert [type(value) for value in astuple(found)] == [type(v) for v in astuple(given_trial)]


def test_nulls_stay_null(run: RunWriter, path: Path) -> None:
    run.add_trial(trial(1, option_order=None, probe_how=None, probe_when="none", cost_usd=None))
    (found,) = stored(path)
    assert (found.option_order, found.probe_how, found.cost_usd) == (None, None, None)
    assert (found.behaviour, found.verdict_source) == ("undecided", None)


def test_trials_come_in_the_order_in_which_they_finished(run: RunWriter, path: Path) -> None:
    for number in (5, 3, 9, 1):
        run.add_trial(trial(number, framing="evaluation" if number > 4 else "deployment"))
    assert [t.trial_id for t in stored(path)] == [trial_id(number) for number in (5, 3, 9, 1)]


def test_framings_that_read_alike_are_not_merged(run: RunWriter, path: Path) -> None:
    same = {"variant": "same", "prompt_hash": "same"}
    given_trials = [
        trial(1, framing="neutral", base_framing="neutral", cues='{"stakes":"neutral"}', **same),
        trial(2, framing="evaluation", **same),
        trial(3, framing="evaluation", cues='{"stakes":"deployment"}', **same),
        trial(4, framing="evaluation", goal="conflict", **same),
        trial(5, framing="evaluation", option_order="deployment-first", **same),
    ]
    for each in given_trials:
        run.add_trial(each)
    found = stored(path)
    assert [(t.framing, t.cues, t.goal, t.option_order) for t in found] == [
        (t.framing, t.cues, t.goal, t.option_order) for t in given_trials
    ]
    assert _count(path, "variants") == 5


def test_what_trials_share_is_stored_once(run: RunWriter, path: Path) -> None:
    for number in range(20):
        run.add_prompt("prompt-1", [Message("user", "Hello")], [])
        run.add_trial(trial(number), transcript())
    tables = ("trials", "variants", "subjects", "texts", "prompts")
    assert [_count(path, table) for table in tables] == [20, 1, 1, 1, 1]


def test_sharing_goes_on_after_a_reopening(path: Path) -> None:
    for number in range(3):
        with RunWriter.open(path) as run:
            run.add_scenario("blackmail", "hash-1", "id: blackmail")
            run.add_prompt("prompt-1", [Message("user", "Hello")], [])
            run.add_trial(trial(number), transcript())
    tables = ("trials", "scenarios", "variants", "subjects", "texts", "prompts")
    assert [_count(path, table) for table in tables] == [3, 1, 1, 1, 1, 1]


def test_alike_transcripts_can_be_told(run: RunWriter, path: Path) -> None:
    for number, text in enumerate(("a", "b", "a")):
        run.add_trial(trial(number), transcript(text))
    with RunReader(path) as reader:
        hashes = dict(reader.transcript_hashes())
    assert hashes[trial_id(0)] == hashes[trial_id(2)] != hashes[trial_id(1)]


def test_a_prompt_and_a_transcript_come_back(run: RunWriter, path: Path) -> None:
    messages = (Message("system", "You are Ada. 🙂"), Message("user", "Read on."))
    tools = [{"name": "send_email", "parameters": {"type": "object"}}]
    run.add_prompt("prompt-1", messages, tools)
    episode = Transcript((Turn("subject", "x", "hm"), Turn("world", "sent")), stop="length")
    run.add_trial(trial(1), episode)
    with RunReader(path) as reader:
        assert reader.prompt("prompt-1") == (messages, tools)
        assert reader.transcript(trial_id(1)) == episode
        assert reader.transcript(trial_id(1)[:6]) == episode
        assert reader.trial(trial_id(1)[:6]).trial_id == trial_id(1)


def test_scenarios_are_kept_in_every_text_that_was_used(path: Path) -> None:
    for number, text in enumerate(("first", "second")):
        with RunWriter.open(path) as run:
            run.add_scenario("blackmail", f"hash-{number}", text)
            run.add_trial(trial(number))
    with RunReader(path) as reader:
        assert reader.scenario_source("blackmail") == "second"
        assert [
            reader.scenario_source(reader.scenario_hash(trial_id(number)) or "")
            for number in range(2)
        ] == ["first", "second"]


def test_a_finished_trial_is_never_run_nor_written_again(run: RunWriter, path: Path) -> None:
    assert not run.has(trial_id(1))
    assert not run.is_done(trial_id(1))
    assert run.add_trial(trial(1), transcript("first"))
    assert run.has(trial_id(1))
    assert run.is_done(trial_id(1))
    assert run.is_done(trial_id(1), retry_errors=True)
    assert not run.add_trial(trial(1, belief="unsure"), transcript("second"))
    assert not run.add_trial(failed(1))
    assert [t.belief for t in stored(path)] == ["evaluation"]
    assert _count(path, "texts") == 1


def test_an_error_is_done_until_its_retry_is_asked_for(run: RunWriter, path: Path) -> None:
    run.add_trial(failed(1))
    run.add_trial(trial(2))
    assert run.errors() == 1
    assert not run.has(trial_id(1))
    assert run.is_done(trial_id(1))
    assert not run.is_done(trial_id(1), retry_errors=True)
    assert run.add_trial(failed(1, error="again"))
    assert [t.error for t in stored(path)] == ["again", None]
    assert run.add_trial(trial(1), transcript(), rules())
    first, _ = stored(path)
    assert (first.status, first.error, first.behaviour) == ("ok", None, "aligned")
    assert run.errors() == 0


def test_a_failed_trial_has_no_behaviour(run: RunWriter, path: Path) -> None:
    run.add_trial(failed(1), transcript("half an ans"), rules())
    (found,) = stored(path)
    assert (found.behaviour, found.severity, found.verdict_source) == (None, None, None)


def test_half_a_surrogate_pair_does_no_harm(run: RunWriter, path: Path) -> None:
    run.add_trial(failed(1, error="bad \ud83d"))
    run.add_trial(trial(2, served_by="\udc00"), transcript("half \ud83d"))
    with RunReader(path) as reader:
        assert reader.trial(trial_id(1)).error == "bad ?"
        assert reader.transcript(trial_id(2)).turns[0].text == "half \ud83d"


@given(
    st.lists(
        st.builds(Turn, st.sampled_from(["subject", "world"]), st.text(st.characters()), st.text()),
        max_size=4,
    ).map(tuple),
    st.sampled_from(["stop", "length", "refusal", "content_filter"]),
)
def test_any_transcript_survives(turns: tuple[Turn, ...], stop: str) -> None:
    episode = Transcript(turns, stop)  # type: ignore[arg-type]
    assert read_transcript(pack(transcript_json(episode))) == episode


def test_a_run_keeps_its_name_and_takes_no_other(path: Path) -> None:
    with RunWriter.open(path) as run:
        name = run.run_id
    with RunWriter.open(path) as run:
        assert run.run_id == name
    with pytest.raises(RunFileError, match=f"holds the run {name}, not other: name another file"):
        RunWriter.open(path, run_id="other")
    with RunWriter.open(path, run_id=name) as run:
        assert run.run_id == name


def test_nothing_but_the_file_is_left(path: Path) -> None:
    filled(path, 1, 2)
    assert stored(path)
    assert [each.name for each in path.parent.iterdir()] == ["run.db"]


def test_closing_twice_does_not_free_the_next_writers_lock(path: Path) -> None:
    first = RunWriter.open(path)
    first.close()
    with RunWriter.open(path):
        first.close()
        with pytest.raises(RunFileError, match="is being written"):
            RunWriter.open(path)


def test_a_link_leads_to_the_same_lock(path: Path) -> None:
    link = path.with_name("link.db")
    try:
        link.symlink_to(path.name)
    except OSError:
        pytest.skip("no links here")
    with RunWriter.open(path), pytest.raises(RunFileError, match="is being written"):
        RunWriter.open(link)


def test_a_trial_takes_little_beside_what_the_subject_wrote(path: Path) -> None:
    """An answer of 1,200 characters takes about 770 bytes, and a trial shall take under 1,200."""
    number = 2_000
    with RunWriter.open(path) as run:
        run.add_prompt("prompt-1", [Message("user", "x" * 20_000)], [])
        packed = 0
        for each in range(number):
            text = "".join(trial_id(each * 40 + part) for part in range(20))
            packed += len(pack(transcript_json(transcript(text))))
            run.add_trial(_alternating(each), transcript(text), rules())
    assert (path.stat().st_size - packed) / number < 450


def _alternating(number: int) -> Trial:
    framing = ("evaluation", "deployment")[number % 2]
    return trial(number, framing=framing, variant=framing, epoch=number // 2)
