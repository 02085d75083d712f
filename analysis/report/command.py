"""The command that asks for a sweep again, from the specification that the run file keeps."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ...probes.engine.spec import SweepSpec

# User and password in an address have no place in a report.
_SECRET = re.compile(r"//[^/@\s]*@")


def command(spec: Mapping[str, Any], out: str) -> str:
    """One command line, with all that is not the default; a line of it for each option."""
    options = [*_options(spec), f"--out {shlex.quote(out)}"]
    return " \\\n    ".join(["hawthorne sweep", *options])


def _options(spec: Mapping[str, Any]) -> Iterator[str]:
    for key, value in spec.items():
        if value not in (None, "", [], {}) and value != _default(key):
            yield from _option(key, value)


def _default(key: str) -> Any:
    """What a field is where nobody names it, as JSON has it; None where it has to be named."""
    field = SweepSpec.model_fields.get(key)
    if field is None or field.is_required():
        return None
    default = field.get_default(call_default_factory=True)
    return list(default) if isinstance(default, tuple) else default


def _option(key: str, value: Any) -> Iterator[str]:
    name = key.replace("_", "-")
    if key == "settings" and isinstance(value, dict):
        for setting, its in value.items():
            said = its if isinstance(its, str) else json.dumps(its)
            yield f"--set {shlex.quote(f'{setting}={said}')}"
    elif isinstance(value, bool):
        yield f"--{name}" if value else f"--no-{name}"
    elif isinstance(value, list):
        yield " ".join(f"--{name.removesuffix('s')} {_quoted(each)}" for each in value)
    else:
        yield f"--{name} {_quoted(value)}"


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return shlex.quote(hide_secrets(text))


def hide_secrets(text: str) -> str:
    """The text without user and password in the addresses that it holds."""
    return _SECRET.sub("//…@", text)
