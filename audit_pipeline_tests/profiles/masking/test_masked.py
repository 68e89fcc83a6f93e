"""An exported profile tells nothing of fewer than ten rows, nor any row's own value."""

import io
import json
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_pipeline.domain.intersection import BY
from audit_pipeline.profiles.counts import Products
from audit_pipeline.profiles.encoding.codec import KEY, ProfileFormatError, read_profile
from audit_pipeline.profiles.exported import as_json, as_parquet
from audit_pipeline.profiles.histogram import Grid, HeavyBin
from audit_pipeline.profiles.masking.hidden import hidden
from audit_pipeline.profiles.profile import Profile
from audit_pipeline_tests.profiles.by_hand import categorical, joint, numeric, profile, scores

Row = dict[str, Any]


def exported(of: Profile, part: str) -> list[Row]:
    """Return the rows of one part, as they are exported."""
    rows: list[Row] = json.loads(as_json(of))["rows"]
    return [row for row in rows if row["part"] == part]


def test_bins_are_joined_to_ten_rows_and_tell_no_extreme() -> None:
    values = {float(n): 4 for n in range(1, 9)}  # 32 rows: 12 and 20, for 8 alone would be left
    rows = exported(profile(columns={"x": numeric(values)}), "bin")
    assert [row["rows"] for row in rows] == [12, 20]
    assert "low" not in rows[0]
    assert "high" not in rows[-1]
    between = rows[0]["high"]
    assert between == rows[1]["low"]
    assert 3.0 < between < 4.0
    assert between not in values


def test_fewer_than_ten_values_are_not_told_and_have_no_mean() -> None:
    of = profile(columns={"x": numeric({1.0: 9}, nulls=5)})
    assert exported(of, "bin") == []
    column = json.loads(as_json(of))["profile"]["columns"]["x"]
    assert column["mean"] is column["standard_deviation"] is column["sums"] is None
    assert (column["rows"], column["nulls"]) == (14, 5)


def test_the_heavy_bins_of_the_baseline_are_not_told() -> None:
    grid = Grid(centre=0.0, scale=1.0, heavy=(HeavyBin(bin=881, low=1.0000123, high=1.0000456),))
    of = profile(columns={"x": numeric({1.0: 20}, grid)})
    assert exported(of, "heavy bin") == []
    assert "1.0000123" not in as_json(of)


@pytest.mark.parametrize(
    ("counts", "shown", "others"),
    [
        ({"a": 20, "b": 10, "c": 3, "d": 8}, {"a": 20, "b": 10}, 11),
        ({"a": 20, "b": 10, "c": 3}, {"a": 20}, 13),  # 3 in others would tell c
        ({"a": 20, "b": 10}, {"a": 20, "b": 10}, 0),
        ({"a": 9}, {}, 9),
    ],
)
def test_rare_categories_are_told_together(
    counts: dict[str, int], shown: dict[str, int], others: int
) -> None:
    of = profile(columns={"c": categorical(counts)})
    assert {row["value"]: row["rows"] for row in exported(of, "category")} == shown
    assert json.loads(as_json(of))["profile"]["columns"]["c"]["folded"] == others


def test_a_small_cell_and_one_beside_it_are_not_told() -> None:
    cells = joint({("0", "0"): 50, ("0", "1"): 30, ("1", "0"): 4, ("1", "1"): 20, (None, "1"): 70})
    told = {
        (row.get("value"), row.get("other")): row.get("rows")
        for row in exported(profile(outcomes=cells), "outcome")
    }
    # the columns of labels and predictions tell that 54 were predicted 0, and 24 were 1
    assert told == {
        ("0", "0"): None,
        ("0", "1"): None,
        ("1", "0"): None,
        ("1", "1"): None,
        (None, "1"): 70,
    }
    assert all("mass" not in row for row in exported(profile(outcomes=cells), "outcome")[3:])


def test_a_small_cell_cannot_be_told_from_the_other_groups() -> None:
    # of all rows (1, 1) is 53; were m told, f would be 3
    groups = {
        "f": joint({("0", "0"): 40, ("0", "1"): 41, ("1", "1"): 3}),
        "m": joint({("0", "0"): 60, ("0", "1"): 61, ("1", "1"): 50}),
        "x": joint({("0", "0"): 80, ("0", "1"): 81, ("1", "1"): 90}),
    }
    rows = exported(profile(groups={"g": groups}), "outcome")
    gone = {(row["group"], row["value"], row["other"]) for row in rows if "rows" not in row}
    # nor from how many have a label of 0, which the scores by group tell
    lost = {("1", "1"), ("0", "0"), ("0", "1")}
    assert gone == {(group, *outcome) for group in ("f", "m") for outcome in lost}


def test_a_small_cell_of_two_attributes_cannot_be_told_from_one_of_them() -> None:
    groups = {
        "g": {"f": joint({("1", "1"): 93}), "m": joint({("1", "1"): 120})},
        "h": {"x": joint({("1", "1"): 53}), "y": joint({("1", "1"): 160})},
        f"g{BY}h": {
            f"f{BY}x": joint({("1", "1"): 3}),
            f"f{BY}y": joint({("1", "1"): 90}),
            f"m{BY}x": joint({("1", "1"): 50}),
            f"m{BY}y": joint({("1", "1"): 70}),
        },
    }
    rows = [r for r in exported(profile(groups=groups), "outcome") if r["name"] == f"g{BY}h"]
    assert [row["group"] for row in rows if "rows" in row] == []


def test_scores_of_a_small_group_are_not_told() -> None:
    groups = {"f": scores(3, 40), "m": scores(50, 60), "x": scores(70, 80)}
    rows = exported(profile(scores_by_group={"g": groups}), "score bin")
    assert {(row["group"], row["label"]) for row in rows} == {("x", "positive"), ("x", "negative")}


def test_products_and_hours_of_few_rows_are_not_told() -> None:
    table = ((20, 3), (3, 30))
    products = Products(names=("a", "b"), counts=table, sums=table, products=table)
    of = profile(products=products, volume={"2018-03-01T05": 3, "2018-03-01T06": 50})
    for row in [*exported(of, "product"), *exported(of, "hour")]:
        assert {"rows", "sum", "product", "square"} & set(row) == set()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=1, max_size=5),
)
def test_no_line_of_a_table_has_one_cell_hidden_alone(counts: list[list[int]]) -> None:
    table = np.array(counts)
    gone = hidden(table)
    assert gone[(table > 0) & (table < 10)].all()
    for cells, marks in [*zip(table, gone, strict=True), *zip(table.T, gone.T, strict=True)]:
        assert marks.sum() != 1 or np.count_nonzero(cells) == 1


def test_a_masked_profile_is_not_read_as_one() -> None:
    with pytest.raises(ProfileFormatError, match=r"without its small cells.*--full"):
        read_profile(io.BytesIO(as_parquet(profile())))


@pytest.mark.parametrize("full", [False, True])
def test_parquet_and_json_say_the_same(*, full: bool) -> None:
    of = profile(columns={"x": numeric({1.0: 20, 2.0: 30}), "c": categorical({"a": 11})})
    table = pq.read_table(io.BytesIO(as_parquet(of, full=full)))
    told = json.loads(as_json(of, full=full))
    rows = [{k: v for k, v in row.items() if v is not None} for row in table.to_pylist()]
    assert rows == told.pop("rows")
    assert json.loads(table.schema.metadata[KEY]) == told


def test_a_full_export_is_the_profile() -> None:
    of = profile(columns={"x": numeric({1.0: 1, 2.0: 2})})
    assert read_profile(io.BytesIO(as_parquet(of, full=True))).columns["x"].rows == 3
