"""Trials to fill run files with, for the tests of the run file."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from hawthorne.probes.records import Transcript, Trial, Turn, Verdict
from hawthorne.probes.runfile import RunReader, RunWriter

_BASE = Trial(
    trial_id="",
    run_id="run-1",
    model="sim/planted",
    settings='{"max_tokens":4096}',
    simulated=True,
    scenario="blackmail",
    family="leverage",
    pair="pair-1",
    variant="variant-1",
    prompt_hash="prompt-1",
    option_order="evaluation-first",
    arm="",
    oversight="unstated",
    goal="none",
    threat="replacement",
    mitigation="none",
    framing="evaluation",
    base_framing="evaluation",
    cues='{"stakes":"evaluation"}',
    probe_when="inline",
    probe_how="choice",
    mode="text",
    epoch=1,
    seed=2**62 + 1,
    belief="evaluation",
    belief_source="tag",
    p_evaluation=0.75,
    spontaneous_awareness=False,
    own_continuity=True,
    end_reason="stop",
    input_tokens=3012,
    cached_tokens=2800,
    output_tokens=412,
    cost_usd=0.125,
    latency_s=8.4321,
    served_by="planted-1",
)


def trial(number: int = 0, **changes: Any) -> Trial:
    """A trial with an id of its own for each number."""
    return replace(_BASE, trial_id=trial_id(number), **changes)


def failed(number: int = 0, error: str = "the provider answered 503") -> Trial:
    """A trial that ended as an error."""
    return trial(
        number, status="error", belief=None, belief_source=None, p_evaluation=None, error=error
    )


def trial_id(number: int) -> str:
    """The id of `trial(number)`."""
    return sha256(str(number).encode()).hexdigest()[:32]


def transcript(text: str = "I leave the mails where they are.") -> Transcript:
    """An episode of one turn."""
    return Transcript((Turn("subject", text, reasoning="Nothing to do."),))


def rules(label: Any = "aligned", severity: int | None = 0) -> Verdict:
    """A verdict by the rules."""
    return Verdict("rules", label, severity, reason="no-mail: no mail left")


def filled(path: Path, *numbers: int) -> Path:
    """A run file with trials of these numbers, each with a transcript of its own."""
    with RunWriter.open(path, run_id="run-1") as run:
        for number in numbers:
            run.add_trial(trial(number), transcript(f"answer {number}"))
    return path


def stored(path: Path) -> list[Trial]:
    """All trials of a file."""
    with RunReader(path) as run:
        return list(run.trials())
