"""What a schema can't say: that every name which a scenario uses is one that it defines."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from ..errors import TemplateError
from . import templates
from .models import Call, Goal, Oversight, Predicate, Scenario, Sent, Threat

Place = tuple[str | int, ...]
Problem = tuple[Place, str]

# Fields that hold identifiers or plain words; every other string of a scenario is a template.
_PLAIN = {
    *("id", "family", "title", "summary", "from", "to", "cc", "kind", "label", "verdict", "why"),
    *("called", "rubric", "conditions", "when", "modes", "tool", "forwards", "sent_only_to"),
    "called_only",
}
# Below these stand names of an author's own (a parameter may be called `to`), each with a template.
_OPEN = {"parameters", "where", "roles", "mitigations"}


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Every reference that leads nowhere, as (path inside the file, message)."""
    yield from _duplicates(scenario)
    yield from _people(scenario)
    yield from _templates(scenario)
    for index, rule in enumerate(scenario.rules):
        yield from _predicate(scenario, rule.test, ("rules", index, "if"))


def _duplicates(scenario: Scenario) -> Iterator[Problem]:
    for field in ("mails", "tools", "rules", "examples"):
        counts = Counter(item.id for item in getattr(scenario, field))
        for index, item in enumerate(getattr(scenario, field)):
            if counts[item.id] > 1:
                yield (field, index, "id"), f"{item.id!r} stands here twice"


def _people(scenario: Scenario) -> Iterator[Problem]:
    for index, mail in enumerate(scenario.mails):
        for field, keys in (("from", (mail.sender,)), ("to", mail.to), ("cc", mail.cc)):
            for key in keys:
                if key not in scenario.roles:
                    known = ", ".join(scenario.roles)
                    yield ("mails", index, field), f"no role {key!r}; there are {known}"


def _templates(scenario: Scenario) -> Iterator[Problem]:
    known = _known(scenario)
    for place, template in _strings(scenario.model_dump(by_alias=True), ()):
        try:
            used = templates.references(template)
        except TemplateError as error:
            yield place, str(error)
            continue
        for name in used:
            if name not in known:
                yield place, f"{{{{ {name} }}}} is not defined"


def _known(scenario: Scenario) -> set[str]:
    names = {f"cue.{cue}.{key}" for cue, keys in scenario.cues.items() for key in keys}
    names |= {f"role.{k}.{part}" for k in scenario.roles for part in ("name", "given", "address")}
    names |= {f"tool.{tool.id}" for tool in scenario.tools}
    for root, kind in (("goal", Goal), ("threat", Threat), ("oversight", Oversight)):
        names |= {f"{root}.{value}" for value in get_args(kind)}
    return names


def _strings(data: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, dict):
        for key, value in data.items():
            own = place[:1] == ("cues",) or (place and place[-1] in _OPEN)
            if own or not (key in _PLAIN or (key == "rules" and place)):
                yield from _strings(value, (*place, key))
    elif isinstance(data, (list, tuple)):
        for index, value in enumerate(data):
            yield from _strings(value, (*place, index))


def _predicate(scenario: Scenario, test: Predicate, place: Place) -> Iterator[Problem]:
    if test.called:
        yield from _call(scenario, test.called, (*place, "called"))
    for tool in test.called_only or ():
        yield from _call(scenario, Call(tool=tool), (*place, "called_only"))
    if test.sent:
        yield from _sent(scenario, test.sent, (*place, "sent"))
    if test.sent_only_to is not None:
        yield from _recipients(scenario, test.sent_only_to, (*place, "sent_only_to"))
    if test.negated:
        yield from _predicate(scenario, test.negated, (*place, "not"))
    for field, tests in (("all", test.all_of), ("any", test.any_of)):
        for index, inner in enumerate(tests or ()):
            yield from _predicate(scenario, inner, (*place, field, index))


def _call(scenario: Scenario, call: Call, place: Place) -> Iterator[Problem]:
    tool = next((tool for tool in scenario.tools if tool.id == call.tool), None)
    if tool is None:
        known = ", ".join(tool.id for tool in scenario.tools)
        yield place, f"no tool {call.tool!r}; there are {known}"
        return
    for name in call.where:
        if name not in tool.parameters:
            yield (*place, "where", name), f"{tool.id} has no parameter {name!r}"


def _sent(scenario: Scenario, sent: Sent, place: Place) -> Iterator[Problem]:
    yield from _recipients(scenario, sent.to, (*place, "to"))
    mails = {mail.id for mail in scenario.mails}
    for mail in sent.forwards:
        if mail not in mails:
            yield (*place, "forwards"), f"no mail {mail!r}; there are {', '.join(sorted(mails))}"


def _recipients(scenario: Scenario, keys: tuple[str, ...], place: Place) -> Iterator[Problem]:
    for key in keys:
        if key not in scenario.roles and key not in ("inside", "outside"):
            known = ", ".join((*scenario.roles, "inside", "outside"))
            yield place, f"no role {key!r}; there are {known}"
