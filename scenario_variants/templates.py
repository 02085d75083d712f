"""The template language of scenario files: Jinja2 in its sandbox, cut down to an allow-list.

Allowed are text, `{{ name.attribute }}` and `{% if %}` with `not`, `and`, `or`. There are no loops,
no filters, no calls and no arithmetic, so that a file can neither hang nor swell. An undefined name
is an error, when the file is loaded and again when it is rendered.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.sandbox import SandboxedEnvironment

from ..errors import TemplateError

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
ROOTS = ("cue", "role", "tool", "goal", "threat", "oversight")
MAX_RENDERED = 200_000  # characters; the largest honest rendering is a tenth of it


class Lookup:
    """A read-only namespace for templates: `{{ a.b }}` asks `a` for `b`, and for nothing else."""

    __slots__ = ("_get",)

    def __init__(self, get: Callable[[str], Any]) -> None:
        self._get = get

    def get(self, name: str) -> Any:
        """The value under `name`; raises `KeyError` where there is none."""
        return self._get(name)


class _Environment(SandboxedEnvironment):
    """Attributes are looked up in `Lookup`s alone, never on Python objects."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Lookup):
            try:
                return obj.get(attribute)
            except KeyError:
                pass
        if isinstance(obj, Undefined):
            return obj
        return self.undefined(obj=None, name=attribute)


_ENVIRONMENT = _Environment(
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=(),
)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters.clear()
_ENVIRONMENT.tests.clear()


@lru_cache(maxsize=10_000)
def _parse(source: str) -> nodes.Template:
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{error.message} (line {error.lineno} of the text)") from None
    for node in _walk(tree):
        if not isinstance(node, ALLOWED):
            raise TemplateError(
                f"{type(node).__name__} is not allowed in a template; allowed are "
                "{{ name.attribute }} and {% if name.attribute %} with not, and, or"
            )
    return tree


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


@lru_cache(maxsize=10_000)
def references(source: str) -> tuple[str, ...]:
    """The dotted names that a template uses, such as `cue.identities.company`, each once.

    Raises `TemplateError` for what is outside the allow-list.
    """
    found: dict[str, None] = {}
    _collect(_parse(source), found)
    return tuple(found)


def _collect(node: nodes.Node, found: dict[str, None]) -> None:
    if isinstance(node, (nodes.Getattr, nodes.Name)):
        found[_dotted(node)] = None
        return
    for child in node.iter_child_nodes():
        _collect(child, found)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Name):
        return node.name
    raise TemplateError("an attribute can only be asked of a name")


@lru_cache(maxsize=10_000)
def _compile(source: str) -> Any:
    _parse(source)  # the allow-list comes first
    return _ENVIRONMENT.from_string(source)


def render(source: str, scope: dict[str, Any]) -> str:
    """Fill in one template. Raises `TemplateError` for an undefined name or a text that swells."""
    if "{" not in source:
        return source
    try:
        text: str = _compile(source).render(scope)
    except UndefinedError as error:
        raise TemplateError(str(error)) from None
    if len(text) > MAX_RENDERED:
        raise TemplateError(f"a template rendered to more than {MAX_RENDERED:,} characters")
    return text
