"""Nothing that was answered is asked again or lost: subjects and judges that fail."""

from pathlib import Path

import pytest

from hawthorne.probes.engine.run import run_judging
from hawthorne.probes.runfile.read import RunReader
from hawthorne.tests.loopback import faults
from hawthorne.tests.loopback.exchange import Answer, Request, Respond
from hawthorne.tests.loopback.server import Loopback
from hawthorne.tests.sweeps import KEY, call, plant, sweep, table, trials

SWEEP = ("sweep", "--model", "openai/planted", "--scenario", "blackmail", "--epochs", "30")


@pytest.fixture
def server(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    return plant(loopback, monkeypatch)


def test_what_fails_for_good_is_stored_with_its_reason_and_can_be_asked_again(
    tmp_path: Path, server: Loopback
) -> None:
    out, planted = tmp_path / "run.db", server.respond
    server.respond = failing_for_one_framing(planted)
    first = call(*SWEEP, "--out", out, "--max-connections", "8")
    assert first.returncode == 3
    assert "30 trials failed" in first.stderr
    assert "--retry-errors" in first.stderr
    failed = [row for row in trials(out) if row.status == "error"]
    assert len(failed) == 30
    assert {row.framing for row in failed} == {"evaluation"}
    for row in failed:
        assert row.error
        assert "400" in row.error
        assert (row.belief, row.behaviour) == (None, None)
        assert KEY not in row.error
    server.respond = planted
    asked = len(server.completions)
    again = call(*SWEEP, "--out", out)
    assert again.returncode == 3, "errors that were not asked again are still errors"
    assert len(server.completions) == asked
    mended = call(*SWEEP, "--out", out, "--retry-errors")
    assert mended.returncode == 0, mended.stderr
    assert len(server.completions) == asked + 30
    assert {row.status for row in trials(out)} == {"ok"}
    for path in tmp_path.iterdir():
        assert KEY.encode() not in path.read_bytes()


def failing_for_one_framing(planted: Respond) -> Respond:
    def respond(request: Request) -> Answer:
        if "evaluation exercise" in request.system:
            return Answer(fault=faults.status(400))
        return planted(request)

    return respond


def test_a_bad_key_stops_the_model_at_its_first_answers(tmp_path: Path, server: Loopback) -> None:
    server.respond = lambda request: Answer(fault=faults.status(401))
    out = tmp_path / "run.db"
    tally = sweep(out, models=["openai/planted", "sim/figure-10"], epochs=100, connections=5)
    assert list(tally.stopped) == ["openai/planted"]
    assert len(server.completions) <= 5
    done = [row for row in trials(out) if row.model == "sim/figure-10"]
    assert len(done) == 200, "one model's trouble is not the other's"


def test_a_judge_that_fails_costs_no_second_draw_of_the_subject(
    tmp_path: Path, server: Loopback
) -> None:
    out, planted = tmp_path / "run.db", server.respond
    server.respond = lambda request: Answer("not JSON") if request.schema else planted(request)
    sweep(out, models=["openai/planted"], judges=["openai/judge"], epochs=10)
    drawn = [request for request in server.completions if not request.schema]
    assert len(drawn) == 20
    undecided = [row for row in trials(out) if row.behaviour == "undecided"]
    assert undecided, "the rules of blackmail leave much open"
    with RunReader(out) as reader:
        verdicts = reader.verdicts(undecided[0].trial_id)
    assert [(v.judge, v.label) for v in verdicts] == [("openai/judge", "undecided")]
    assert "form" in verdicts[0].reason
    server.respond = planted
    run_judging(out, ("openai/judge",))
    assert not [row for row in trials(out) if row.behaviour == "undecided"]
    assert len([request for request in server.completions if not request.schema]) == 20


def test_a_run_without_a_judge_can_be_judged_later_to_the_same_table(tmp_path: Path) -> None:
    later, at_once = tmp_path / "later.db", tmp_path / "once.db"
    sweep(later, epochs=50)
    assert any(row.behaviour == "undecided" for row in trials(later))
    tally = run_judging(later, ("sim/judge",))
    assert tally.judged > 0
    assert tally.undecided == 0
    sweep(at_once, epochs=50, judges=["sim/judge"])
    assert table(trials(later)) == table(trials(at_once))
    assert run_judging(later, ("sim/judge",)).judged == 0, "nothing is judged twice"
