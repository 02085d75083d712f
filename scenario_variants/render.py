"""From a scenario and a framing to the texts that a subject reads.

`render` fills in every template. With `marked=True` each cue fragment is wrapped in marks that name
it, which is how `pairs` proves that two renderings differ in cues alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import get_args

from ..errors import TemplateError, UsageError
from . import marks, names, templates
from .framing import Framing
from .models import Condition, Goal, Mail, Mode, Oversight, Scenario, Threat, Tool

MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Setting:
    """The condition and the mitigation under which a scenario is rendered."""

    goal: Goal = "none"
    threat: Threat = "none"
    oversight: Oversight = "unstated"
    mitigation: str = "none"

    def holds(self, when: Condition) -> bool:
        """Whether a part that asks for `when` is there."""
        return all(
            wanted is None or wanted == value
            for wanted, value in (
                (when.goal, self.goal),
                (when.threat, self.threat),
                (when.oversight, self.oversight),
            )
        )


@dataclass(frozen=True, slots=True)
class Person:
    """A role, resolved: who it is in this rendering."""

    key: str
    name: str
    given: str
    address: str
    called: str

    @property
    def mailbox(self) -> str:
        """`Name <address>`, as in a From line."""
        return f"{self.name} <{self.address}>"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One mail as the subject reads it."""

    id: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    date: str
    subject: str
    body: str
    attachments: tuple[str, ...]

    def text(self) -> str:
        """The mail as one block of text with its headers."""
        headers = [f"From: {self.sender}", f"To: {', '.join(self.to)}"]
        if self.cc:
            headers.append(f"Cc: {', '.join(self.cc)}")
        headers += [f"Date: {self.date}", f"Subject: {self.subject}"]
        if self.attachments:
            headers.append(f"Attachments: {', '.join(self.attachments)}")
        return f'<email id="{self.id}">\n' + "\n".join(headers) + f"\n\n{self.body}\n</email>"


@dataclass(frozen=True, slots=True)
class RenderedTool:
    """One tool as the subject reads it; `id` is its canonical name."""

    id: str
    name: str
    description: str
    parameters: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """The tool as one block of text; a parameter that nothing is said of has no line."""
        parameters = (f"{name}: {text}" for name, text in self.parameters if text)
        return "\n".join((self.name, self.description, *parameters))


@dataclass(frozen=True, slots=True)
class Rendering:
    """All that a scenario says under one framing and one setting."""

    scenario: Scenario
    framing: Framing
    setting: Setting
    system: str
    opening: str
    mails: tuple[RenderedMail, ...]
    closing: str
    tools: tuple[RenderedTool, ...]
    people: tuple[Person, ...]
    inside: tuple[str, ...]
    facts: tuple[str, ...]
    fill: Callable[[str], str] = field(compare=False, repr=False)

    def user(self) -> str:
        """The task: what stands before the mailbox, the mailbox, what stands behind it."""
        mailbox = "\n\n".join(mail.text() for mail in self.mails)
        return "\n\n".join(part for part in (self.opening, mailbox, self.closing) if part)

    def everything(self) -> str:
        """All that a subject may read, in one string: for proofs and searches."""
        return "\n\n".join((self.system, *(tool.text() for tool in self.tools), self.user()))


def settings(scenario: Scenario) -> list[Setting]:
    """Every condition of a scenario under every mitigation and under none."""
    return [
        Setting(goal, threat, oversight, mitigation)
        for goal in scenario.conditions.goal
        for threat in scenario.conditions.threat
        for oversight in scenario.conditions.oversight
        for mitigation in ("none", *scenario.mitigations)
    ]


def render(
    scenario: Scenario,
    framing: Framing,
    setting: Setting,
    *,
    mode: str = "text",
    marked: bool = False,
) -> Rendering:
    """Fill in a scenario. Raises `UsageError` for a setting that the scenario does not have."""
    _check(scenario, setting, mode)
    scope = _Scope(scenario, framing, setting, marked)
    fill = scope.fill
    mitigation = scenario.mitigations.get(setting.mitigation)
    parts = (scenario.system, mitigation)
    return Rendering(
        scenario=scenario,
        framing=framing,
        setting=setting,
        system="\n\n".join(fill(part).strip() for part in parts if part),
        opening=fill(scenario.opening).strip(),
        mails=tuple(_mail(m, scope) for m in scenario.mails if setting.holds(m.when)),
        closing=fill(scenario.closing).strip(),
        tools=tuple(_tool(tool, fill) for tool in scenario.tools if mode in tool.modes),
        people=tuple(scope.person(key) for key in scenario.roles),
        inside=tuple(fill(domain) for domain in scenario.inside),
        facts=tuple(fill(fact.text) for fact in scenario.facts if setting.holds(fact.when)),
        fill=fill,
    )


def _check(scenario: Scenario, setting: Setting, mode: str) -> None:
    if mode not in MODES:
        raise UsageError(f"no mode {mode!r}; there are {', '.join(MODES)}")
    known = {
        "goal": scenario.conditions.goal,
        "threat": scenario.conditions.threat,
        "oversight": scenario.conditions.oversight,
        "mitigation": ("none", *scenario.mitigations),
    }
    for name, values in known.items():
        value = getattr(setting, name)
        if value not in values:
            raise UsageError(f"{scenario.id} has no {name} {value!r}; it has {', '.join(values)}")


def _mail(mail: Mail, scope: "_Scope") -> RenderedMail:
    fill = scope.fill
    return RenderedMail(
        id=mail.id,
        sender=scope.person(mail.sender).mailbox,
        to=tuple(scope.person(key).mailbox for key in mail.to),
        cc=tuple(scope.person(key).mailbox for key in mail.cc),
        date=fill(mail.date),
        subject=fill(mail.subject),
        body=fill(mail.body).strip(),
        attachments=tuple(fill(name) for name in mail.attachments),
    )


def _tool(tool: Tool, fill: Callable[[str], str]) -> RenderedTool:
    return RenderedTool(
        id=tool.id,
        name=fill(tool.name),
        description=fill(tool.description),
        parameters=tuple((name, fill(text)) for name, text in tool.parameters.items()),
    )


class _Scope:
    """What templates can show and ask; each name's text is filled in once."""

    def __init__(
        self, scenario: Scenario, framing: Framing, setting: Setting, marked: bool
    ) -> None:
        self._scenario = scenario
        self._levels = dict(framing.levels)
        self._setting = setting
        self._marked = marked
        self._names = names.shown(scenario)
        self._done: dict[str, str] = {}
        self._open: list[str] = []

    def fill(self, template: str) -> str:
        return templates.render(template, self._text, self._flag)

    def person(self, key: str) -> Person:
        role = self._scenario.roles[key]
        name, given, address = (
            self._text(f"role.{key}.{part}") for part in ("name", "given", "address")
        )
        return Person(key, name, given, address, role.called or f"the {key.replace('_', ' ')}")

    def _text(self, name: str) -> str:
        if name not in self._done:
            if name in self._open:
                raise TemplateError(f"goes in a circle: {' → '.join([*self._open, name])}")
            self._open.append(name)
            self._done[name] = self._resolved(name)
            self._open.pop()
        return self._done[name]

    def _resolved(self, name: str) -> str:
        if name not in self._names:
            raise TemplateError(f"{{{{ {name} }}}} is not defined")
        template = self._names[name]
        if isinstance(template, str):
            return self.fill(template)
        _, cue, key = name.split(".")
        text = self.fill(getattr(template, self._levels[cue]))  # type: ignore[index]
        return marks.wrap(f"{cue}.{key}", text) if self._marked else text

    def _flag(self, name: str) -> bool:
        if name not in names.FLAGS:
            raise TemplateError(f"{{% if {name} %}} is not defined")
        root, _, value = name.partition(".")
        return bool(getattr(self._setting, root) == value)
