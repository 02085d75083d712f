"""The published numbers that a replication stands beside: marks, not measurements of ours.

They come from `published.yaml`, which says what they mean. A mark has no interval, and nothing is
tested against it.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

PATH = Path(__file__).with_name("published.yaml")


@dataclass(frozen=True, slots=True)
class Published:
    """One published rate of misaligned trials, a fraction.

    `model` is what the article calls it, never a model's id. `belief` is what the model stated
    (None: all trials together), `about` the article's own hedge, `up_to` the end of a range. `goal`
    and `threat` are None where they are not given.
    """

    experiment: str
    scenario: str
    mitigation: str
    model: str
    rate: float
    goal: str | None = None
    threat: str | None = None
    belief: Literal["evaluation", "deployment"] | None = None
    about: Literal["about", "over"] | None = None
    up_to: float | None = None
    note: str = ""

    def mark(self) -> str:
        """The rate as the article gives it: `55.1 %`, `about 80 %`, `70–90 %`."""
        hedge = f"{self.about} " if self.about else ""
        end = f"–{100 * self.up_to:.3g}" if self.up_to is not None else ""
        return f"{hedge}{100 * self.rate:.3g}{end} %"

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as they stand in JSON."""
        return asdict(self)


@cache
def published(experiment: str | None = None) -> tuple[Published, ...]:
    """The marks of one experiment, or all of them, in the file's order."""
    import yaml
    from pydantic import TypeAdapter

    entries = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    marks = TypeAdapter(tuple[Published, ...]).validate_python(entries)
    return tuple(mark for mark in marks if experiment in (None, mark.experiment))
