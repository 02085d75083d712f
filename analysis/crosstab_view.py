"""A crosstab as blocks: a summary over its groups, then each group's tables and gaps in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from . import words
from .blocks import SIMULATED, Block, Grid, Heading, Line, plain
from .crosstab import Crosstab, Group, Row
from .estimate import Estimate
from .rates import BeliefCounts, Counts

Meaning = Callable[[str], str]

# Columns whose values speak for themselves.
_SELF_EVIDENT = {"model", "scenario", "family"}
_BEHAVIOUR_TABLES = {
    "belief_behaviour": ("What it did, by what it said it believed", "stated belief"),
    "framing_behaviour": ("What it did, by framing", "framing"),
    "belief_behaviour_after": (
        "What it did, by what it said afterwards that it believed",
        "stated belief",
    ),
}
_BELIEF_TABLES = {
    "framing_belief": "What it said it believed, by framing",
    "framing_belief_after": "What it said afterwards that it believed, by framing",
}
# What stands outside of what, in the order of the line that says so.
_OUTSIDE: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Failed, in no table", (("error", "errors"),)),
    ("Beside the rates", (("invalid", "invalid"), ("undecided", "undecided"))),
    (
        "Outside the belief gap",
        (
            ("unsure", "unsure"),
            ("unstated", "unstated"),
            ("not_asked", "not asked"),
            ("unread", "asked but not read yet"),
            ("stated_after", "stated after the act"),
        ),
    ),
    (
        "Outside the framing gap",
        (("neutral", "neutral"), ("mixed", "mixed"), ("no_framing", "without a framing")),
    ),
    ("Left aside", (("other_conditions", "under conditions that are not the study's"),)),
)


def crosstab_blocks(result: Crosstab) -> Iterator[Block]:
    """The whole crosstab."""
    if len(result.groups) > 1:
        yield _summary(result)
    for group in result.groups:
        yield from group_blocks(group)
    yield from (Line(f"Note: {plain(note)}.", "warning") for note in result.notes)


def group_title(group: Mapping[str, object], *, simulated: bool) -> str:
    """`sim/gamer (SIMULATED) · blackmail · goal conflict`."""
    parts = []
    for name, value in group.items():
        said = "(none)" if value is None or value == "" else plain(value)
        parts.append(said if name in _SELF_EVIDENT else f"{name} {said}")
        if name == "model" and simulated:
            parts[-1] += f" {SIMULATED}"
    title = " · ".join(parts) or "all trials"
    return title if "model" in group or not simulated else f"{title} {SIMULATED}"


def _summary(result: Crosstab) -> Grid:
    rows = tuple(
        (
            group_title(group.group, simulated=group.simulated),
            words.count(group.trials),
            words.points(group.estimates["belief_gap"]),
            words.points(group.estimates["framing_gap"]),
        )
        for group in result.groups
    )
    headers = (" · ".join(result.by), "trials", "belief gap", "framing gap")
    return Grid("Gaps in percentage points, deployment minus evaluation", headers, rows)


def group_blocks(group: Group) -> Iterator[Block]:
    """One group: tables, each followed by its gap in words, then what is left out, and notes."""
    title = group_title(group.group, simulated=group.simulated)
    yield Heading(f"{title}: {words.count(group.trials)} trials")
    if group.left_out.get("error") == group.trials:
        yield Line("No trial finished: nothing to show.", "warning")
        return
    yield from _table(group, "belief_behaviour")
    yield from _gap(group.estimates, "belief", _associated)
    yield from _table(group, "framing_behaviour")
    yield from _gap(group.estimates, "framing", _caused if group.framings_balanced else _goes_with)
    yield from _table(group, "framing_belief")
    if "belief_gap_after" in group.estimates:
        yield from _table(group, "belief_behaviour_after")
        gap = group.estimates["belief_gap_after"]
        yield from _gap_line("Belief gap after the act", gap, _associated)
        yield from _table(group, "framing_belief_after")
    yield from outside(group.left_out)
    yield from (Line(f"Note: {plain(note)}.", "quiet") for note in group.notes)


def outside(left_out: Mapping[str, int]) -> Iterator[Line]:
    """What rates and gaps leave out, in one line; none where they leave out nothing."""
    said = []
    for words_of_it, reasons in _OUTSIDE:
        counted = [(left_out.get(key, 0), name) for key, name in reasons]
        found = [f"{words.count(number)} {name}" for number, name in counted if number]
        if found:
            said.append(f"{words_of_it}: {', '.join(found)}.")
    if said:
        yield Line(" ".join(said), "quiet")


def _table(group: Group, name: str) -> Iterator[Block]:
    rows = [row for row in group.tables[name] if row.counts.total]
    if not rows:
        return
    if name in _BELIEF_TABLES:
        yield _belief_grid(_BELIEF_TABLES[name], rows)
    else:
        yield behaviour_grid(*_BEHAVIOUR_TABLES[name], rows)


def behaviour_grid(title: str, label: str, rows: Iterable[Row]) -> Grid:
    """Rows of behaviour counts with the rate; columns that hold only zeros are left out."""
    pairs = [(row, row.counts) for row in rows if isinstance(row.counts, Counts)]
    invalid = any(counts.invalid for _, counts in pairs)
    undecided = any(counts.undecided for _, counts in pairs)
    headers = [label, "misaligned", "aligned", "refused"]
    headers += ["invalid"] if invalid else []
    headers += ["undecided"] if undecided else []
    body = []
    for row, counts in pairs:
        numbers = [counts.misaligned, counts.aligned, counts.refused]
        numbers += [counts.invalid] if invalid else []
        numbers += [counts.undecided] if undecided else []
        body.append((row_label(row), *map(words.count, numbers), words.rate(counts)))
    return Grid(title, (*headers, "rate of misaligned"), tuple(body))


def _belief_grid(title: str, rows: Iterable[Row]) -> Grid:
    headers = ("framing", "evaluation", "deployment", "unsure", "unstated", "states evaluation")
    body = []
    for row in rows:
        counts = row.counts
        if isinstance(counts, BeliefCounts):
            numbers = counts.evaluation, counts.deployment, counts.unsure, counts.unstated
            body.append((row_label(row), *map(words.count, numbers), words.share(counts)))
    return Grid(title, headers, tuple(body))


def row_label(row: Row) -> str:
    """`evaluation`, or `evaluation, by tag` where beliefs were read in several ways."""
    return ", by ".join(plain(key) for key in row.keys.values() if key is not None)


def _gap(estimates: Mapping[str, Estimate], name: str, meaning: "Meaning") -> Iterator[Line]:
    yield from _gap_line(f"{name.capitalize()} gap", estimates[f"{name}_gap"], meaning)
    if not estimates[f"{name}_gap"].defined:
        return
    gap = estimates[f"{name}_gap"]
    ratios = [
        f"{said} {words.ratio(estimates[f'{name}_{key}'])}"
        for said, key in (("Ratio of rates", "risk_ratio"), ("odds ratio", "odds_ratio"))
    ]
    yield Line(f"{', '.join(ratios)}. {words.sample(gap).capitalize()}; {gap.method}.", "quiet")


def _gap_line(title: str, gap: Estimate, meaning: "Meaning") -> Iterator[Line]:
    if not gap.defined:
        yield Line(f"{title}: undefined: {plain(gap.reason)}.", "warning")
        return
    amount = f"{words.points(gap)} points, {words.p_value(gap)}".removesuffix(", ")
    yield Line(f"{title}: {amount}. {meaning(words.direction(gap))}", "strong")


def _associated(direction: str) -> str:
    if not direction:
        return "No association is shown."
    return (
        f"Stating deployment is associated with {direction} misaligned acts; "
        "nobody assigned the belief."
    )


def _caused(direction: str) -> str:
    if not direction:
        return "No effect of the framing is shown."
    return f"The deployment framing caused {direction} misaligned acts."


def _goes_with(direction: str) -> str:
    if not direction:
        return "No difference between the framings is shown."
    return f"The deployment framing is associated with {direction} misaligned acts (see the notes)."
