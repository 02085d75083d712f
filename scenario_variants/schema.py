"""The published JSON Schema of a scenario file, and the validation of raw data against it.

`python -m hawthorne.scenario_variants.schema` writes it anew from the pydantic models.
"""

import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from .models import Scenario

PATH = Path(__file__).with_name("schema.json")


def generate() -> dict[str, Any]:
    """The schema that the models describe (draft 2020-12)."""
    schema = _closed(Scenario.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _closed(schema: Any) -> Any:
    """Refuse keys that fit no pattern, as the models do; pydantic's schema lets them pass."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(part) for key, part in schema.items()}
    return {**closed, "additionalProperties": False} if "patternProperties" in closed else closed


def text() -> str:
    """What `schema.json` has to hold."""
    return json.dumps(generate(), indent=1, ensure_ascii=False) + "\n"


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(PATH.read_text(encoding="utf-8")))


def problem(data: Any) -> tuple[tuple[str | int, ...], str] | None:
    """The first thing that is wrong with raw data, as (path inside the file, message), or None."""
    from jsonschema.exceptions import best_match

    # The first alone, so that a list of a million wrong items ends too.
    error = best_match(itertools.islice(_validator().iter_errors(data), 1))
    return (_place(error), _message(error)) if error else None


def _place(error: Any) -> tuple[str | int, ...]:
    """The path of what is wrong; where that is a key, it ends with the key."""
    place = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        return (*place, _unknown(error))
    return (*place, error.instance) if "propertyNames" in error.absolute_schema_path else place


def _unknown(error: Any) -> str:
    keys: list[str] = list(error.instance)
    known, patterns = (error.schema.get(name, {}) for name in ("properties", "patternProperties"))
    fits = (any(re.search(pattern, key) for pattern in patterns) for key in keys)
    return next(key for key, fit in zip(keys, fits, strict=True) if not fit and key not in known)


def _message(error: Any) -> str:
    """What jsonschema says, without the whole of what it says it of."""
    if error.validator == "additionalProperties":
        known = error.schema.get("properties")
        if known:
            return f"no such field; there are {', '.join(known)}"
        return f"expected a name that fits {' or '.join(error.schema['patternProperties'])}"
    if error.validator in ("minProperties", "maxProperties") and "properties" in error.schema:
        fields = ", ".join(error.schema["properties"])
        return f"give exactly one of {fields}, not {len(error.instance)}"
    found = repr(error.instance)
    short = found if len(found) <= 60 else f"{found[:60]}…"
    return str(error.message).replace(found, short)


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
