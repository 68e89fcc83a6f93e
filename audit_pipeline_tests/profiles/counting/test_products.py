"""Sums of products: by hand, as numpy has them, and the same by matrices and by the engine."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.profiles.counting import matrix_products
from audit_pipeline.profiles.counting.products import count_products, product_grids, sum_in_engine
from audit_pipeline.profiles.counts import FARTHEST_PRODUCT, MOST_COLUMNS, Products
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.profiles.histogram import Grid
from audit_pipeline_tests.profiles.tables import audit, numeric, profile

NAN, INF = float("nan"), float("inf")
PLAIN = Grid(centre=0.0, scale=1.0)
NAMES = ("counts", "sums", "products", "squares")


def both_ways(tmp_path: Path, columns: dict[str, Any], grids: dict[str, Grid]) -> Products:
    """Return the products by matrices, having found the same by the engine's sums."""
    pq.write_table(pa.table(columns), tmp_path / "rows.parquet", row_group_size=5000)
    backend = open_duckdb(tmp_path / "spill")
    try:
        table = backend.read_parquet(str(tmp_path / "rows.parquet"))
        found = count_products(table, grids)
        summed = sum_in_engine(table, grids)
    finally:
        backend.disconnect()
    assert found is not None
    for name in NAMES:
        assert tuple(map(tuple, summed[name])) == getattr(found, name)
    return found


def correlations(found: Products) -> list[list[float]]:
    n, s, p = (np.array(getattr(found, name), float) for name in ("counts", "sums", "products"))
    q = np.array(found.squares, float)
    deviations = np.sqrt(q / n - (s / n) ** 2)
    table: list[list[float]] = ((p / n - s * s.T / n**2) / (deviations * deviations.T)).tolist()
    return table


def test_the_sums_worked_by_hand(tmp_path: Path) -> None:
    columns = {"a": [1.0, 2.0, None, 4.0], "b": [10.0, NAN, 30.0, 50.0]}
    grids = {"a": PLAIN, "b": Grid(centre=10.0, scale=10.0)}
    found = both_ways(tmp_path, columns, grids)
    assert found.names == ("a", "b")
    assert found.counts == ((3, 2), (2, 3))
    # a is 1, 2, 4 in units of 1 / 1024; b is 0, 2, 4; both count in the first and the last row
    assert found.sums == ((7 * 1024, 5 * 1024), (4 * 1024, 6 * 1024))
    assert found.products == ((21 * 2**20, 16 * 2**20), (16 * 2**20, 20 * 2**20))
    assert found.squares == ((21 * 2**20, 17 * 2**20), (16 * 2**20, 20 * 2**20))


def test_a_half_is_rounded_up_and_what_is_far_is_left_out(tmp_path: Path) -> None:
    far = FARTHEST_PRODUCT
    values = [0.5 / 1024, -0.5 / 1024, far, -far, far * 1.001, INF, -INF, 1e308, NAN, None]
    found = both_ways(tmp_path, {"a": values}, {"a": PLAIN})
    assert found.counts == ((4,),)
    assert found.sums == ((1,),)
    assert found.products == ((1 + 2 * (1024 * 2**20) ** 2,),)


def test_correlations_are_those_of_numpy(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    first = random.normal(5, 2, 40_000)
    second = first + random.normal(0, 1, 40_000)
    third = random.lognormal(0, 1, 40_000) - first
    columns = {"a": first, "b": second, "c": third}
    grids = {name: Grid(centre=5.0, scale=2.0) for name in columns}
    found = both_ways(tmp_path, columns, grids)
    assert correlations(found) == pytest.approx(np.corrcoef([first, second, third]), abs=1e-6)


def test_correlations_are_of_the_rows_where_both_have_a_value(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    first = random.normal(0, 1, 9_000)
    second = first + random.normal(0, 1, 9_000)
    missing = random.random(9_000) < 0.3
    columns = {"a": first, "b": pa.array(second, mask=missing)}
    found = both_ways(tmp_path, columns, {"a": PLAIN, "b": PLAIN})
    kept = np.corrcoef(first[~missing], second[~missing])
    assert correlations(found)[0][1] == pytest.approx(kept[0, 1], abs=1e-5)


def test_values_beyond_exact_doubles_are_summed_to_the_last_digit(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    whole = random.integers(-(2**30), 2**30, 70_000)
    found = both_ways(
        tmp_path, {"a": whole / 1024, "b": whole[::-1] / 1024}, dict.fromkeys("ab", PLAIN)
    )
    listed = whole.tolist()
    assert found.products[0][0] == sum(each * each for each in listed)
    assert found.products[0][1] == sum(a * b for a, b in zip(listed, listed[::-1], strict=True))
    assert found.products[0][0] > 2**63


def test_neither_batches_nor_their_order_change_a_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(6)
    columns = {"a": random.lognormal(0, 3, 20_001), "b": random.normal(0, 1, 20_001)}
    grids = {"a": PLAIN, "b": PLAIN}
    first = both_ways(tmp_path, columns, grids)
    monkeypatch.setattr(matrix_products, "ROWS_AT_ONCE", 2048)
    monkeypatch.setattr(matrix_products, "ABREAST", 1)
    assert both_ways(tmp_path, {n: v[::-1] for n, v in columns.items()}, grids) == first


def test_integers_decimals_and_booleans_are_numbers_too(tmp_path: Path) -> None:
    decimals = pa.array([1, 2, 3]).cast(pa.decimal128(19, 0))
    columns = {"a": [1, 2, 3], "b": decimals, "c": [True, False, None]}
    found = both_ways(tmp_path, columns, dict.fromkeys("abc", PLAIN))
    assert found.products[0][:2] == (14 * 2**20, 14 * 2**20)
    assert found.sums[2][2] == 1024
    assert found.counts[2] == (2, 2, 2)


def test_columns_that_never_have_a_value_together_have_no_sums_in_common(tmp_path: Path) -> None:
    nothing = pa.array([None, None, None], pa.float64())
    columns = {"a": [1.0, None, 3.0], "b": [None, 2.0, None], "c": nothing}
    found = both_ways(tmp_path, columns, dict.fromkeys("abc", PLAIN))
    assert found.counts == ((2, 0, 0), (0, 1, 0), (0, 0, 0))
    assert found.sums == ((4 * 1024, 0, 0), (0, 2 * 1024, 0), (0, 0, 0))
    assert found.squares == ((10 * 2**20, 0, 0), (0, 4 * 2**20, 0), (0, 0, 0))


def test_no_rows_have_products_of_zero(tmp_path: Path) -> None:
    empty = pa.array([], pa.float64())
    found = both_ways(tmp_path, {"a": empty, "b": empty}, {"a": PLAIN, "b": PLAIN})
    assert found.counts == found.products == ((0, 0), (0, 0))


def test_of_many_columns_the_first_are_taken_and_it_is_said() -> None:
    columns = {f"n{place:03d}": numeric([1.0, 2.0]) for place in range(2)}
    assert product_grids(columns)[1] is None
    many = {f"n{place:03d}": columns["n000"] for place in range(MOST_COLUMNS + 20)}
    grids, why = product_grids(many)
    assert list(grids) == list(many)[:MOST_COLUMNS]
    assert why is not None
    assert why.startswith("correlations are of 50 of the 70 numeric columns")


def test_a_profile_has_the_products_of_its_numeric_columns() -> None:
    of = audit(features={"x": "numeric", "z": "numeric", "c": "categorical"})
    found = profile(of, {"x": [1.0, 2.0, 3.0], "z": [3.0, 2.0, 1.0], "c": ["a", "b", "c"]})
    assert found.products is not None
    assert found.products.names == ("x", "z")
    assert correlations(found.products)[0][1] == pytest.approx(-1.0)
    assert "correlations" not in found.unreadable


def test_a_profile_without_numeric_columns_has_no_products() -> None:
    assert profile(audit(features={"c": "categorical"}), {"c": ["a"]}).products is None
