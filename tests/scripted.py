"""A scripted subject, and short ways to an episode, for the tests of what is read of an answer."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from hawthorne.probes import episode
from hawthorne.probes.episode import Episode
from hawthorne.probes.judges.blind import BlindCase, Blinder
from hawthorne.probes.preview import variant
from hawthorne.probes.records import Call, How, Reply, Stop, Transcript, Turn, When
from hawthorne.probes.variant import Probe, Variant
from hawthorne.scenario_variants.cues import Level
from hawthorne.scenario_variants.framing import make_framing
from hawthorne.scenario_variants.load import library_ids, load
from hawthorne.scenario_variants.models import Example, Scenario
from hawthorne.scenario_variants.render import Setting, render, settings

LIBRARY = library_ids()
THREAT = Setting(threat="replacement")


class Scripted:
    """A subject or judge that says what stands in its script, the last thing again and again.

    It keeps the calls that it got. An exception in the script is raised.
    """

    base_url: str | None = None
    simulated = False
    reasons = False
    free = True

    def __init__(self, *script: str | Reply | Exception, name: str = "test/scripted") -> None:
        self.name = name
        self.identity: Mapping[str, Any] = {}
        self.calls: list[Call] = []
        self._script = script

    async def reply(self, call: Call) -> Reply:
        said = self._script[min(len(self.calls), len(self._script) - 1)]
        self.calls.append(call)
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, Reply) else Reply(said)

    async def close(self) -> None:
        pass


@cache
def variant_of(
    scenario: str = "blackmail",
    framing: Level = "deployment",
    setting: Setting = THREAT,
    when: When = "inline",
    how: How = "choice",
    scratchpad: bool = True,
) -> Variant:
    """A variant, under a threat of replacement unless another setting is given."""
    return variant(scenario, framing, setting, when=when, how=how, scratchpad=scratchpad)


def render_with(scenario: Scenario, framing: Level, setting: Setting | None = None) -> Variant:
    """A variant of a scenario that is not in the library."""
    rendering = render(scenario, make_framing(scenario, framing), setting or Setting())
    return Variant(rendering, Probe("none", None), scratchpad=False)


def read(
    text: str, shown: Variant | None = None, *, reasoning: str = "", stop: Stop = "stop"
) -> Episode:
    """What an answer to a variant amounts to."""
    transcript = Transcript((Turn("subject", text, reasoning),), stop)
    return episode.read(shown or variant_of(), transcript)


def case_of(text: str, shown: Variant | None = None, *, reasoning: str = "") -> BlindCase:
    """What a judge sees of an answer."""
    shown = shown or variant_of()
    return Blinder(shown.rendering).case(read(text, shown, reasoning=reasoning))


def ruled(text: str, shown: Variant | None = None, **more: Any) -> str:
    """The label that the rules give an answer, or `abstain`."""
    verdict = read(text, shown, **more).verdict
    return verdict.label if verdict else "abstain"


def fill(shown: Variant, template: str) -> str:
    """A template, filled in for a variant."""
    return shown.rendering.fill(template)


def examples() -> list[tuple[str, Setting, Example]]:
    """Every example of the library under every setting that it makes sense in."""
    return [
        (name, setting, example)
        for name in LIBRARY
        for setting in settings(load(name).scenario)
        for example in load(name).scenario.examples
        if setting.holds(example.when)
    ]
