import math

from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.report.pictures.axis import fitted

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)


@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_every_value_lies_on_the_axis_and_the_ticks_are_few(values: list[float]) -> None:
    axis = fitted(values, 0.0, 100.0)

    slack = 1e-6 * (axis.high - axis.low)
    assert axis.low - slack <= min(values)
    assert max(values) <= axis.high + slack
    assert 2 <= len(axis.ticks) <= 12


def test_the_ends_are_rounded_outward() -> None:
    axis = fitted([17.0, 94.0], 0.0, 100.0)

    assert (axis.low, axis.high, axis.step) == (0.0, 100.0, 20.0)


def test_what_is_no_number_does_not_stretch_the_axis() -> None:
    axis = fitted([math.nan, math.inf, 0.0, 10.0], 0.0, 100.0)

    assert (axis.low, axis.high) == (0.0, 10.0)


def test_a_value_beyond_the_axis_is_held_within_the_picture() -> None:
    assert fitted([0.0, 10.0], 20.0, 120.0).at(99.0) == 120.0
