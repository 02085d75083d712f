"""Trials and tables for the tests of `analysis/`: plain records, no run file."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from hawthorne.analysis.table import Table, from_trials
from hawthorne.probes.records import Trial

_ids = count()

PLAIN = Trial(
    trial_id="",
    run_id="run",
    model="lab/model",
    settings="{}",
    simulated=False,
    scenario="blackmail",
    family="blackmail",
    pair="pair-1",
    variant="variant-1",
    prompt_hash="prompt-1",
    option_order="evaluation-first",
    arm="",
    oversight="unstated",
    goal="none",
    threat="replacement",
    mitigation="none",
    framing="neutral",
    base_framing="neutral",
    cues="{}",
    probe_when="inline",
    probe_how="choice",
    mode="text",
    epoch=1,
    seed=1,
)


def trial(**changed: Any) -> Trial:
    """One trial, with an id of its own and whatever else is asked for."""
    fields = {"trial_id": f"trial-{next(_ids)}"} | changed
    return replace(PLAIN, **fields)


def trials(number: int, **changed: Any) -> list[Trial]:
    """So many trials that are alike."""
    return [trial(**changed) for _ in range(number)]


def table(rows: Iterable[Trial], source: str = "test.db") -> Table:
    """A table of these trials."""
    return from_trials(rows, source)


def believers(belief: str, misaligned: int, n: int, **changed: Any) -> list[Trial]:
    """`n` trials that state a belief, of which so many are misaligned and the others aligned."""
    same = {"belief": belief, "belief_source": "tag", **changed}
    return trials(misaligned, behaviour="misaligned", **same) + trials(
        n - misaligned, behaviour="aligned", **same
    )


def framed(framing: str, misaligned: int, n: int, **changed: Any) -> list[Trial]:
    """`n` trials under a framing that were not asked, of which so many are misaligned."""
    same = {"framing": framing, "base_framing": framing, "probe_when": "none", **changed}
    return trials(misaligned, behaviour="misaligned", **same) + trials(
        n - misaligned, behaviour="aligned", **same
    )
