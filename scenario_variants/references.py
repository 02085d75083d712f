"""What a schema can't say: that every name which a scenario uses is one that it defines."""

from collections.abc import Collection, Iterator

from ..errors import TemplateError
from . import growth, names, templates
from .models import Predicate, Scenario, Sent
from .source import Place
from .texts import texts

Problem = tuple[Place, str]
SIDES = ("inside", "outside")


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Every reference that leads nowhere, as (path inside the file, message).

    Where there is none, what `growth` finds.
    """
    found = [*_names(scenario), *_people(scenario), *_templates(scenario)]
    for index, rule in enumerate(scenario.rules):
        found += _predicate(scenario, rule.test, ("rules", index, "if"))
    yield from found or growth.problems(scenario)


def _names(scenario: Scenario) -> Iterator[Problem]:
    """Names that stand twice, or that mean something else already."""
    for field in ("mails", "tools", "rules", "examples"):
        seen: set[str] = set()
        for index, item in enumerate(getattr(scenario, field)):
            if item.id in seen:
                yield (field, index, "id"), f"{item.id!r} stands here twice"
            seen.add(item.id)
    for name, values in scenario.conditions:
        if len(set(values)) < len(values):
            yield ("conditions", name), "a value stands here twice"
    if "none" in scenario.mitigations:
        yield ("mitigations", "none"), "none is the name of no mitigation"
    for side in SIDES:
        if side in scenario.roles:
            yield ("roles", side), f"{side} is not free: rules call everybody there so"


def _people(scenario: Scenario) -> Iterator[Problem]:
    for index, mail in enumerate(scenario.mails):
        for field, keys in (("from", (mail.sender,)), ("to", mail.to), ("cc", mail.cc)):
            yield from _unknown("role", keys, scenario.roles, ("mails", index, field))


def _templates(scenario: Scenario) -> Iterator[Problem]:
    shown = names.shown(scenario)
    for place, text, is_template in texts(scenario):
        if is_template:
            yield from ((place, message) for message in _wrong(text, shown))
        elif "{{" in text or "{%" in text:
            yield place, "this is no template, so {{ }} and {% %} would stay as they are"


def _wrong(template: str, shown: Collection[str]) -> Iterator[str]:
    try:
        parts = templates.parse(template)
    except TemplateError as error:
        yield str(error)
        return
    for name in templates.shown(parts):
        if name in names.FLAGS:
            yield f"{{{{ {name} }}}} is a flag: it can be asked in {{% if %}}, and not shown"
        elif name not in shown:
            yield f"{{{{ {name} }}}} is not defined"
    for name in templates.asked(parts):
        if name in shown:
            yield f"{name} is a text: it can be shown, and not be asked in {{% if %}}"
        elif name not in names.FLAGS:
            yield f"{{% if {name} %}} is not defined; there are {', '.join(names.FLAGS)}"


def _predicate(scenario: Scenario, test: Predicate, place: Place) -> Iterator[Problem]:
    tools = {tool.id: tool for tool in scenario.tools}
    if test.called:
        where = (*place, "called")
        yield from _unknown("tool", [test.called.tool], tools, (*where, "tool"))
        if test.called.tool in tools:
            known = tools[test.called.tool].parameters
            for name in test.called.where:
                yield from _unknown("parameter", [name], known, (*where, "where", name))
    yield from _unknown("tool", test.called_only or (), tools, (*place, "called_only"))
    if test.sent:
        yield from _sent(scenario, test.sent, (*place, "sent"))
    recipients = (*scenario.roles, *SIDES)
    yield from _unknown("role", test.sent_only_to or (), recipients, (*place, "sent_only_to"))
    if test.negated:
        yield from _predicate(scenario, test.negated, (*place, "not"))
    for field, tests in (("all", test.all_of), ("any", test.any_of)):
        for index, inner in enumerate(tests or ()):
            yield from _predicate(scenario, inner, (*place, field, index))


def _sent(scenario: Scenario, sent: Sent, place: Place) -> Iterator[Problem]:
    yield from _unknown("role", sent.to, (*scenario.roles, *SIDES), (*place, "to"))
    mails = [mail.id for mail in scenario.mails]
    yield from _unknown("mail", sent.forwards, mails, (*place, "forwards"))


def _unknown(
    kind: str, used: Collection[str], known: Collection[str], place: Place
) -> Iterator[Problem]:
    for name in used:
        if name not in known:
            yield place, f"no {kind} {name!r}; there are {', '.join(known)}"
