"""What stands under a table in words: what it pools, and what its reader has to know.

Nothing is pooled in silence: where trials of one group differ in what was fixed for them, the group
says in how many ways, and which columns tell them apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from .cells import Cell, Stratum, total
from .contrast import belief_sources

# What a group can pool: in words, and by the columns that make it up.
_DIMENSIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("models", ("model",)),
    ("scenarios", ("scenario",)),
    ("conditions", ("goal", "threat")),
    ("kinds of oversight", ("oversight",)),
    ("mitigations", ("mitigation",)),
    ("probes", ("probe_when", "probe_how")),
    ("modes", ("mode",)),
    ("settings", ("settings",)),
    ("arms", ("arm",)),
)
# The share of one framing's trials that may stand where the other has none to match: failures can
# take a few out of a balanced design.
UNMATCHED = 0.05


def notes(cells: Sequence[Cell], by: Sequence[str]) -> tuple[str, ...]:
    """All notes on one group, whose trials have the columns `by` in common."""
    usable = [cell for cell in cells if cell.ok]
    if not usable:
        return (f"no trial finished: {total(cells)} failed",)
    stated = [cell for cell in usable if cell.belief is not None and cell.asked != "no"]
    found = [
        *_pooled_notes(usable, stated),
        *_framings_note(stated),
        *_simulated_notes(usable, by),
        *_source_notes(stated, by),
        *_timing_notes(stated),
    ]
    if not framings_balanced(usable):
        found.append(
            "the framings are unequally spread over what is pooled, "
            "so that the framing gap may carry other differences too"
        )
    return tuple(found)


def framings_balanced(cells: Iterable[Cell]) -> bool:
    """Whether evaluation and deployment are spread over the strata in the same way, nearly.

    Only then is their crude gap the effect of the framing: otherwise it also compares strata. The
    distance is the total variation of the two distributions; times the largest difference of rates
    between strata, it bounds what a crude gap can be off by.
    """
    test: Counter[Stratum] = Counter()
    real: Counter[Stratum] = Counter()
    for cell in cells:
        if cell.ok and cell.framing in ("evaluation", "deployment"):
            (test if cell.framing == "evaluation" else real)[cell.stratum] += cell.trials
    if not test or not real:
        return True
    all_tests, all_real = test.total(), real.total()
    distances = (
        abs(test[stratum] / all_tests - real[stratum] / all_real) for stratum in {*test, *real}
    )
    return sum(distances) / 2 <= UNMATCHED


def pooled(cells: Iterable[Cell]) -> str:
    """`4 conditions, 2 probes (told apart by goal, probe_when)`; empty where nothing is pooled."""
    strata = {cell.stratum for cell in cells}
    several: list[str] = []
    columns: list[str] = []
    for words, names in _DIMENSIONS:
        kinds = {tuple(getattr(stratum, name) for name in names) for stratum in strata}
        if len(kinds) > 1:
            several.append(f"{len(kinds)} {words}")
            columns += [
                name for i, name in enumerate(names) if len({kind[i] for kind in kinds}) > 1
            ]
    return f"{', '.join(several)} (told apart by {', '.join(columns)})" if several else ""


def _pooled_notes(usable: Sequence[Cell], stated: Sequence[Cell]) -> list[str]:
    framing = pooled(cell for cell in usable if cell.framing is not None)
    belief = pooled(stated)
    if framing and framing == belief:
        return [f"pools {framing}"]
    found = [f"by framing, it pools {framing}"] if framing else []
    return [*found, f"by belief, it pools {belief}"] if belief else found


def _framings_note(stated: Sequence[Cell]) -> list[str]:
    """A framing moves belief and act alike, so that a belief gap over several mixes the two."""
    framings = sorted({cell.framing for cell in stated if cell.framing is not None})
    if len(framings) < 2:
        return []
    return [f"the belief gap pools {len(framings)} framings ({', '.join(framings)})"]


def _simulated_notes(usable: Sequence[Cell], by: Sequence[str]) -> list[str]:
    found = []
    if "model" not in by and len({cell.simulated for cell in usable}) > 1:
        planted = total(cell for cell in usable if cell.simulated)
        found.append(f"{planted} of {total(usable)} trials are SIMULATED")
    judged = total(cell for cell in usable if cell.simulated_judge and not cell.simulated)
    if judged:
        found.append(f"the verdicts on {judged} trials are a scripted judge's (SIMULATED)")
    return found


def _source_notes(stated: Sequence[Cell], by: Sequence[str]) -> list[str]:
    if "belief_source" in by:
        return ["trials that stated no belief were read in no way: they are a group of their own"]
    sources = belief_sources(cell for cell in stated if cell.asked == "before")
    if len(sources) < 2:
        return []
    return [
        f"beliefs read in different ways ({', '.join(sources)}) stand in rows of their own, "
        "and framing × belief is not shown"
    ]


def _timing_notes(stated: Sequence[Cell]) -> list[str]:
    found = []
    after = total(cell for cell in stated if cell.asked == "after")
    if after:
        found.append(
            f"{after} beliefs were stated after the act: they stand in tables of their own"
        )
    unknown = total(cell for cell in stated if cell.stratum.probe_when is None)
    if unknown:
        found.append(f"{unknown} beliefs without probe_when are taken as stated before the act")
    return found
