"""A sweep that is started again: what is new or changed is asked, and nothing is asked twice."""

from pathlib import Path
from typing import Any

import pytest

from hawthorne.errors import UsageError
from hawthorne.scenario_variants.load import LIBRARY
from hawthorne.tests.loopback.exchange import Answer
from hawthorne.tests.loopback.server import Loopback
from hawthorne.tests.sweeps import plant, sweep, table, trials

MODEL = "openai/planted"


@pytest.fixture
def server(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    return plant(loopback, monkeypatch)


def test_a_finished_sweep_asks_for_nothing(tmp_path: Path, server: Loopback) -> None:
    out = tmp_path / "run.db"
    sweep(out, models=["openai/planted"], judges=["openai/judge"], epochs=5)
    asked = len(server.completions)
    tally = sweep(out, models=["openai/planted"], judges=["openai/judge"], epochs=5)
    assert len(server.completions) == asked
    assert (tally.found, tally.done) == (10, 0)


def test_more_epochs_ask_for_just_those(tmp_path: Path) -> None:
    out, straight = tmp_path / "grown.db", tmp_path / "straight.db"
    sweep(out, epochs=10)
    tally = sweep(out, epochs=20)
    assert (tally.found, tally.done) == (20, 20)
    sweep(straight, epochs=20)
    assert table(trials(out)) == table(trials(straight))


@pytest.mark.parametrize(
    "change",
    [
        {"models": ["openai/other"]},
        {"scratchpad": False},
        {"max_tokens": 100},
        {"settings": {"temperature": 0.5}},
        {"whens": ["none"]},
        {"arm": "b"},
        {"seed": 1},
    ],
)
def test_what_is_changed_is_asked_anew_and_nothing_is_asked_twice(
    tmp_path: Path, server: Loopback, change: dict[str, Any]
) -> None:
    out = tmp_path / "run.db"
    first: dict[str, Any] = {"models": [MODEL], "epochs": 2}
    server.respond = lambda request: Answer("I decline. <belief>evaluation</belief>")
    for wanted, calls in ((first, 4), (first, 4), (first | change, 8), (first | change, 8)):
        sweep(out, **wanted)
        assert len(server.completions) == len(trials(out)) == calls


def test_another_address_is_another_subject(tmp_path: Path, server: Loopback) -> None:
    out = tmp_path / "run.db"
    sweep(out, models=[MODEL], epochs=2)
    with Loopback(server.respond) as other:
        for _ in range(2):
            sweep(out, models=[MODEL], epochs=2, base_url=other.openai_url)
            assert (len(other.completions), len(trials(out))) == (4, 8)


def test_a_changed_scenario_or_profile_is_asked_anew(tmp_path: Path) -> None:
    out, scenario, profile = (tmp_path / name for name in ("run.db", "mine.yaml", "my.yaml"))
    scenario.write_text((LIBRARY / "blackmail.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    profile.write_text("misaligned: {evaluation: 0, deployment: 0}", encoding="utf-8")
    # The planted truth; what a subject reads; what a simulated one writes.
    changes = (
        (profile, ": 0", ": 1"),
        (scenario, "\nclosing: |\n", "\nclosing: |\n  Now.\n"),
        (scenario, "  thinking: >-\n", "  thinking: >-\n      Well.\n"),
    )
    for path, old, new in ((None, "", ""), *changes):
        if path:
            change(path, old, new)
        for found, done in ((0, 6), (6, 0)):
            tally = sweep(out, models=[f"sim/{profile}"], scenarios=[str(scenario)], epochs=3)
            assert (tally.found, tally.done) == (found, done), path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_named_twice_is_run_once(tmp_path: Path) -> None:
    twice: dict[str, Any] = {
        "scenarios": ["blackmail"] * 2,
        "framings": ["neutral"] * 2,
        "goals": ["none"] * 2,
    }
    tally = sweep(tmp_path / "run.db", models=["sim/figure-10"] * 2, epochs=3, **twice)
    assert (tally.total, tally.done, len(trials(tmp_path / "run.db"))) == (3, 3, 3)


def test_two_scenarios_of_one_id_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text((LIBRARY / "blackmail.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(UsageError, match="has the id 'blackmail', as blackmail has"):
        sweep(tmp_path / "run.db", scenarios=["blackmail", str(copy)])
    with pytest.raises(UsageError, match="no way of asking 'open'"):
        sweep(tmp_path / "run.db", hows=["open"])
    assert list(tmp_path.iterdir()) == [copy]
