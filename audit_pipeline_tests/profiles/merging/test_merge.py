"""What several profiles say together, and what they cannot say."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from audit_pipeline.profiles.counts import JointCounts, Products, RegressionErrors
from audit_pipeline.profiles.histogram import Grid, HeavyBin
from audit_pipeline.profiles.merging import columns
from audit_pipeline.profiles.merging.merge import MergeError, merge_profiles
from audit_pipeline.profiles.profile import CategoricalColumn, NumericColumn, Profile
from audit_pipeline_tests.profiles.by_hand import categorical, joint, numeric, profile, scores


def column(merged: Profile, name: str = "x") -> NumericColumn:
    found = merged.columns[name]
    assert isinstance(found, NumericColumn)
    return found


def codes(merged: Profile) -> CategoricalColumn:
    found = merged.columns["c"]
    assert isinstance(found, CategoricalColumn)
    return found


def of_errors(count: int, squared: float, label: float) -> RegressionErrors:
    return RegressionErrors(
        count=count,
        effective_rows=float(count),
        mean_absolute=math.sqrt(squared),
        absolute_variance=0.0,
        mean_squared=squared,
        squared_variance=0.0,
        label_variance=1.0,
        mass=float(count),
        label_mean=label,
    )


def test_mean_and_deviation_are_those_of_all_rows() -> None:
    # 1, 1, 3 and 3, 7: mean 3, squares 4 + 4 + 0 + 0 + 16, variance 24 / 5
    parts = [
        profile(columns={"x": numeric(c, nulls=1)}) for c in ({1.0: 2, 3.0: 1}, {3.0: 1, 7.0: 1})
    ]
    merged = column(merge_profiles(parts))
    assert (merged.rows, merged.nulls) == (7, 2)
    assert merged.mean == 3.0
    assert merged.standard_deviation == pytest.approx(math.sqrt(24 / 5), rel=1e-12)
    assert merged.effective_rows == 5.0
    assert merged.histogram.counts.tolist() == [2, 2, 1]
    assert merged.histogram.lows.tolist() == [1.0, 3.0, 7.0]


def test_counts_of_rows_are_added_and_repeated_ids_are_a_lower_bound() -> None:
    parts = [profile(rows=4, duplicate_ids=1, labelled=2), profile(rows=6, labelled=6, null_ids=3)]
    merged = merge_profiles(parts)
    assert (merged.rows, merged.duplicate_ids, merged.null_ids, merged.labelled) == (10, 1, 3, 8)
    assert merged.parts == 2
    assert merge_profiles([merged, *parts]).parts == 4


def test_engines_are_told_each_once() -> None:
    engines = ["postgres 18", "duckdb 2", "duckdb 2"]
    merged = merge_profiles([profile(engine=engine) for engine in engines])
    assert merged.engine == "duckdb 2 + postgres 18"


def test_one_profile_is_itself() -> None:
    alone = profile(columns={"x": numeric({1.0: 2})})
    assert merge_profiles([alone]) is alone


def test_no_profile_is_refused() -> None:
    with pytest.raises(MergeError, match="no profile to be merged"):
        merge_profiles([])


@pytest.mark.parametrize(
    "grid",
    [
        Grid(centre=1.0, scale=1.0),
        Grid(centre=0.0, scale=1.0, heavy=(HeavyBin(bin=0, low=0.1, high=0.2),)),
    ],
)
def test_another_grid_is_refused_by_the_columns_name(grid: Grid) -> None:
    parts = [
        profile(columns={"x": numeric({1.0: 2}, g)}) for g in (Grid(centre=0.0, scale=1.0), grid)
    ]
    with pytest.raises(MergeError, match=r"x was counted on different grids.*with one baseline"):
        merge_profiles(parts)


def test_a_column_of_two_kinds_is_refused_by_its_name() -> None:
    parts = [profile(columns={"x": c}) for c in (numeric({1.0: 1}), categorical({"1": 1}))]
    with pytest.raises(MergeError, match="x was counted as numbers in one part and as categories"):
        merge_profiles(parts)


def test_other_positive_classes_are_refused() -> None:
    with pytest.raises(MergeError, match=r"different positive classes, 1 and yes: .*alike"):
        merge_profiles([profile(), profile(positive="yes")])


def test_a_regression_and_a_classification_are_refused() -> None:
    with pytest.raises(MergeError, match="some parts are of a regression"):
        merge_profiles([profile(positive=None), profile(positive=None, outcomes=None)])


def test_a_column_that_one_part_lacks_is_unreadable_with_the_reason() -> None:
    there = profile(columns={"x": numeric({1.0: 2})})
    merged = merge_profiles([there, profile(unreadable={"x": "the column x is missing"}), there])
    assert merged.columns == {}
    assert merged.unreadable == {"x": "1 of 3 parts: the column x is missing"}
    assert merge_profiles([there, profile()]).unreadable == {
        "x": "1 of 2 parts: it does not count x"
    }


def test_cells_are_added_and_squares_are_the_counts_of_a_part_without_weights() -> None:
    weighed = JointCounts(counts={("1", "1"): 2}, mass={("1", "1"): 3.0}, squares={("1", "1"): 5.0})
    plain = joint({("1", "1"): 4, (None, "0"): 1})
    merged = merge_profiles([profile(outcomes=weighed), profile(outcomes=plain)]).outcomes
    assert merged is not None
    assert merged.counts == {("1", "1"): 6, (None, "0"): 1}
    assert merged.mass == {("1", "1"): 7.0, (None, "0"): 1.0}
    assert merged.squares == {("1", "1"): 9.0, (None, "0"): 1.0}


def test_groups_of_either_part_are_there_and_attributes_of_both() -> None:
    first = {"g": {"f": joint({("1", "1"): 1})}, "h": {"a": joint({("1", "1"): 1})}}
    second = {"g": {"f": joint({("0", "1"): 2}), "m": joint({("1", "1"): 3})}}
    merged = merge_profiles([profile(groups=first), profile(groups=second)]).groups
    assert list(merged) == ["g"]
    assert merged["g"]["f"].counts == {("1", "1"): 1, ("0", "1"): 2}
    assert merged["g"]["m"].counts == {("1", "1"): 3}


def test_scores_of_a_group_are_added() -> None:
    parts = [profile(scores_by_group={"g": {"f": scores(2, 3)}}) for _ in range(2)]
    merged = merge_profiles(parts).scores_by_group["g"]["f"]
    assert (merged.positive.rows, merged.negative.rows, merged.unlabelled.rows) == (4, 6, 0)


def test_a_category_folded_by_the_baselines_rule_stays_folded_and_rare_ones_stay_named() -> None:
    # the baseline keeps a and b: the second part has no b, and two rows of neither
    parts = [categorical({"a": 5, "b": 1}), categorical({"a": 4}, folded=2)]
    merged = codes(merge_profiles([profile(columns={"c": part}) for part in parts]))
    assert merged.counts == {"a": 9, "b": 1}
    assert (merged.folded, merged.folded_mass, merged.effective_rows) == (2, 2.0, 12.0)


def test_a_category_folded_in_one_part_is_folded_in_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "MOST_CATEGORIES", 2)
    # the first part kept its own two: b may be among the row that it folded
    parts = [categorical({"a": 5, "c": 3}, folded=1), categorical({"a": 4, "b": 2})]
    merged = codes(merge_profiles([profile(columns={"c": part}) for part in parts]))
    assert merged.counts == {"a": 9, "c": 3}
    assert (merged.folded, merged.folded_mass) == (3, 3.0)


def test_more_categories_than_are_kept_are_folded_ties_by_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "MOST_CATEGORIES", 2)
    parts = [categorical({"a": 5, "d": 1}), categorical({"c": 1, "b": 1})]
    merged = codes(merge_profiles([profile(columns={"c": part}) for part in parts]))
    assert merged.counts == {"a": 5, "b": 1}
    assert merged.folded == 2


def test_parts_of_a_key_are_no_category_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST_CATEGORIES", 2)
    parts = [categorical({"a": 1, "b": 1}), categorical({"c": 1, "d": 1, "e": 1})]
    merged = merge_profiles([profile(columns={"c": part}) for part in parts])
    assert merged.columns == {}
    assert "most rows hold a rare one" in merged.unreadable["c"]


def test_errors_of_a_regression_are_those_of_all_rows() -> None:
    # errors 1, 1 and 4, 4, 4, 4: mean (2 + 16) / 6; squares 1 and 16; label means 0 and 3
    found = merge_profiles(
        [
            profile(positive=None, outcomes=None, errors=errors)
            for errors in (of_errors(2, 1.0, 0.0), of_errors(4, 16.0, 3.0), None)
        ]
    ).errors
    assert found is not None
    assert found.count == 6
    assert found.mean_absolute == 3.0
    assert found.absolute_variance == 2.0  # (2 * 4 + 4 * 1) / 6
    assert found.mean_squared == 11.0
    assert found.squared_variance == 50.0  # (2 * 100 + 4 * 25) / 6
    assert (found.label_mean, found.label_variance) == (2.0, 3.0)  # 1 + (2 * 4 + 4 * 1) / 6


def test_errors_of_version_1_are_refused() -> None:
    old = replace(of_errors(2, 1.0, 0.0), mass=None, label_mean=None)
    parts = [profile(positive=None, outcomes=None, errors=old)] * 2
    with pytest.raises(MergeError, match=r"version 1.*audit it again"):
        merge_profiles(parts)


def test_products_are_added_for_the_columns_of_all_parts() -> None:
    def products(*names: str) -> Products:
        size = range(len(names))
        table = tuple(tuple(ord(names[i]) * ord(names[j]) for j in size) for i in size)
        return Products(names=names, counts=table, sums=table, products=table)

    parts = [profile(products=products(*names)) for names in ("ab", "ba", "cba")]
    merged = merge_profiles(parts).products
    assert merged is not None
    assert merged.names == ("a", "b")
    a, b = ord("a"), ord("b")
    assert merged.products == ((3 * a * a, 3 * a * b), (3 * a * b, 3 * b * b))
    assert merge_profiles([*parts, profile(rows=5)]).products is None
    assert merge_profiles([*parts, profile(rows=0)]).products == merged


def test_hours_are_added_and_absent_where_a_part_with_rows_knows_none() -> None:
    parts = [
        profile(volume=v) for v in ({"2018-03-01T05": 3}, {"2018-03-01T05": 1, "2018-03-01T04": 2})
    ]
    merged = merge_profiles(parts)
    assert dict(merged.volume) == {"2018-03-01T04": 2, "2018-03-01T05": 4}
    assert merge_profiles([*parts, profile(rows=0)]).volume == merged.volume
    assert merge_profiles([*parts, profile(rows=1)]).volume == {}


def test_weights_of_two_units_are_added_in_the_finer() -> None:
    # weights 1 in units of 4, and weights 1 in units of 1: of the whole, four fifths and one
    coarse = profile(
        weight_unit=4.0, columns={"x": numeric({1.0: 2})}, outcomes=joint({("1", "1"): 2})
    )
    fine = profile(columns={"x": numeric({6.0: 2})}, outcomes=joint({("1", "1"): 2}))
    merged = merge_profiles([fine, coarse])
    assert merged.weight_unit == 1.0
    assert column(merged).mean == pytest.approx(2.0, rel=1e-12)
    assert np.allclose(column(merged).histogram.shares, [0.8, 0.2])
    assert column(merged).effective_rows == pytest.approx(100 / 34)  # (4+4+1+1)^2 / (16+16+1+1)
    assert merged.outcomes is not None
    assert merged.outcomes.squares == {("1", "1"): 34.0}


def test_weights_of_units_too_far_apart_are_refused() -> None:
    with pytest.raises(MergeError, match="not weighted alike"):
        merge_profiles([profile(weight_unit=2.0**-200), profile()])


def test_parts_without_exact_sums_have_the_mean_of_their_bins() -> None:
    without: dict[str, Any] = {"sums": None}
    parts = [replace(numeric(c), **without) for c in ({1.0: 1}, {2.0: 3})]
    merged = column(merge_profiles([profile(columns={"x": part}) for part in parts]))
    assert merged.sums is None
    assert merged.mean == 1.75
    assert merged.effective_rows == 4.0
