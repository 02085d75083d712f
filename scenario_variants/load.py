"""From a YAML file to a `Scenario`: read, checked against the schema, its references checked."""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from ..errors import ScenarioError
from . import references, schema
from .models import Scenario
from .source import Source, read

LIBRARY = Path(__file__).with_name("library")
MAX_BYTES = 1_000_000


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
    if name.lower().endswith((".yaml", ".yml")):
        return load_file(Path(name))
    known = library_ids()
    if name not in known:
        raise ScenarioError(
            f"no scenario {name!r}; the library has {', '.join(known)} (a file ends in .yaml)"
        )
    return load_file(LIBRARY / f"{name}.yaml")


def load_file(path: Path) -> Loaded:
    """Read and check one file; see `load`."""
    return _load_text(_read(path), str(path))


@lru_cache(maxsize=200)
def _load_text(source: str, where: str) -> Loaded:
    return Loaded(parse(source, where), source, where)


def parse(source: str, where: str) -> Scenario:
    """Check the text of a scenario file. `where` names it in errors."""
    found = read(source, where)
    scenario = _validated(found)
    for place, message in references.problems(scenario):
        raise found.error(place, message)
    return scenario


def _validated(source: Source) -> Scenario:
    """The scenario in plain data; what is wrong with it is said by the published schema.

    The models accept nothing that the schema refuses, so it is only asked when they refuse: it
    speaks of the file and not of Python, but importing jsonschema takes longer than all the rest.
    """
    try:
        return Scenario.model_validate_json(json.dumps(source.data), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        problem = schema.problem(source.data) or (first["loc"], message)
    raise source.error(*problem)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:  # a name that no file can have
        raise ScenarioError(f"{str(path)!r}: {error}") from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError(f"{path}: larger than {MAX_BYTES:,} bytes, which no scenario is")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{path}:{line}: not UTF-8 text") from None
