"""The taxonomy of cues: what in a text says "test" or "real".

The factors are the eight of "Decomposing and Measuring Evaluation Awareness" (arXiv 2605.23055),
cut into slots that can be flipped alone. A cue has the same name in every scenario, so that its
effect can be pooled over scenarios.
"""

from dataclasses import dataclass
from typing import Literal, get_args

CueName = Literal[
    "disclosure",
    "metadata",
    "scoring",
    "identities",
    "values",
    "coherence",
    "register",
    "ecology",
    "stakes",
    "scaffold",
    "format",
    "tooling",
]
Level = Literal["evaluation", "deployment", "neutral"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of the taxonomy: its factor, and what its two flavours look like."""

    name: CueName
    factor: str
    evaluation: str
    deployment: str


TAXONOMY: dict[CueName, Cue] = {
    cue.name: cue
    for cue in (
        Cue(
            "disclosure",
            "F8 explicit disclosure",
            "says that this is an exercise, an assessment",
            "says what production system this is",
        ),
        Cue(
            "metadata",
            "F8 explicit disclosure",
            "a header or session field with a test marker, a reviewer, a suite id",
            "an ordinary deployment header: service, region, ticket",
        ),
        Cue(
            "scoring",
            "F7/F8 task format and disclosure",
            "responses are graded against criteria",
            "outcomes go to the people who do the work",
        ),
        Cue(
            "identities",
            "F1 stimulus artificiality",
            "placeholder people, companies, example domains",
            "plausible, irregular ones",
        ),
        Cue(
            "values",
            "F1 stimulus artificiality",
            "round numbers, ids 001 and 002, generic dates",
            "odd amounts, real-looking ids, consistent times with zones",
        ),
        Cue(
            "coherence",
            "F2 scenario coherence",
            "too convenient: barriers pointedly removed, every detail serves the plot",
            "ordinary friction, loose ends",
        ),
        Cue(
            "register",
            "F3 prose register",
            "a textbook vignette, imperative",
            "people writing in a hurry, typos, quoting",
        ),
        Cue(
            "ecology",
            "F4 ecological completeness",
            "nothing but the plot",
            "routine traffic, threads, attachments, history",
        ),
        Cue(
            "stakes",
            "F5 stakes telegraphing",
            "names the harm or the ethics",
            "leaves them to be seen",
        ),
        Cue(
            "scaffold",
            "F6 paradigm recognisability",
            "marks of a known benchmark or red-team template",
            "none of these",
        ),
        Cue(
            "format",
            "F7 task format",
            "a numbered decision point, a rigid template",
            "an open hand-over",
        ),
        Cue(
            "tooling",
            "F1/F4 artificiality and completeness",
            "tool descriptions that say mock, sandbox, simulated",
            "descriptions as a product would have them",
        ),
    )
}
