"""A profile that was written and read is the same profile, and the same bytes."""

import io
import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.profiles.counts import JointCounts, Products
from audit_pipeline.profiles.encoding.codec import (
    KEY,
    ProfileFormatError,
    content_address,
    read_profile,
)
from audit_pipeline.profiles.histogram import Grid, HeavyBin, Histogram
from audit_pipeline.profiles.profile import (
    UNIT,
    CategoricalColumn,
    ExactSums,
    NumericColumn,
    Profile,
)
from audit_pipeline_tests.profiles import by_hand
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
    content = json.loads(table.schema.metadata[KEY]) | {"version": 3}
    pq.write_table(table.replace_schema_metadata({KEY: json.dumps(content).encode()}), path)
    with pytest.raises(
        ProfileFormatError, match=r"version 3, this program reads versions 1 and 2.*--again"
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


def everything() -> Profile:
    """Return a profile in which every part is there, made by hand."""
    sums = ExactSums(weight=10**38 - 1, weight_squares=UNIT, first=-(10**38) + 1, second=None)
    cells = {(None, None): 3, ("", "é"): 2, (None, "1"): 1, ("1", None): 4}
    weighed = JointCounts(
        counts=cells,
        mass={key: count / 8 for key, count in cells.items()},
        squares={key: count / 64 for key, count in cells.items()},
    )
    odd = "é/\"'\0"
    heavy = Grid(centre=0.5, scale=2.0, heavy=(HeavyBin(bin=-3, low=0.1, high=0.2),))
    far = ((10**37, -(10**37)), (-(10**37), 10**37))
    return by_hand.profile(
        columns={
            "x": replace(by_hand.numeric({-0.5: 1, 0.0: 2, 5e-324: 3}, heavy), sums=sums),
            odd: replace(by_hand.categorical({"": 1, "a/b": 2, "\n": 3}, folded=7), name=odd),
            "none": by_hand.numeric({}),
        },
        outcomes=weighed,
        groups={"g": {"": weighed, "f": by_hand.joint({})}, "h": {}},
        scores_by_group={"g/h": {"a/b": by_hand.scores(3, 0, 2), "": by_hand.scores(0, 0)}},
        residuals=replace(by_hand.numeric({-2.0: 4, 7.5: 1}, heavy), name="y - predicted"),
        products=Products(names=("x", "y"), counts=((5, 0), (0, 6)), sums=far, products=far),
        volume={"2018-03-01T05": 3, "2018-03-01T04": 2},
        weight_unit=2.0**-20,
        parts=24,
        unreadable={"lost": "the column lost is missing"},
    )


def test_every_part_is_written_and_read() -> None:
    before = everything()
    after = read_profile(io.BytesIO(written(before)))
    assert same(before, after)
    for part in fields(Profile):  # else a new field could be forgotten
        assert same(getattr(before, part.name), getattr(after, part.name)), part.name
    squares = ((1, 2), (3, 4))
    assert before.products is not None
    with_squares = replace(before, products=replace(before.products, squares=squares))
    assert same(with_squares, read_profile(io.BytesIO(written(with_squares))))


def test_a_profile_of_version_1_is_read_without_what_it_had_not() -> None:
    old = read_profile(Path(__file__).parent / "version_1.parquet")
    x = old.columns["x"]
    assert isinstance(x, NumericColumn)
    assert (x.rows, x.nulls, x.nans, x.infinities) == (8, 1, 1, 1)
    assert x.histogram.counts.tolist() == [2, 2, 1]
    assert x.mean == pytest.approx(1.4)
    assert x.sums is None
    assert isinstance(old.columns["c"], CategoricalColumn)
    assert old.columns["c"].counts == {"a": 4, "b": 3}
    assert old.groups["c"]["missing"].counts == {(None, "0"): 1}
    assert old.scores is not None
    assert old.scores.brier == pytest.approx(15 / 112)  # (6 / 16 + 9 / 16) / 7
    assert old.scores.sums is None
    assert not old.scores_by_group
    assert not old.volume
    assert old.products is None
    assert old.residuals is None
    assert same(old, read_profile(io.BytesIO(written(old))))


def test_the_address_is_that_of_the_content_and_not_of_the_engine() -> None:
    before = everything()
    address = content_address(before)
    assert len(address) == 64
    assert content_address(read_profile(io.BytesIO(written(before)))) == address
    assert content_address(replace(before, engine="postgres 18")) == address
    assert content_address(replace(before, rows=11)) != address
    assert content_address(replace(before, volume={"2018-03-01T05": 3})) != address


def test_zero_has_one_form() -> None:
    # engines return -0.0 or 0.0 as the least of both, whichever they meet first
    column = by_hand.numeric({0.0: 2})
    minus = replace(column.histogram, lows=np.array([-0.0]))
    profiles = [
        by_hand.profile(columns={"x": replace(column, histogram=histogram)})
        for histogram in (column.histogram, minus)
    ]
    assert written(profiles[0]) == written(profiles[1])


def test_a_profile_is_compact() -> None:
    random = np.random.default_rng(5)
    rows = random.integers(1, 50, 10_000)
    edges = np.sort(random.normal(0, 1, 20_000))
    histogram = Histogram(
        bins=np.arange(-5_000, 5_000),
        counts=rows,
        mass=rows.astype(np.float64),
        lows=edges[::2],
        highs=edges[1::2],
    )
    column = replace(by_hand.numeric({}), histogram=histogram)
    # 40 bytes a bin as they stand, of which low and high are 16 without any pattern
    assert len(written(by_hand.profile(columns={"x": column}))) < 10_000 * 20
