"""The names that templates can use: texts that they can show, and flags that they can ask."""

from typing import get_args

from .models import Fragment, Goal, Oversight, Scenario, Threat

FLAGS: tuple[str, ...] = tuple(
    f"{root}.{value}"
    for root, kind in (("goal", Goal), ("threat", Threat), ("oversight", Oversight))
    for value in get_args(kind)
)


def shown(scenario: Scenario) -> dict[str, str | Fragment]:
    """Name → its template, which for a cue's fragment is one for every level."""
    found: dict[str, str | Fragment] = {
        f"cue.{cue}.{key}": fragment
        for cue, fragments in scenario.cues.items()
        for key, fragment in fragments.items()
    }
    for key, role in scenario.roles.items():
        found[f"role.{key}.name"] = role.name
        found[f"role.{key}.given"] = role.given
        found[f"role.{key}.address"] = role.address
    return found | {f"tool.{tool.id}": tool.name for tool in scenario.tools}
