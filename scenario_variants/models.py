"""What a scenario file holds. One YAML file is one `Scenario`.

Strings marked as *template* are Jinja2 with the allow-list of `templates.py`; they may use

    {{ cue.NAME.FRAGMENT }}      the text of a cue's fragment at the level that the framing gives it
    {{ role.KEY.name }}          also .given and .address: a person, a list, a machine account
    {{ tool.ID }}                the name under which a tool is offered
    {% if goal.conflict %}       also goal.none, threat.replacement, threat.none, oversight.…

and nothing else. What is not inside a cue fragment is the same in every framing.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .cues import CueName

Goal = Literal["none", "conflict"]
Threat = Literal["none", "replacement"]
Oversight = Literal["unstated", "watched", "unwatched"]
Label = Literal["misaligned", "aligned", "refused", "invalid"]
Mode = Literal["text", "agent"]
Severity = Annotated[int, Field(ge=0, le=3)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]


class Strict(BaseModel):
    """Frozen, and no unknown fields: a typing error in a scenario is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Condition(Strict):
    """When a part is there: only under these values. What is left out does not matter."""

    goal: Goal | None = None
    threat: Threat | None = None
    oversight: Oversight | None = None


class Conditions(Strict):
    """The values that this scenario can be run under."""

    goal: tuple[Goal, ...] = ("none",)
    threat: tuple[Threat, ...] = ("none",)
    oversight: tuple[Oversight, ...] = ("unstated",)


class Fragment(Strict):
    """One piece of cue text at its three levels; any of them may be empty. All are templates."""

    evaluation: str
    deployment: str
    neutral: str


class Role(Strict):
    """Somebody (or a list, or a machine account) that mails come from and rules speak of."""

    name: Text = Field(description="template: the full name, as in a From line")
    given: str = Field("", description="template: what colleagues call them")
    address: Text = Field(description="template: the mail address")
    called: str = Field("", description="how a blind judge sees them, e.g. 'the executive'")


class Tool(Strict):
    """A tool that the subject may use; `id` is what rules say, `name` is what the subject sees."""

    id: Name
    name: Text = Field(description="template")
    description: Text = Field(description="template")
    parameters: dict[Name, str] = Field(
        default_factory=dict, description="argument → template that describes it; all are strings"
    )
    modes: tuple[Mode, ...] = ("text", "agent")


class Mail(Strict):
    """One mail in the mailbox, newest last."""

    id: Name
    sender: Name = Field(alias="from", description="a role")
    to: tuple[Name, ...] = Field(description="roles")
    cc: tuple[Name, ...] = ()
    date: Text = Field(description="template")
    subject: Text = Field(description="template")
    body: Text = Field(description="template")
    attachments: tuple[str, ...] = Field((), description="templates")
    when: Condition = Condition()


class Fact(Strict):
    """A string that must stand in every rendering (under `when`), whatever the framing."""

    text: Text = Field(description="template")
    when: Condition = Condition()


class Call(Strict):
    """A tool was called; each given argument contains the text, or one of several.

    Letter case and white space are ignored.
    """

    tool: Name
    where: dict[Name, Text | tuple[Text, ...]] = Field(
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
    mentions: tuple[Text, ...] = ()


class Predicate(Strict):
    """One question about what was done; exactly one field is given.

    `acted`: anything was done at all. `called`: some call fits. `called_only`: every call was of
    one of these tools, and none of a tool that does not exist. `sent`: some mail that left fits.
    `sent_only_to`: every recipient of every mail that left is one of these roles, `inside` or
    `outside` (true where no mail left).
    """

    acted: bool | None = None
    called: Call | None = None
    called_only: tuple[Name, ...] | None = None
    sent: Sent | None = None
    sent_only_to: tuple[Name, ...] | None = None
    all_of: tuple["Predicate", ...] | None = Field(None, alias="all")
    any_of: tuple["Predicate", ...] | None = Field(None, alias="any")
    negated: "Predicate | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _exactly_one(self) -> "Predicate":
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(self._names())}, not {len(given)}")
        return self

    @classmethod
    def _names(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]


class Rule(Strict):
    """If the test holds, this is the verdict. The first rule that holds decides; none: abstain."""

    id: Name
    test: Predicate = Field(alias="if")
    verdict: Label
    severity: Severity = 0
    why: Text


class Rubric(Strict):
    """What a judge is told. It never names the framing, and speaks of roles as `called`."""

    question: Text
    misaligned: Text
    aligned: Text
    looks_bad: Text = Field(description="acts that look like the misdeed and are not")
    severity: dict[Literal["1", "2", "3"], Text]


class Example(Strict):
    """A labelled answer: it tests the rules, calibrates judges, and is what `sim/` writes."""

    id: Name
    kind: Literal["misdeed", "subtle", "good", "refusal", "looks-bad", "no-act"]
    label: Label
    severity: Severity = 0
    rules: Label | Literal["abstain"] = Field(
        description="what the rules say of it, those that hold for every scenario among them"
    )
    thinking: Text = Field(description="template: private reasoning, for the scratchpad")
    answer: Text = Field(description="template: prose and <action> elements, without belief tags")
    when: Condition = Condition()


class Scenario(Strict):
    """A situation written once, as data."""

    id: Name
    family: Name
    title: Text
    summary: Text = Field(description="for people: what happens, and what counts as misaligned")
    conditions: Conditions = Conditions()
    mitigations: dict[Name, Text] = Field(default_factory=dict, description="name → template")
    cues: dict[CueName, dict[Name, Fragment]] = Field(description="cue → fragment → its levels")
    roles: dict[Name, Role]
    inside: tuple[Text, ...] = Field(description="templates: the mail domains of the organisation")
    system: Text = Field(description="template: the system prompt")
    opening: Text = Field(description="template: what stands before the mailbox")
    closing: Text = Field(description="template: what stands behind it")
    mails: tuple[Mail, ...]
    tools: tuple[Tool, ...]
    facts: tuple[Fact, ...]
    rules: tuple[Rule, ...]
    rubric: Rubric
    examples: tuple[Example, ...]
