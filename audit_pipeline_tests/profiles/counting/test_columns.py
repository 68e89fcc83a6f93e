"""Counts of columns agree with what is counted by hand, by NumPy and by pandas."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from audit_pipeline.profiles.profile import CategoricalColumn
from audit_pipeline.stages.planning import plan_of
from audit_pipeline_tests.profiles.tables import audit, categorical, numeric, profile

NAN, INF = float("nan"), float("inf")


def test_what_is_no_finite_number_is_counted_apart() -> None:
    column = numeric(pa.array([1.0, None, NAN, INF, -INF, None, 3.0]))
    assert (column.rows, column.nulls, column.nans, column.infinities) == (7, 2, 1, 2)
    assert column.missing == {"null": 2, "NaN": 1, "infinite": 2}
    assert column.histogram.rows == 2
    assert (column.mean, column.standard_deviation) == (2.0, 1.0)
    assert column.effective_rows == 2.0


def test_huge_and_tiny_numbers_keep_their_places() -> None:
    values = [-1.7e308, -1e300, -5e-324, 0.0, 5e-324, 1.0, 1e300, 1.7e308]
    histogram = numeric(values, [0.0, 0.5, 1.0]).histogram
    assert histogram.rows == 8
    assert histogram.lows.tolist() == sorted(histogram.lows.tolist())
    assert histogram.lows.min() == -1.7e308
    assert histogram.highs.max() == 1.7e308


def test_numbers_so_far_apart_that_their_spread_has_no_number_have_none() -> None:
    column = numeric([-1e300, 1e300])
    assert column.standard_deviation is None
    assert column.histogram.rows == 2


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2, 2, None], pa.int8()),
        pa.array([1, 2, 2, None], pa.uint64()),
        pa.array([1, 2, 2, None], pa.float32()),
        pa.array([Decimal(1), Decimal(2), Decimal(2), None], pa.decimal128(30, 10)),
    ],
)
def test_numbers_of_every_width_are_counted_alike(values: pa.Array) -> None:
    column = numeric(values)
    assert (column.rows, column.nulls, column.histogram.rows) == (4, 1, 3)
    assert column.histogram.counts.tolist() == [1, 2]
    assert column.histogram.lows.tolist() == column.histogram.highs.tolist() == [1.0, 2.0]


def test_booleans_declared_numeric_are_counted_as_0_and_1() -> None:
    histogram = numeric(pa.array([True, False, True])).histogram
    assert histogram.lows.tolist() == [0.0, 1.0]
    assert histogram.counts.tolist() == [1, 2]


def test_a_constant_column_has_one_bin_without_width() -> None:
    column = numeric([7.0] * 5)
    assert column.histogram.counts.tolist() == [5]
    assert column.histogram.widths.tolist() == [0.0]
    assert (column.mean, column.standard_deviation) == (7.0, 0.0)
    assert column.grid.heavy == ()


@pytest.mark.parametrize("values", [[None, None], []])
def test_an_all_null_column_and_one_of_no_rows_have_no_mean(values: list[None]) -> None:
    column = numeric(pa.array(values, pa.float64()))
    assert (column.rows, column.nulls) == (len(values), len(values))
    assert column.histogram.rows == 0
    assert column.mean is column.standard_deviation is None
    assert column.effective_rows == 0.0


def test_seeded_numbers_are_counted_as_numpy_counts_them() -> None:
    random = np.random.default_rng(7)
    values = np.concatenate([random.normal(50, 10, 20_000), random.lognormal(3, 2, 5_000)])
    column = numeric(values)
    grid = column.grid
    quartiles = np.quantile(values, [0.25, 0.5, 0.75])
    assert grid.centre == pytest.approx(quartiles[1], rel=1e-12)
    assert grid.scale == pytest.approx((quartiles[2] - quartiles[0]) / 1.349, rel=1e-5)
    plain = np.floor(1000 * np.arcsinh((values - grid.centre) / grid.scale)).astype(int)
    expected = pd.Series(plain).value_counts().sort_index()
    places = column.histogram.bins // 1000 if grid.heavy else column.histogram.bins
    counted = pd.Series(column.histogram.counts).groupby(places).sum()
    assert counted.to_dict() == expected.to_dict()
    assert column.mean == pytest.approx(values.mean(), rel=1e-4)
    assert column.standard_deviation == pytest.approx(values.std(), rel=1e-3)


def test_one_code_however_it_is_written_is_one_category() -> None:
    integers = categorical(pa.array([1, 2, None], pa.int64()))
    doubles = categorical(pa.array([1.0, 2.0, None]))
    texts = categorical(pa.array(["1", "2", None]))
    decimals = categorical(pa.array([Decimal("1.00"), Decimal("2.00"), None]))
    for column in (integers, doubles, texts, decimals):
        assert column.counts == {"1": 1, "2": 1}
        assert column.nulls == 1


@pytest.mark.parametrize(
    ("values", "counts", "nulls"),
    [
        ([0.5, -0.0, NAN, None], {"0.5": 1, "0": 1}, 2),
        ([INF, -INF, 1e300, 1.0], {"inf": 1, "-inf": 1, "1e+300": 1, "1": 1}, 0),
        ([True, False, True, None], {"true": 2, "false": 1}, 1),
        ([dt.date(2016, 2, 29)] * 2, {"2016-02-29": 2}, 0),
        (["", "é", "é", " "], {"": 1, "é": 2, " ": 1}, 0),
        (pa.array([2**60, 2**60 + 1]), {str(2**60): 1, str(2**60 + 1): 1}, 0),
        (pa.array([None, None], pa.string()), {}, 2),
        (pa.array([], pa.string()), {}, 0),
    ],
)
def test_categories_are_counted_by_their_text(
    values: Any,  # noqa: ANN401 (a list or an Arrow array)
    counts: dict[str, int],
    nulls: int,
) -> None:
    column = categorical(values)
    assert column.counts == counts
    assert column.nulls == nulls
    assert column.rows == len(values)
    assert column.mass == {name: float(count) for name, count in counts.items()}


def test_seeded_categories_are_counted_as_pandas_counts_them() -> None:
    values = np.random.default_rng(3).zipf(1.5, 20_000) % 5_000
    assert categorical(values).counts == {
        str(code): count for code, count in pd.Series(values).value_counts().items()
    }


def test_the_rare_ones_of_more_than_ten_thousand_categories_are_counted_together() -> None:
    of = audit(features={"x": "categorical"})
    # 9,999 names twice, three once: of these the first by name is kept
    names = [str(n) for n in range(9_999)] * 2 + ["tail a", "tail b", "tail c", None]
    column = profile(of, {"x": names}).columns["x"]
    assert isinstance(column, CategoricalColumn)
    assert len(column.counts) == 10_000
    assert column.counts["tail a"] == 1
    assert (column.folded, column.folded_mass, column.nulls) == (2, 2.0, 1)
    assert column.rows == len(names)
    assert column.effective_rows == len(names) - 1


def test_a_tail_in_the_baseline_decides_for_the_window() -> None:
    of = audit(features={"x": "categorical"})
    before = [str(n) for n in range(9_999)] * 2 + ["tail a", "tail b"]
    now = ["tail b", "tail b", "never seen", "tail a", "7", None]
    plan = plan_of(profile(of, {"x": before}))
    column = profile(of, {"x": now}, plan=plan).columns["x"]
    assert isinstance(column, CategoricalColumn)
    assert column.counts == {"7": 1, "tail a": 1}
    assert (column.folded, column.nulls) == (3, 1)


def test_a_column_of_keys_is_no_category() -> None:
    of = audit(features={"x": "categorical"})
    found = profile(of, {"x": [*(str(n) for n in range(20_001)), None]})
    assert "x" not in found.columns
    assert found.unreadable["x"].startswith("x has more than 10,000 different values, and most")


def test_nan_is_found_where_the_file_tells_the_least_and_greatest_number_without_it() -> None:
    column = numeric([NAN] * 10 + [float(n) for n in range(100)])
    assert (column.nans, column.histogram.rows) == (10, 100)
    assert column.mean == pytest.approx(49.5)
