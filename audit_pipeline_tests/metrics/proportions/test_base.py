"""Shares and their intervals, against textbook numbers and SciPy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from scipy.stats.contingency import relative_risk

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.proportions.base import (
    Cell,
    counted,
    difference_interval,
    effective_rows,
    ratio_interval,
    share_of,
    unanswered,
    wilson,
)
from audit_pipeline_tests.metrics.profiles import joint


@given(part=st.integers(0, 500), rest=st.integers(0, 500))
def test_wilson_is_scipys(part: int, rest: int) -> None:
    whole = part + rest + 1
    theirs = binomtest(part, whole).proportion_ci(method="wilson")
    ours = wilson(part / whole, whole)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert ours.low <= part / whole <= ours.high


def test_newcombes_interval_is_that_of_his_paper() -> None:
    # Newcombe (1998), table II: 56/70 - 48/80, method 10
    found = difference_interval(counted(56, 70), counted(48, 80))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_ratios_interval_is_close_to_scipys_where_half_a_row_is_little() -> None:
    theirs = relative_risk(4000, 10000, 5000, 10000).confidence_interval()
    ours = ratio_interval(counted(4000, 10000), counted(5000, 10000))
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-3)


def test_a_ratio_of_zero_has_an_interval_too() -> None:
    found = ratio_interval(counted(0, 40), counted(20, 40))
    assert 0 < found.low < found.high < 0.5


def test_unequal_weights_are_worth_fewer_rows() -> None:
    assert effective_rows([Cell(rows=10, mass=10.0), Cell(rows=10, mass=10.0)]) == 20
    assert effective_rows([Cell(rows=10, mass=10.0), Cell(rows=10, mass=30.0)]) == 16
    assert effective_rows([]) == 0


def test_a_share_is_of_the_weights_and_its_rows_are_rows() -> None:
    found = share_of(
        joint({("1", "1"): 3, ("0", "1"): 1, (None, "1"): 9}, weight=2.0),
        inside=lambda label, _: label == "1",
        among=lambda label, _: label is not None,
    )
    assert found is not None
    assert (found.share, found.rows, found.effective) == (0.75, 4, 4.0)


def test_no_rows_have_no_share() -> None:
    nothing = joint({("1", "1"): 0})
    assert share_of(nothing, inside=lambda *_: True, among=lambda *_: True) is None
    with pytest.raises(UnmeasurableError):
        counted(0, 0)


def test_rows_without_an_answer_are_counted_by_reason() -> None:
    rows = joint({("1", "1"): 5, (None, "1"): 3, ("0", None): 2, (None, None): 1})
    assert unanswered(rows) == {"unlabelled": 4, "not scored": 2}
    assert unanswered(rows, labelled=False) == {"not scored": 3}
