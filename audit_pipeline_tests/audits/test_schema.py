"""The JSON Schema accepts what the reader accepts, and refuses what an editor should mark."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # ships none
import pytest
import yaml

from audit_pipeline.audits.schema import audit_schema
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.store.atomic import canonical_json
from audit_pipeline_tests.audits.files import RIGHT, SHA256, changed

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "dagster_home/audits/employment_ma.yaml"
WRITTEN = REPOSITORY / "docs/reference/audit.schema.json"


def validate(text: str) -> None:
    """Validate as an editor does: dates are text, keys are text."""
    content: Any = json.loads(json.dumps(yaml.safe_load(text), default=str))
    jsonschema.Draft202012Validator(audit_schema(VOCABULARY)).validate(content)


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(audit_schema(VOCABULARY))


def test_the_written_schema_is_up_to_date() -> None:
    assert WRITTEN.read_bytes() == canonical_json(audit_schema(VOCABULARY))


def test_the_example_and_its_reference_to_the_schema_are_right() -> None:
    validate(EXAMPLE.read_text())
    first = EXAMPLE.read_text().splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (EXAMPLE.parent / named).resolve() == WRITTEN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format: 1\n", "format: 1\n"),
        ("[age, income]", "{age: numeric, income: , sex: {labels: {1: male}}}"),
        ("[sex]", "{sex: {title: Sex}}"),
        ("timestamp: seen", "timestamp: {column: seen, format: year}"),
        ("2016-01-01", "2016-01-01T05:00:00\n  end: 2017-01-01"),
        ("score: score}", "score: null}"),
        (
            "{against: change, warn: 0.01, fail: 0.03}",
            "{subjects: {age: {against: value, fail: 0.5, reason: noise}}}",
        ),
    ],
)
def test_every_way_of_writing_is_accepted(old: str, new: str) -> None:
    validate(changed((old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("risk: high", "riks: high"),
        ("risk: high", "risk: huge"),
        ("owner: Credit risk team\n", ""),
        ("format: 1\n", "format: 2\n"),
        ("name: credit", "name: Credit!"),
        ("kind: parquet", "kind: parkay"),
        ("kind: parquet, ", ""),
        ("kind: parquet", "delimiter: ';', kind: parquet"),
        ("delimiter:", "delimeter:"),
        ("xgboost_json", "pickle"),
        (SHA256, "abc"),
        ("2016-01-01", "yesterday"),
        ("every: day", "every: fortnight"),
        ("[age, income]", "[]"),
        ("[age, income]", "{age: number}"),
        ("[age, income]", "{age: {kin: numeric}}"),
        ("roc_auc: {", "roc_acu: {"),
        ("fail: 0.03", "fail: high"),
        ("fail: 0.03", "subjects: {age: {skip: true, reason: noise}}"),
        ("expect: expect_column_values_to_be_unique", "expect: unique"),
    ],
)
def test_what_an_editor_should_mark_is_refused(old: str, new: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate(changed((old, new)))


def test_the_schema_knows_every_metric_source_and_model_format() -> None:
    schema = audit_schema(VOCABULARY)
    assert set(schema["properties"]["limits"]["properties"]) == set(METRICS)
    kinds = {c["properties"]["kind"]["const"] for c in schema["$defs"]["Table"]["oneOf"]}
    assert kinds == set(VOCABULARY.sources)
    formats = schema["$defs"]["Model"]["properties"]["format"]["enum"]
    assert formats == sorted(VOCABULARY.model_formats)


def test_the_schema_explains_keys_in_the_words_of_the_models() -> None:
    schema = audit_schema(VOCABULARY)
    owner = schema["properties"]["owner"]["description"]
    assert owner == "Who answers for the model: a person or team that can be reached."
    threshold = schema["$defs"]["Prediction"]["properties"]["threshold"]["description"]
    assert threshold.startswith("A score at or above it")
    csv = next(
        c for c in schema["$defs"]["Table"]["oneOf"] if c["properties"]["kind"]["const"] == "csv"
    )
    assert csv["properties"]["null"]["description"].startswith("The text that means no value")


def test_the_right_file_of_the_other_tests_is_accepted() -> None:
    validate(RIGHT)
