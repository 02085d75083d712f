"""What goes wrong with one model, one judge or one file stays there, and is said as it is."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from hawthorne.probes.engine.display import judging_summary, summary
from hawthorne.probes.engine.plan import plan
from hawthorne.probes.engine.run import run_judging
from hawthorne.probes.engine.sweep import Sweep
from hawthorne.probes.engine.tally import Tally
from hawthorne.probes.records import Call, Reply
from hawthorne.probes.runfile.read import RunReader
from hawthorne.probes.runfile.write import RunWriter
from hawthorne.tests.loopback import faults
from hawthorne.tests.loopback.exchange import Answer, Request, Respond
from hawthorne.tests.loopback.faults import Fault
from hawthorne.tests.loopback.server import Loopback
from hawthorne.tests.scripted import Scripted
from hawthorne.tests.sweeps import KEY, plant, slowed, spec_of, sweep, trials

MODEL = "openai/planted"


@pytest.fixture
def server(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    return plant(loopback, monkeypatch)


def failing(respond: Respond, fault: Fault, *, judge: bool) -> Respond:
    """The same answers, but one fault in place of all those of the judge, or of the subject."""

    def answer(request: Request) -> Answer:
        return Answer(fault=fault) if bool(request.schema) == judge else respond(request)

    return answer


def said(tally: Tally, out: Path) -> str:
    return "\n".join(summary(tally, out))


def undecided(out: Path) -> int:
    return len([row for row in trials(out) if row.behaviour == "undecided"])


def test_a_judge_that_is_stopped_does_not_stop_the_subject_of_the_same_name(
    tmp_path: Path, server: Loopback
) -> None:
    out, planted = tmp_path / "run.db", server.respond
    no_schema = faults.status(400, "no response_format here", error="unsupported_parameter")
    server.respond = failing(planted, no_schema, judge=True)
    tally = sweep(out, models=[MODEL], judges=[MODEL], epochs=20, connections=2)
    assert (tally.done, tally.stopped) == (40, {})
    assert list(tally.judges_stopped) == [MODEL]
    assert tally.incomplete
    assert tally.open == undecided(out) > 0
    assert f"judge {MODEL} stopped: 400: no response_format here" in said(tally, out)
    assert "--retry-errors" not in said(tally, out), "it would not help"
    with RunReader(out) as reader:
        assert [one.finished_at for one in reader.sweeps()] == [None]
    server.respond = planted
    again = sweep(out, models=[MODEL], judges=[MODEL], epochs=20)
    assert (again.found, again.judged, again.open, undecided(out)) == (40, tally.open, 0, 0)
    with RunReader(out) as reader:
        assert reader.sweeps()[1].finished_at


def test_a_subject_that_is_stopped_does_not_stop_the_judge_of_the_same_name(
    tmp_path: Path, server: Loopback
) -> None:
    out, planted = tmp_path / "run.db", server.respond
    sweep(out, models=[MODEL], epochs=5)
    still_open = undecided(out)
    server.respond = failing(planted, faults.status(401), judge=False)
    tally = sweep(out, models=[MODEL], judges=[MODEL], epochs=50, connections=5)
    assert list(tally.stopped) == [MODEL]
    assert (tally.judged, tally.judges_stopped, undecided(out)) == (still_open, {}, 0)
    assert f"{tally.left} not asked" in said(tally, out)
    assert tally.left + tally.failed == 90


def test_a_judge_that_fails_for_good_is_said_to_and_can_be_asked_again(
    tmp_path: Path, server: Loopback
) -> None:
    out, planted = tmp_path / "run.db", server.respond
    server.respond = failing(planted, faults.status(500, retry_after=0.001), judge=True)
    tally = sweep(out, models=[MODEL], judges=["openai/judge"], epochs=4)
    assert tally.undecided == tally.judge_failed == tally.open == undecided(out) > 0
    assert tally.incomplete
    assert "judgements came to nothing (the last: the call failed: 500" in said(tally, out)
    assert f"hawthorne judge {out} --judge PROVIDER/MODEL" in said(tally, out)
    server.respond = planted
    later = run_judging(out, ("openai/judge",))
    assert (later.judged, later.open, later.incomplete) == (tally.undecided, 0, False)
    assert len([one for one in server.completions if not one.schema]) == 8


def test_a_judgement_that_could_not_be_made_of_an_answer_is_no_failure(
    tmp_path: Path, server: Loopback
) -> None:
    server.respond = failing(server.respond, faults.status(400), judge=True)
    answers = server.respond
    server.respond = lambda request: Answer("dunno") if request.schema else answers(request)
    tally = sweep(tmp_path / "run.db", models=[MODEL], judges=["openai/judge"], epochs=2)
    assert tally.undecided > 0
    assert (tally.judge_failed, tally.incomplete) == (0, False)


def test_several_judges_are_all_asked_and_judge_what_is_left_open_alone(
    tmp_path: Path, server: Loopback
) -> None:
    out = tmp_path / "run.db"
    judges = ["openai/one", "openai/two", "openai/one"]
    tally = sweep(out, models=[MODEL], judges=judges, epochs=6)
    with RunReader(out) as reader:
        asked = {row.trial_id: reader.verdicts(row.trial_id) for row in reader.trials()}
    names = [tuple(verdict.judge for verdict in verdicts) for verdicts in asked.values()]
    assert set(names) == {("rules",), ("openai/one", "openai/two")}
    assert tally.judged == 2 * names.count(("openai/one", "openai/two"))
    third = run_judging(out, ("openai/one", "openai/three"))
    assert third.judged == tally.judged // 2, "one has judged them all, three has not"
    assert run_judging(out, ("openai/one", "openai/three")).judged == 0


def test_a_sweep_judges_its_own_trials_and_leaves_others_in_the_file_alone(
    tmp_path: Path, server: Loopback
) -> None:
    out = tmp_path / "run.db"
    sweep(out, models=[MODEL], epochs=5)
    still_open = undecided(out)
    tally = sweep(out, judges=["sim/judge"], epochs=5)
    rows = [row for row in trials(out) if row.behaviour == "undecided"]
    assert {row.model for row in rows} == {MODEL}
    assert tally.open == len(rows) == still_open > 0


def test_a_slow_model_holds_up_no_other(tmp_path: Path, server: Loopback) -> None:
    out, planted = tmp_path / "run.db", server.respond
    late = slowed(planted, 0.4)
    server.respond = lambda one: (late if one.model == "slow" else planted)(one)
    sweep(out, models=["openai/slow", "openai/fast", "sim/figure-10"], epochs=10, connections=4)
    order = [row.model for row in trials(out)]
    before = Counter(order[: order.index("openai/slow")])
    assert before == {"sim/figure-10": 20, "openai/fast": 20}


def test_a_key_or_a_password_is_nowhere_in_the_file(tmp_path: Path, server: Loopback) -> None:
    out = tmp_path / "run.db"

    def echoing(request: Request) -> Answer:
        return Answer(fault=faults.status(400, f"bad header: {request.headers['authorization']}"))

    server.respond = echoing
    url = server.openai_url.replace("//", "//ann:open-sesame@")
    sweep(out, models=[MODEL], epochs=1, seed=1)
    tally = sweep(out, models=[MODEL], epochs=1, base_url=url)
    assert len([row for row in trials(out) if "[key]" in (row.error or "")]) >= 2
    for text in (KEY, "open-sesame"):
        assert text not in said(tally, out)
        assert all(text.encode() not in path.read_bytes() for path in tmp_path.iterdir())
    with RunReader(out) as reader:
        assert reader.sweeps()[1].spec["base_url"] == server.openai_url


def test_costs_are_known_where_nobody_is_paid_and_nowhere_else(
    tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run.db"
    assert sweep(out, judges=["sim/judge"], epochs=3).cost_usd == 0.0
    assert {row.cost_usd for row in trials(out)} == {0.0}
    assert sweep(out, judges=["openai/judge"], epochs=9).cost_usd is None, "the judge is paid"
    assert sweep(out, models=[MODEL], epochs=1).cost_usd is None
    assert {row.cost_usd for row in trials(out) if row.model == MODEL} == {None}
    server.respond = lambda request: Answer(fault=faults.status(400))
    failed = sweep(tmp_path / "failed.db", models=[MODEL], epochs=1)
    assert "cost not known" in said(failed, out)


def test_what_a_judging_says(tmp_path: Path) -> None:
    out = tmp_path / "my run.db"
    sweep(out, epochs=4)
    there = "\n".join(judging_summary(run_judging(out, ("sim/judge",)), out))
    assert "verdicts are in " in there
    assert f"hawthorne crosstab '{out}'" in there
    again = "\n".join(judging_summary(run_judging(out, ("sim/judge",)), out))
    assert again.startswith(f"nothing to judge in {out}: no trial is open")


async def test_an_answer_that_we_fail_to_read_is_kept_and_passed_the_next_time(
    tmp_path: Path,
) -> None:
    subject = Scripted(Reply(cast(str, None)), "I decline.")  # what nobody thought of
    one = plan(spec_of(models=[subject.name], framings=["neutral"], epochs=2), subject)
    with RunWriter.open(tmp_path / "run.db") as writer:
        with pytest.raises(ExceptionGroup):
            await Sweep([one], (), writer, Tally(), connections=1).run()
        await Sweep([one], (), writer, tally := Tally(), connections=1).run()
    assert (tally.found_failed, tally.done, len(subject.calls)) == (1, 1, 2)
    with RunReader(tmp_path / "run.db") as reader:
        first, _ = reader.trials()
        assert (first.error or "").startswith("it could not be read: TypeError")
        assert reader.transcript(first.trial_id).turns


class OneAtATime(Scripted):
    """A subject that says how much it can take, and sees how much it gets."""

    at_once = 2
    open = most = 0

    async def reply(self, call: Call) -> Reply:
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0.001)
        self.open -= 1
        return await super().reply(call)


async def test_a_subject_that_can_take_little_has_no_queue_to_wait_for(tmp_path: Path) -> None:
    subject = OneAtATime("I decline.")
    one = plan(spec_of(models=[subject.name], epochs=10), subject)
    with RunWriter.open(tmp_path / "run.db") as writer:
        await Sweep([one], (), writer, Tally(), connections=20).run()
    assert (subject.most, len(subject.calls)) == (2, 20)
