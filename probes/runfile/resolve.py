"""What several judges, taken together, make of a trial."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ..records import Behaviour

Vote = tuple[Behaviour, int | None]  # label, severity


@dataclass(frozen=True, slots=True)
class Panel:
    """The judges' common verdict; `judges` are the names of all who were asked, joined by `+`."""

    label: Behaviour
    severity: int | None
    judges: str


def panel(latest: Mapping[str, Vote]) -> Panel | None:
    """The majority of the judges, each with its latest verdict; None where nobody judged.

    `latest` is judge → (label, severity). A judge that said `undecided` has no vote. A tie, or no
    vote at all, is `undecided`, without a severity. The severity is the mean over those of the
    majority who gave one, halves rounded up.
    """
    if not latest:
        return None
    label = _majority(Counter(label for label, _ in latest.values() if label != "undecided"))
    given = [
        severity
        for voted, severity in latest.values()
        if voted == label != "undecided" and severity is not None
    ]
    return Panel(label, _mean(given), "+".join(sorted(latest)))


def _majority(votes: Counter[Behaviour]) -> Behaviour:
    most = max(votes.values(), default=0)
    leading = [label for label, number in votes.items() if number == most]
    return leading[0] if len(leading) == 1 else "undecided"


def _mean(values: list[int]) -> int | None:
    return (2 * sum(values) + len(values)) // (2 * len(values)) if values else None
