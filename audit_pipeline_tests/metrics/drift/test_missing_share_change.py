import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.drift.missing_share_change import METRIC, missing_share_change
from audit_pipeline_tests.metrics.profiles import categorical, numeric


def test_the_hand_worked_change() -> None:
    reading = missing_share_change(
        categorical({"a": 95}, nulls=5), categorical({"a": 60}, nulls=40)
    )
    assert reading.value == pytest.approx(0.35)
    assert reading.interval is not None
    assert 0.2 < reading.interval.low < 0.35 < reading.interval.high < 0.5


def test_an_all_null_column_is_measured_and_beyond_the_limit() -> None:
    reading = missing_share_change(numeric([1.0] * 50), numeric([None] * 50))
    assert reading.value == 1.0
    assert METRIC.limit.fail is not None
    assert reading.value > METRIC.limit.fail


def test_nan_and_infinity_are_missing_too() -> None:
    now = numeric([1.0, float("nan"), float("-inf"), None])
    assert missing_share_change(numeric([1.0] * 4), now).value == 0.75


def test_fewer_missing_values_are_below_zero() -> None:
    assert missing_share_change(categorical({"a": 1}, nulls=1), categorical({"a": 2})).value == -0.5


@given(*[st.integers(0, 50)] * 4)
def test_the_change_turns_its_sign_with_the_roles(a: int, b: int, c: int, d: int) -> None:
    first, second = categorical({"x": a + 1}, nulls=b), categorical({"x": c + 1}, nulls=d)
    there, back = missing_share_change(first, second), missing_share_change(second, first)
    assert there.value == -back.value
    assert there.interval is not None
    assert -1 <= there.interval.low <= there.value <= there.interval.high <= 1


def test_an_empty_window_has_no_share() -> None:
    with pytest.raises(UnmeasurableError, match="no rows"):
        missing_share_change(categorical({"a": 1}), categorical({}))
