"""The published JSON Schema of a scenario file, and the validation of raw data against it.

`python -m hawthorne.scenario_variants.schema` writes it anew from the pydantic models.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from .models import Scenario

PATH = Path(__file__).with_name("schema.json")


def generate() -> dict[str, Any]:
    """The schema that the models describe (draft 2020-12)."""
    schema = Scenario.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


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

    error = best_match(_validator().iter_errors(data))
    if error is None:
        return None
    message = error.message if len(error.message) < 300 else error.message[:297] + "…"
    return tuple(error.absolute_path), message


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
