"""From a scenario and a framing to the texts that a subject reads.

`render` fills in every template. With `marked=True` each cue fragment is wrapped in private-use
characters that name it, which is how `pairs` proves that two renderings differ in cues alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from ..errors import TemplateError, UsageError
from . import templates
from .framing import Framing
from .models import Condition, Goal, Mail, Oversight, Role, Scenario, Threat, Tool

OPEN, SEPARATOR, CLOSE = "\ue000", "\ue001", "\ue002"


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
        tools = [
            "\n".join((tool.name, tool.description, *(f"{k}: {v}" for k, v in tool.parameters)))
            for tool in self.tools
        ]
        return "\n\n".join((self.system, *tools, self.user()))


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
    _check(scenario, setting)
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


def _check(scenario: Scenario, setting: Setting) -> None:
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
    """What templates can name. Cue fragments and roles may use each other, but not in a circle."""

    def __init__(
        self, scenario: Scenario, framing: Framing, setting: Setting, marked: bool
    ) -> None:
        self._scenario = scenario
        self._levels = dict(framing.levels)
        self._marked = marked
        self._done: dict[str, str] = {}
        self._open: list[str] = []
        self._names: dict[str, Any] = {
            "cue": templates.Lookup(self._cue),
            "role": templates.Lookup(self._role),
            "tool": templates.Lookup(self._tool),
            "goal": _flags(Goal, setting.goal),
            "threat": _flags(Threat, setting.threat),
            "oversight": _flags(Oversight, setting.oversight),
        }

    def fill(self, template: str) -> str:
        return templates.render(template, self._names)

    def person(self, key: str) -> Person:
        role = self._scenario.roles[key]
        name, given, address = (
            self._resolve(f"role.{key}.{part}", getattr(role, part))
            for part in ("name", "given", "address")
        )
        return Person(key, name, given, address, role.called or f"the {key.replace('_', ' ')}")

    def _resolve(self, path: str, template: str) -> str:
        if path not in self._done:
            if path in self._open:
                raise TemplateError(f"{' → '.join([*self._open, path])} goes in a circle")
            self._open.append(path)
            self._done[path] = self.fill(template)
            self._open.pop()
        return self._done[path]

    def _cue(self, name: str) -> templates.Lookup:
        fragments = self._scenario.cues[name]  # type: ignore[index]

        def fragment(key: str) -> str:
            template: str = getattr(fragments[key], self._levels[name])  # type: ignore[index]
            text = self._resolve(f"cue.{name}.{key}", template)
            return f"{OPEN}{name}.{key}{SEPARATOR}{text}{CLOSE}" if self._marked else text

        return templates.Lookup(fragment)

    def _role(self, key: str) -> templates.Lookup:
        role: Role = self._scenario.roles[key]

        def part(name: str) -> str:
            if name not in ("name", "given", "address"):
                raise KeyError(name)
            return self._resolve(f"role.{key}.{name}", getattr(role, name))

        return templates.Lookup(part)

    def _tool(self, tool_id: str) -> str:
        for tool in self._scenario.tools:
            if tool.id == tool_id:
                return self._resolve(f"tool.{tool_id}", tool.name)
        raise KeyError(tool_id)


def _flags(kind: Any, value: Literal["none"] | str) -> templates.Lookup:
    """`goal.conflict` is true where the goal is `conflict`; other known values are false."""
    values = {known: known == value for known in get_args(kind)}
    return templates.Lookup(values.__getitem__)
