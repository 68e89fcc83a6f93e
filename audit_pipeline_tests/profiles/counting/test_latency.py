"""How long a prediction took: a column of its own, counted and asked for as a feature is."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from audit_pipeline.profiles.plan import counted_columns
from audit_pipeline.profiles.profile import NumericColumn
from audit_pipeline.sources.base import Wanted
from audit_pipeline.stages.landing import asked, declared_columns
from audit_pipeline_tests.profiles.tables import audit, profile

TIMED = audit(latency="milliseconds")


def test_latencies_are_counted_as_numbers_though_they_are_few() -> None:
    found = profile(TIMED, {"x": [0.5] * 3, "milliseconds": [12, 15, None]}).columns["milliseconds"]
    assert isinstance(found, NumericColumn)
    assert (found.rows, found.nulls) == (3, 1)
    assert found.histogram.lows.tolist() == [12.0, 15.0]
    assert counted_columns(TIMED)["milliseconds"] == "numeric"
    assert "milliseconds" not in counted_columns(audit())


def test_latencies_are_asked_of_the_table_and_of_the_log_of_predictions() -> None:
    assert declared_columns(TIMED)[-1] == "milliseconds"
    wanted = asked(TIMED, Wanted(folder=Path()))
    assert wanted["predictions"].columns == ("id", "predicted", "score", "milliseconds")
    assert "milliseconds" not in (wanted["labels"].columns or ())


def test_latencies_that_are_missing_or_text_cannot_be_counted() -> None:
    before = {"x": [0.5], "milliseconds": [1.0]}
    gone = profile(TIMED, {"x": [0.5]}, before).unreadable
    assert gone["milliseconds"] == "the column milliseconds is missing from this window"
    text = profile(TIMED, {"x": [0.5], "milliseconds": ["fast"]}, before).unreadable
    assert "is of type string" in text["milliseconds"]


def test_a_latency_is_no_feature() -> None:
    with pytest.raises(ValidationError, match="known only once the model has answered"):
        audit(latency="x")
