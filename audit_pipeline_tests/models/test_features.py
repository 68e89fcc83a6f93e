"""Feature columns of all numeric kinds, by name and in the model's order."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from audit_pipeline.models.base import ModelError
from audit_pipeline.models.features import in_model_order, read_features
from audit_pipeline.models.formats.xgboost_json import load
from audit_pipeline_tests.models.trained import classifier, parquet

MODEL = load(bytes(classifier().save_raw("ubj")))


def nameless() -> bytes:
    booster = classifier()
    booster.feature_names = None
    return bytes(booster.save_raw("ubj"))


def test_named_features_come_in_the_models_order() -> None:
    assert in_model_order(MODEL, ["code", "hours", "pay", "age"]) == (
        "age",
        "pay",
        "hours",
        "code",
    )


def test_without_names_the_declared_order_is_the_models() -> None:
    model = load(nameless())
    assert in_model_order(model, ["d", "c", "b", "a"]) == ("d", "c", "b", "a")
    with pytest.raises(ModelError, match=r"reads 4 features and stores no names.*declares 3"):
        in_model_order(model, ["a", "b", "c"])


def test_features_that_differ_are_named_on_both_sides() -> None:
    with pytest.raises(ModelError, match=r"Not declared: code, pay\. Not read.*: salary\."):
        in_model_order(MODEL, ["age", "hours", "salary"])


def test_a_feature_declared_twice_is_refused() -> None:
    with pytest.raises(ModelError, match=r"more than once: age\."):
        in_model_order(MODEL, ["age", "age", "pay", "hours", "code"])


def test_all_numeric_kinds_become_doubles_and_nulls_become_nan(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "rows.parquet",
        {
            "tiny": pa.array([1, None, 3], pa.int8()),
            "large": pa.array([2**63, 1, 2], pa.uint64()),
            "half": pa.array([0.5, None, 1.5], pa.float16()),
            "paid": pa.array([Decimal("1.25"), None, Decimal(3)], pa.decimal128(10, 2)),
            "employed": pa.array([True, False, None]),
            "unknown": pa.nulls(3),
            "a.b c": pa.array([1.0, 2.0, float("nan")]),
            "name": pa.array(["Jane", "Joe", "Kim"]),
        },
    )
    names = ["a.b c", "tiny", "large", "half", "paid", "employed", "unknown"]
    ((matrix, missing),) = read_features(path, names, 10)
    nan = np.nan
    np.testing.assert_array_equal(
        matrix,
        [
            [1.0, 1, 2.0**63, 0.5, 1.25, 1, nan],
            [2.0, nan, 1, nan, nan, 0, nan],
            [nan, 3, 2, 1.5, 3.0, nan, nan],
        ],
    )
    assert missing == {"a.b c": 1, "tiny": 1, "half": 1, "paid": 1, "employed": 1, "unknown": 3}


def test_rows_come_in_batches_in_their_order(tmp_path: Path) -> None:
    path = parquet(tmp_path / "rows.parquet", {"x": list(range(25))})
    batches = [matrix[:, 0] for matrix, _ in read_features(path, ["x"], 10)]
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert np.concatenate(batches).tolist() == list(range(25))


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = parquet(tmp_path / "rows.parquet", {"age": [1], "pay": [2]})
    with pytest.raises(ModelError, match="lacks the feature columns code, hours"):
        list(read_features(path, ["age", "pay", "hours", "code"], 10))


def test_columns_that_are_not_numeric_are_named_with_their_type(tmp_path: Path) -> None:
    columns: dict[str, object] = {
        "name": ["Jane"],
        "when": [datetime(2026, 1, 1, tzinfo=UTC)],
        "kind": pa.array(["a"]).dictionary_encode(),
        "age": [1],
    }
    path = parquet(tmp_path / "rows.parquet", columns)
    with pytest.raises(ModelError, match=r"name is string; when is timestamp.*; kind is dict") as e:
        list(read_features(path, list(columns), 10))
    assert "Jane" not in str(e.value)


def test_a_file_that_is_not_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    for content in (b"", b"a,b\n1,2\n"):
        path.write_bytes(content)
        with pytest.raises(ModelError, match="cannot be read as Parquet"):
            list(read_features(path, ["a"], 10))
    with pytest.raises(ModelError, match="FileNotFoundError"):
        list(read_features(tmp_path / "none.parquet", ["a"], 10))
