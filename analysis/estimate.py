"""The one form that every estimate has: a number with its interval, or the reason for none."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Target = Literal["these", "like"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, how sure it is, and where it comes from; rates and gaps are fractions.

    `estimate` with its 95 % bounds `low` and `high`: all three are None where the estimate is
    undefined, and then `reason` says why. `n` trials from `clusters` pairs (None: the table names
    no pairs). `target` says what it speaks of: `these` prompts, whose epochs are independent draws,
    or prompts `like` these, for which the clusters carry the uncertainty. `method` names the
    interval and the test, `p_value` is of no difference, two-sided.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int | None = None
    target: Target = "these"
    method: str = ""
    p_value: float | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        """Refuse what would be neither a number nor a reason."""
        if (self.estimate is None) == (self.reason is None):
            raise ValueError("an estimate has either a number or a reason for having none")

    @classmethod
    def undefined(
        cls,
        reason: str,
        *,
        n: int = 0,
        clusters: int | None = None,
        target: Target = "these",
        method: str = "",
    ) -> "Estimate":
        """The estimate that cannot be made, and why."""
        return cls(None, None, None, n, clusters, target, method, None, reason)

    @property
    def defined(self) -> bool:
        """Whether there is a number."""
        return self.estimate is not None

    def line(self) -> str:
        """The estimate as one line of plain text, as a notebook would show it."""
        if self.estimate is None:
            return f"undefined: {self.reason}"
        parts = [f"{self.estimate:.4g}"]
        if self.low is not None and self.high is not None:
            parts[0] += f" [{self.low:.4g}, {self.high:.4g}]"
        if self.p_value is not None:
            parts.append(f"p = {self.p_value:.2g}")
        parts.append(f"n = {self.n}")
        if self.clusters is not None:
            parts.append(f"{self.clusters} {'pair' if self.clusters == 1 else 'pairs'}")
        if self.method:
            parts.append(self.method)
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as they stand in JSON."""
        return asdict(self)
