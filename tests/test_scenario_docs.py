"""The page about the format says what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hawthorne.probes.examples import validate
from hawthorne.scenario_variants import models, names
from hawthorne.scenario_variants.cues import TAXONOMY
from hawthorne.scenario_variants.load import parse
from hawthorne.scenario_variants.models import Predicate, Strict
from hawthorne.tests.scenario_samples import written

PAGE = (Path(__file__).parents[1] / "docs" / "scenario-format.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.split("```yaml\n")[1].split("```")[0]
PREDICATES = re.findall(r"\| `(\{.*\})` \|$", PAGE, re.MULTILINE)
MODELS = [
    model for model in vars(models).values() if isinstance(model, type) and model is not Strict
]
FIELDS = {
    field.alias or name
    for model in MODELS
    if issubclass(model, Strict)
    for name, field in model.model_fields.items()
}


def test_the_example_is_a_valid_scenario(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert validate(str(path))["problems"] == []


@pytest.mark.parametrize("example", PREDICATES)
def test_the_examples_of_rules_can_be_loaded(example: str) -> None:
    found: dict[str, Any] = yaml.safe_load(EXAMPLE)
    found["rules"][0]["if"] = yaml.safe_load(example)
    assert parse(written(found), "example.yaml")


def test_every_question_that_a_rule_can_ask_has_an_example() -> None:
    asked = {key for example in PREDICATES for key in yaml.safe_load(example)}
    known = {field.alias or name for name, field in Predicate.model_fields.items()}
    assert asked >= known - {"all"}  # it stands beside `any`


@pytest.mark.parametrize("word", sorted({*FIELDS, *TAXONOMY, *names.FLAGS}))
def test_every_field_cue_and_flag_is_named(word: str) -> None:
    assert f"`{word}`" in PAGE
