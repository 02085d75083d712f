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
    fields = SweepSpec.model_fields
    for key, value in spec.items():
        default = fields[key].get_default(call_default_factory=True) if key in fields else None
        if value in (None, "", [], {}) or value == default:
            continue
        if isinstance(value, list) and value == list(default or ()):
            continue
        yield from _option(key, value)


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
