"""A profile that was written and read is the same profile, and the same bytes."""

import io
import json
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.profiles.codec import KEY, ProfileFormatError, read_profile
from audit_pipeline.profiles.profile import Profile
from audit_pipeline_tests.profiles.tables import audit, profile, written


def same(first: object, second: object) -> bool:
    """Return whether two values are equal, arrays in them too."""
    if isinstance(first, np.ndarray):
        return isinstance(second, np.ndarray) and bool(np.array_equal(first, second))
    if is_dataclass(first):
        named = [field.name for field in fields(first)]
        return type(first) is type(second) and all(
            same(getattr(first, name), getattr(second, name)) for name in named
        )
    if isinstance(first, dict):
        return (
            isinstance(second, dict)
            and set(first) == set(second)
            and all(same(value, second[key]) for key, value in first.items())
        )
    return first == second


def full() -> Profile:
    random = np.random.default_rng(1)
    of = audit(
        features={"x": "numeric", "c": "categorical", "lost": None, "empty": "numeric"},
        target={"column": "y"},
        groups=["c"],
    )
    size = 3_000
    return profile(
        of,
        {
            "x": np.concatenate([random.normal(0, 1, size - 2), [np.inf, np.nan]]),
            "c": random.choice(["a", "bins", "missing", "é"], size),
            "empty": pa.array([None] * size, pa.float64()),
            "score": random.uniform(0, 1, size),
            "predicted": random.integers(0, 2, size),
            "y": pa.array([None if n % 3 else n % 2 for n in range(size)], pa.int64()),
        },
    )


def test_a_profile_that_was_written_and_read_is_the_same() -> None:
    before = full()
    after = read_profile(io.BytesIO(written(before)))
    assert same(before, after)
    assert before.columns["c"] == after.columns["c"]
    assert before.unreadable


def test_the_same_profile_is_written_as_the_same_bytes() -> None:
    first = written(full())
    assert written(full()) == first
    assert written(read_profile(io.BytesIO(first))) == first


def test_a_regression_is_written_and_read() -> None:
    of = audit("regression", target={"column": "y"})
    before = profile(of, {"x": [0.5, 1.5], "y": [1.0, 2.0], "predicted": [1.5, 2.0]})
    assert before.errors is not None
    assert same(before, read_profile(io.BytesIO(written(before))))


@pytest.mark.parametrize("name", ["bins", "grid", "columns", "scores/positive", "é \" '"])
def test_a_column_may_have_any_name(name: str) -> None:
    before = profile(audit(features={name: "numeric"}), {name: [1.0, 2.0, 2.0]})
    assert same(before, read_profile(io.BytesIO(written(before))))


def test_a_profile_without_any_histogram_is_written_and_read() -> None:
    before = profile(audit(features={"c": "categorical"}), {"c": ["a", "b"]})
    assert same(before, read_profile(io.BytesIO(written(before))))


def test_a_profile_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "profile.parquet"
    path.write_bytes(written(full()))
    table = pq.read_table(path)
    content = json.loads(table.schema.metadata[KEY]) | {"version": 2}
    pq.write_table(table.replace_schema_metadata({KEY: json.dumps(content).encode()}), path)
    with pytest.raises(
        ProfileFormatError, match=r"version 2, this program reads version 1.*--again"
    ):
        read_profile(path)


def test_a_parquet_file_that_is_no_profile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"x": [1]}), path)
    with pytest.raises(ProfileFormatError, match="version None"):
        read_profile(path)


def test_a_damaged_profile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "profile.parquet"
    path.write_bytes(written(full())[:-50])
    with pytest.raises(ProfileFormatError, match=r"profile\.parquet holds no profile"):
        read_profile(path)
