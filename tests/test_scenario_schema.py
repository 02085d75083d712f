"""The published schema: what the models say, for whoever checks scenario files with other tools."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic import ValidationError

from hawthorne.scenario_variants import schema
from hawthorne.scenario_variants.load import LIBRARY, library_ids
from hawthorne.scenario_variants.models import Scenario
from hawthorne.tests.scenario_samples import CHANGES, data, error, mutated, written

PUBLISHED = json.loads(schema.PATH.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(PUBLISHED)


def test_the_published_schema_is_what_the_models_say() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text()


def test_the_published_schema_is_one() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    assert PUBLISHED["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", library_ids())
def test_the_library_fits_it_with_ordinary_tools(name: str) -> None:
    found = yaml.safe_load((LIBRARY / f"{name}.yaml").read_text(encoding="utf-8"))
    assert list(VALIDATOR.iter_errors(found)) == []


def test_no_mapping_lets_unknown_keys_pass() -> None:
    def mappings(part: Any) -> Any:
        if isinstance(part, dict):
            if part.get("type") == "object":
                yield part
            for value in part.values():
                yield from mappings(value)
        elif isinstance(part, list):
            for value in part:
                yield from mappings(value)

    found = list(mappings(PUBLISHED))
    assert len(found) > 15
    open_ones = [one for one in found if one.get("additionalProperties", True) is True]
    assert open_ones == []


@given(CHANGES)
@settings(max_examples=250, deadline=None)
def test_the_models_accept_nothing_that_the_schema_refuses(changes: Any) -> None:
    try:
        text = json.dumps(mutated(changes))
        Scenario.model_validate_json(text, strict=True)
    except (TypeError, ValueError, ValidationError):
        return
    found = without_nulls(json.loads(text))
    assert best_match(VALIDATOR.iter_errors(found)) is None


def without_nulls(part: Any) -> Any:
    """Plain data as a file can say it: there, nothing is null."""
    if isinstance(part, dict):
        return {key: without_nulls(value) for key, value in part.items() if value is not None}
    return [without_nulls(value) for value in part] if isinstance(part, list) else part


@pytest.mark.parametrize(
    ("place", "value", "field", "message"),
    [
        (("mails", 1, "subject"), [1], "mails.1.subject", "[1] is not of type 'string'"),
        (("mails", 1, "when", "goal"), "x", "mails.1.when.goal", "'x' is not one of ['none', 'c"),
        (("roles", "boss", "name"), "y" * 20_001, "roles.boss.name", f"'{'y' * 59}… is too long"),
        (("mails", 1, "id"), "M 1", "mails.1.id", "'M 1' does not match '^[a-z]"),
        (("tools",), [], "tools", "[] should be non-empty"),
        (("cues", "values"), {}, "cues.values", "{} should be non-empty"),
    ],
)
def test_the_schema_says_what_is_wrong_and_not_what_it_is_wrong_in(
    place: tuple[Any, ...], value: Any, field: str, message: str
) -> None:
    said = error(written(mutated([(place, value, False)])))
    assert f": {field}: {message}" in said


def test_a_problem_is_named_by_its_path() -> None:
    assert schema.problem(data()) is None
    found = mutated([(("rules", 1, "if", "all", 0, "called", "tool"), 3, False)])
    place, message = schema.problem(found) or ((), "")
    assert place == ("rules", 1, "if", "all", 0, "called", "tool")
    assert message == "3 is not of type 'string'"
