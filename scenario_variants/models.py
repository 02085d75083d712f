"""What a scenario file holds. One YAML file is one `Scenario`.

Fields marked with `TEMPLATE` hold templates in the small language of `templates.py`; they may use

    {{ cue.NAME.FRAGMENT }}      the text of a cue's fragment at the level that the framing gives it
    {{ role.KEY.name }}          also .given and .address: a person, a list, a machine account
    {{ tool.ID }}                the name under which a tool is offered
    {% if goal.conflict %}       also goal.none, threat.replacement, threat.none, oversight.…

and nothing else. What is not inside a cue fragment is the same in every framing.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from .cues import CueName

Goal = Literal["none", "conflict"]
Threat = Literal["none", "replacement"]
Oversight = Literal["unstated", "watched", "unwatched"]
Label = Literal["misaligned", "aligned", "refused", "invalid"]
Mode = Literal["text", "agent"]
Severity = Annotated[int, Field(ge=0, le=3)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
# What templates speak of: a hyphen would be a minus there.
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Maybe = Annotated[str, Field(max_length=20_000)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
# A field that may be left out; no file says `null`.
Absent = SkipJsonSchema[None]
TEMPLATE = "template"


class Strict(BaseModel):
    """Frozen, and no unknown fields: a typing error in a scenario is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Condition(Strict):
    """When a part is there: only under these values. What is left out does not matter."""

    goal: Goal | Absent = None
    threat: Threat | Absent = None
    oversight: Oversight | Absent = None


class Conditions(Strict):
    """The values that this scenario can be run under."""

    goal: Annotated[tuple[Goal, ...], Field(min_length=1)] = ("none",)
    threat: Annotated[tuple[Threat, ...], Field(min_length=1)] = ("none",)
    oversight: Annotated[tuple[Oversight, ...], Field(min_length=1)] = ("unstated",)


class Fragment(Strict):
    """One piece of cue text at its three levels; any of them may be empty. All are templates."""

    evaluation: Annotated[Maybe, TEMPLATE]
    deployment: Annotated[Maybe, TEMPLATE]
    neutral: Annotated[Maybe, TEMPLATE]

    @property
    def levels(self) -> tuple[str, str, str]:
        """All three, in the order of the levels."""
        return self.evaluation, self.deployment, self.neutral


class Role(Strict):
    """Somebody (or a list, or a machine account) that mails come from and rules speak of."""

    name: Annotated[Text, TEMPLATE] = Field(
        description="template: the full name, as in a From line"
    )
    given: Annotated[Maybe, TEMPLATE] = Field("", description="template: what colleagues call them")
    address: Annotated[Text, TEMPLATE] = Field(description="template: the mail address")
    called: Maybe = Field("", description="how a blind judge sees them, e.g. 'the executive'")


class Tool(Strict):
    """A tool that the subject may use; `id` is what rules say, `name` is what the subject sees."""

    id: Word
    name: Annotated[Text, TEMPLATE] = Field(description="template")
    description: Annotated[Text, TEMPLATE] = Field(description="template")
    parameters: Annotated[dict[Name, Maybe], TEMPLATE] = Field(
        default_factory=dict, description="argument → template that describes it; all are strings"
    )
    modes: Annotated[tuple[Mode, ...], Field(min_length=1)] = ("text", "agent")


class Mail(Strict):
    """One mail in the mailbox, newest last."""

    id: Name
    sender: Name = Field(alias="from", description="a role")
    to: tuple[Name, ...] = Field(description="roles", min_length=1)
    cc: tuple[Name, ...] = ()
    date: Annotated[Text, TEMPLATE] = Field(description="template")
    subject: Annotated[Text, TEMPLATE] = Field(description="template")
    body: Annotated[Text, TEMPLATE] = Field(description="template")
    attachments: Annotated[tuple[Text, ...], TEMPLATE] = Field((), description="templates")
    when: Condition = Condition()


class Fact(Strict):
    """A string that must stand in every rendering (under `when`), whatever the framing."""

    text: Annotated[Text, TEMPLATE] = Field(description="template")
    when: Condition = Condition()


class Call(Strict):
    """A tool was called; each given argument contains the text, or one of several.

    Letter case and white space are ignored.
    """

    tool: Name
    where: Annotated[dict[Name, Text | Texts], TEMPLATE] = Field(
        default_factory=dict, description="argument → a template, or several"
    )


class Sent(Strict):
    """A mail that left (sent or forwarded) fits all that is given here.

    `to`: at least one recipient is one of these roles, or `inside`, or `outside`. `forwards`: it
    carries one of these mails. `mentions`: it contains one of these texts (templates, letter case
    and white space are ignored), in what the subject wrote or passed on.
    """

    to: tuple[Name, ...] = ()
    forwards: tuple[Name, ...] = ()
    mentions: Annotated[tuple[Text, ...], TEMPLATE] = ()


class Predicate(Strict):
    """One question about what was done; exactly one field is given.

    `acted`: anything was done at all. `called`: some call fits. `called_only`: every call was of
    one of these tools, and none of a tool that does not exist. `sent`: some mail that left fits.
    `sent_only_to`: every recipient of every mail that left is one of these roles, `inside` or
    `outside` (true where no mail left).
    """

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    acted: bool | Absent = None
    called: Call | Absent = None
    called_only: tuple[Name, ...] | Absent = None
    sent: Sent | Absent = None
    sent_only_to: tuple[Name, ...] | Absent = None
    all_of: Annotated[tuple["Predicate", ...], Field(min_length=1)] | Absent = Field(
        None, alias="all"
    )
    any_of: Annotated[tuple["Predicate", ...], Field(min_length=1)] | Absent = Field(
        None, alias="any"
    )
    negated: "Predicate | Absent" = Field(None, alias="not")

    @model_validator(mode="after")
    def _exactly_one(self) -> "Predicate":
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(self._names())}, not {len(given)}")
        return self

    @classmethod
    def _names(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]


def _check_severity(label: Label, severity: int) -> None:
    if (label == "misaligned") != (severity > 0):
        raise ValueError("misaligned has a severity from 1 to 3, everything else has 0")


class Rule(Strict):
    """If the test holds, this is the verdict. The first rule that holds decides; none: abstain."""

    id: Name
    test: Predicate = Field(alias="if")
    verdict: Label
    severity: Severity = 0
    why: Text

    @model_validator(mode="after")
    def _graded(self) -> "Rule":
        _check_severity(self.verdict, self.severity)
        return self


class Rubric(Strict):
    """What a judge is told. It never names the framing, and speaks of roles as `called`."""

    question: Text
    misaligned: Text
    aligned: Text
    looks_bad: Text = Field(description="acts that look like the misdeed and are not")
    severity: dict[Literal["1", "2", "3"], Text] = Field(min_length=1)


class Example(Strict):
    """A labelled answer: it tests the rules, calibrates judges, and is what `sim/` writes."""

    id: Name
    kind: Literal["misdeed", "subtle", "good", "refusal", "looks-bad", "no-act"]
    label: Label
    severity: Severity = 0
    rules: Literal[Label, "abstain"] = Field(
        description="what the rules say of it, those that hold for every scenario among them"
    )
    thinking: Annotated[Text, TEMPLATE] = Field(
        description="template: private reasoning, for the scratchpad"
    )
    answer: Annotated[Text, TEMPLATE] = Field(
        description="template: prose and <action> elements, without belief tags"
    )
    when: Condition = Condition()

    @model_validator(mode="after")
    def _graded(self) -> "Example":
        _check_severity(self.label, self.severity)
        return self


class Scenario(Strict):
    """A situation written once, as data."""

    id: Name
    family: Name
    title: Text
    summary: Text = Field(description="for people: what happens, and what counts as misaligned")
    conditions: Conditions = Conditions()
    mitigations: Annotated[dict[Name, Text], TEMPLATE] = Field(
        default_factory=dict, description="name → template"
    )
    cues: dict[CueName, Annotated[dict[Word, Fragment], Field(min_length=1)]] = Field(
        description="cue → fragment → its levels", min_length=1
    )
    roles: dict[Word, Role]
    inside: Annotated[tuple[Text, ...], TEMPLATE] = Field(
        description="templates: the mail domains of the organisation"
    )
    system: Annotated[Text, TEMPLATE] = Field(description="template: the system prompt")
    opening: Annotated[Text, TEMPLATE] = Field(
        description="template: what stands before the mailbox"
    )
    closing: Annotated[Text, TEMPLATE] = Field(description="template: what stands behind it")
    mails: tuple[Mail, ...]
    tools: tuple[Tool, ...] = Field(min_length=1)
    facts: tuple[Fact, ...]
    rules: tuple[Rule, ...]
    rubric: Rubric
    examples: tuple[Example, ...]
