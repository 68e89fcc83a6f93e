"""Weights stand beside counts of rows, in exact sums; what is no weight stops the profile."""

from typing import Any

import pytest

from audit_pipeline.profiles.measure import ProfileError
from audit_pipeline.profiles.profile import UNIT, CategoricalColumn, NumericColumn
from audit_pipeline_tests.profiles.tables import audit, profile

NAN, INF = float("nan"), float("inf")
WEIGHTED = audit(features={"x": "numeric", "c": "categorical"}, weight="w")


def weighted(weights: list[Any]) -> Any:  # noqa: ANN401 (two columns)
    found = profile(WEIGHTED, {"x": [1.0, 2.0, 2.0, 3.0], "c": ["a", "a", "b", "b"], "w": weights})
    numbers, codes = found.columns["x"], found.columns["c"]
    assert isinstance(numbers, NumericColumn)
    assert isinstance(codes, CategoricalColumn)
    return found, numbers, codes


def test_weights_stand_beside_the_counts_of_rows() -> None:
    _, numbers, codes = weighted([1.0, 2.0, 3.0, 4.0])
    assert numbers.histogram.counts.tolist() == [1, 2, 1]
    assert numbers.histogram.mass.tolist() == [1.0, 5.0, 4.0]
    assert numbers.mean == pytest.approx((1 + 2 * 5 + 3 * 4) / 10)
    assert codes.counts == {"a": 2, "b": 2}
    assert codes.mass == {"a": 3.0, "b": 7.0}
    # Kish's rows are the squared sum, 100, by the sum of squares, 1 + 4 + 9 + 16
    assert numbers.effective_rows == codes.effective_rows == pytest.approx(100 / 30)


def test_weights_are_summed_as_whole_multiples_of_a_fixed_unit() -> None:
    _, _, codes = weighted([1.1, 0.1, 0.1, 0.1])
    steps = (round(1.1 * UNIT) + round(0.1 * UNIT)) / UNIT
    assert codes.mass["a"] == steps
    assert steps != 1.1 + 0.1


def test_a_row_of_no_weight_is_left_out_and_counted() -> None:
    found, numbers, codes = weighted([1, 0, 0, 1])
    assert (found.rows, found.zero_weight) == (2, 2)
    assert numbers.histogram.lows.tolist() == [1.0, 3.0]
    assert codes.counts == {"a": 1, "b": 1}


def test_weights_of_zero_alone_leave_no_rows() -> None:
    found, numbers, _ = weighted([0, 0, 0, 0])
    assert (found.rows, found.zero_weight) == (0, 4)
    assert numbers.mean is None


@pytest.mark.parametrize("factor", [1e-9, 1e-300, 1e12])
def test_weights_in_any_unit_give_the_same_shares_and_effective_rows(factor: float) -> None:
    _, numbers, codes = weighted([factor * n for n in (1, 2, 3, 4)])
    assert numbers.histogram.shares.tolist() == pytest.approx([0.1, 0.5, 0.4], abs=1e-6)
    assert codes.effective_rows == pytest.approx(100 / 30, rel=1e-5)


def test_a_light_row_beside_a_heavy_one_keeps_its_weight() -> None:
    found, numbers, codes = weighted([1.0, 1.0, 1e-8, 1e-8])
    assert found.zero_weight == 0
    assert codes.mass["b"] / codes.mass["a"] == pytest.approx(1e-8, rel=1e-3)
    assert numbers.histogram.counts.tolist() == [1, 2, 1]


@pytest.mark.parametrize("light", [1e-12, 5e-324])
def test_a_weight_that_would_be_lost_beside_another_is_none(light: float) -> None:
    found, numbers, codes = weighted([1.0, 1.0, light, light])
    assert (found.rows, found.zero_weight) == (2, 2)
    assert codes.counts == {"a": 2}
    assert numbers.histogram.rows == 2


def test_a_heavy_row_far_out_is_summed_exactly() -> None:
    # 900,000 * 3e5^2 is beyond what 64 bits hold in units of 2^-20
    numbers = profile(
        audit(features={"x": "numeric"}, weight="w"),
        {"x": [0.0, 3e5], "w": [900_000.0, 900_000.0]},
        {"x": [-0.7, 0.0, 0.7] * 2, "w": [1.0] * 6},
    ).columns["x"]
    assert isinstance(numbers, NumericColumn)
    assert numbers.sums is not None
    z = 3e5 / numbers.grid.scale
    assert numbers.sums.second == pytest.approx(900_000 * z * z * UNIT, rel=1e-14)
    assert numbers.mean == pytest.approx(1.5e5)
    assert numbers.standard_deviation == pytest.approx(1.5e5)


@pytest.mark.parametrize("bad", [-1.0, NAN, INF, None])
def test_a_weight_that_is_none_stops_the_profile(bad: float | None) -> None:
    with pytest.raises(ProfileError, match="1 rows have a weight in w that is negative, missing"):
        weighted([1.0, 1.0, 1.0, bad])


def test_a_missing_weight_column_stops_the_profile() -> None:
    with pytest.raises(ProfileError, match="the weight column w is missing"):
        profile(WEIGHTED, {"x": [1.0], "c": ["a"]})
