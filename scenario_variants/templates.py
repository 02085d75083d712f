"""The template language of scenario files: a small part of Jinja2, which is parsed and never run.

Allowed are text, `{{ name.of.a.text }}` and `{% if flag %}` with `elif`, `else`, `not`, `and`,
`or`. Texts can only be shown and flags only be asked: a condition can't look at a cue, so that what
stands outside cue fragments is the same in every framing. There are no loops, filters, calls or
arithmetic, so that a file can neither hang nor swell.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes

from ..errors import TemplateError

MAX_NESTING = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """`{{ name }}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag inside a condition."""

    name: str


@dataclass(frozen=True, slots=True)
class Formula:
    """`not`, `and` or `or` over flags."""

    operator: str
    parts: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """`{% if test %}` then `{% else %}` otherwise."""

    test: "Test"
    then: tuple["Part", ...]
    otherwise: tuple["Part", ...]


Test = Flag | Formula
Part = str | Shown | Branch

# What would vanish, or stay in the text with its braces.
_HIDING = re.compile(r"\{#|\{%[-+]?\s*raw\b")
_ENVIRONMENT = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)


@lru_cache(maxsize=10_000)
def parse(source: str) -> tuple[Part, ...]:
    """A template's parts. Raises `TemplateError` for all that is not on the allow-list."""
    if "{" not in source:
        return (source,)
    if _HIDING.search(source):
        raise TemplateError("{# comments #} and {% raw %} are not allowed in a template")
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{error.message} (line {error.lineno} of the text)") from None
    except (RecursionError, ValueError):  # a number of 5,000 digits is a ValueError
        raise TemplateError("not a template that can be read") from None
    return tuple(_parts(tree.body, 0))


def _parts(body: list[nodes.Node], depth: int) -> Iterator[Part]:
    for node in body:
        if isinstance(node, nodes.If):
            yield _branch(node, depth)
        elif isinstance(node, nodes.Output):
            for child in node.nodes:
                yield (child.data if isinstance(child, nodes.TemplateData) else Shown(_name(child)))
        else:
            raise _refused(node)


def _branch(node: nodes.If, depth: int) -> Branch:
    if depth + len(node.elif_) > MAX_NESTING:
        raise TemplateError("nested too deeply")
    otherwise: tuple[Part, ...] = tuple(_parts(node.else_, depth + 1))
    for other in reversed(node.elif_):
        then = tuple(_parts(other.body, depth + 1))
        otherwise = (Branch(_test(other.test, depth), then, otherwise),)
    return Branch(_test(node.test, depth), tuple(_parts(node.body, depth + 1)), otherwise)


def _test(node: nodes.Node, depth: int) -> Test:
    if depth > MAX_NESTING:
        raise TemplateError("nested too deeply")
    if isinstance(node, nodes.Not):
        return Formula("not", (_test(node.node, depth + 1),))
    if isinstance(node, (nodes.And, nodes.Or)):
        sides = _test(node.left, depth + 1), _test(node.right, depth + 1)
        return Formula("and" if isinstance(node, nodes.And) else "or", sides)
    return Flag(_name(node))


def _name(node: nodes.Node) -> str:
    """A dotted name, such as `cue.identities.company`."""
    attributes: list[str] = []
    while isinstance(node, nodes.Getattr):
        attributes.append(node.attr)
        node = node.node
    if not isinstance(node, nodes.Name):
        raise _refused(node)
    return ".".join((node.name, *reversed(attributes)))


def _refused(node: nodes.Node) -> TemplateError:
    return TemplateError(
        f"{type(node).__name__} is not allowed in a template; allowed are {{{{ name.attribute }}}} "
        "and {% if name.attribute %} with not, and, or"
    )


def shown(parts: tuple[Part, ...]) -> Iterator[str]:
    """The names of texts that a template may show, as often as they stand there."""
    for part in parts:
        if isinstance(part, Shown):
            yield part.name
        elif isinstance(part, Branch):
            yield from shown(part.then)
            yield from shown(part.otherwise)


def asked(parts: tuple[Part, ...]) -> Iterator[str]:
    """The names of flags that a template's conditions ask."""
    for part in parts:
        if isinstance(part, Branch):
            yield from _flags(part.test)
            yield from asked(part.then)
            yield from asked(part.otherwise)


def _flags(test: Test) -> Iterator[str]:
    if isinstance(test, Flag):
        yield test.name
    else:
        for part in test.parts:
            yield from _flags(part)


def render(source: str, text: Callable[[str], str], flag: Callable[[str], bool]) -> str:
    """Fill in one template. `text` and `flag` look a name up, and raise for one they don't know."""
    return "".join(_filled(parse(source), text, flag))


def _filled(
    parts: tuple[Part, ...], text: Callable[[str], str], flag: Callable[[str], bool]
) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Shown):
            yield text(part.name)
        else:
            chosen = part.then if _holds(part.test, flag) else part.otherwise
            yield from _filled(chosen, text, flag)


def _holds(test: Test, flag: Callable[[str], bool]) -> bool:
    if isinstance(test, Flag):
        return flag(test.name)
    held = [_holds(part, flag) for part in test.parts]
    if test.operator == "not":
        return not held[0]
    return all(held) if test.operator == "and" else any(held)
