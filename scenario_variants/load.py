"""From a YAML file to a `Scenario`: read, checked against the schema, its references checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ..errors import ScenarioError
from . import references, schema
from .models import Scenario

LIBRARY = Path(__file__).with_name("library")
MAX_BYTES = 1_000_000

Path_ = Sequence[str | int]


@dataclass(frozen=True)
class Loaded:
    """A scenario with its source: `hash` is the SHA-256 of the text, `where` names the file."""

    scenario: Scenario
    source: str
    where: str

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the source, in hexadecimal digits."""
        return sha256(self.source.encode()).hexdigest()


def library_ids() -> list[str]:
    """The ids of the scenarios that come with the package; a file has its scenario's name."""
    return sorted(path.stem for path in LIBRARY.glob("*.yaml"))


def load(name: str) -> Loaded:
    """A scenario by its id in the library, or by the path of a YAML file.

    Raises `ScenarioError` with one line that names file, line, field and what was expected.
    """
    if name.endswith((".yaml", ".yml")):
        return load_file(Path(name))
    if name not in library_ids():
        raise ScenarioError(f"no scenario {name!r}; the library has {', '.join(library_ids())}")
    return load_file(LIBRARY / f"{name}.yaml")


def load_file(path: Path) -> Loaded:
    """Read and check one file; see `load`."""
    return _load_text(_read(path), str(path))


@lru_cache(maxsize=200)
def _load_text(source: str, where: str) -> Loaded:
    return Loaded(parse(source, where), source, where)


def parse(source: str, where: str) -> Scenario:
    """Check the text of a scenario file. `where` names it in errors."""
    node = _compose(source, where)
    data = yaml.constructor.SafeConstructor().construct_document(node)
    found = schema.problem(data)
    if found:
        raise ScenarioError(_line(where, node, *found))
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise ScenarioError(_line(where, node, first["loc"], first["msg"])) from None
    for place, message in references.problems(scenario):
        raise ScenarioError(_line(where, node, place, message))
    return scenario


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError(f"{path}: larger than {MAX_BYTES:,} bytes, which no scenario is")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 text (byte {error.start})") from None


def _compose(source: str, where: str) -> yaml.Node:
    """The YAML nodes, which know their lines. Aliases and double keys are refused."""
    private = next((c for c in source if "\ue000" <= c <= "\uf8ff"), None)
    if private:
        raise ScenarioError(f"{where}: private-use character U+{ord(private):04X} is not allowed")
    try:
        node = yaml.compose(source, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScenarioError(f"{where}:{line}: not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        raise ScenarioError(f"{where}: not YAML: {first}") from None
    except RecursionError:
        raise ScenarioError(f"{where}: nested too deeply") from None
    if not isinstance(node, yaml.MappingNode):
        raise ScenarioError(f"{where}: expected a mapping with id, family, title, …")
    _check_nodes(node, where)
    return node


def _loader() -> Any:
    # libyaml's loader is ten times as fast; the pure one says the same.
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _check_nodes(root: yaml.Node, where: str) -> None:
    seen: set[int] = set()
    for node in _nodes(root):
        if id(node) in seen and not isinstance(node, yaml.ScalarNode):
            raise ScenarioError(f"{where}:{node.start_mark.line + 1}: aliases are not allowed")
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode) or not isinstance(key.value, str):
                    raise ScenarioError(f"{where}:{key.start_mark.line + 1}: a key must be a word")
                if key.value in keys:
                    line = key.start_mark.line + 1
                    raise ScenarioError(f"{where}:{line}: {key.value!r} stands here twice")
                keys.add(key.value)


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node, each alias once more than its anchor, and never an alias's inside again."""
    stack, opened = [root], set[int]()
    while stack:
        node = stack.pop()
        yield node
        if id(node) in opened:
            continue
        opened.add(id(node))
        if isinstance(node, yaml.MappingNode):
            stack.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            stack.extend(node.value)


def _line(where: str, node: yaml.Node, place: Path_, message: str) -> str:
    field = ".".join(str(part) for part in place) or "(top)"
    return f"{where}:{_find(node, place)}: {field}: {message}"


def _find(node: yaml.Node, place: Path_) -> int:
    """The line (from 1) of the deepest node that the path reaches."""
    line = node.start_mark.line
    for part in place:
        child = _child(node, part)
        if child is None:
            break
        line, node = child
    return int(line) + 1


def _child(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(
            ((key.start_mark.line, value) for key, value in node.value if key.value == str(part)),
            None,
        )
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None
