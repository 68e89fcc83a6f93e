import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from scipy.stats.contingency import association

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.drift.chi_square import chi_square
from audit_pipeline_tests.metrics.profiles import categorical

COUNTS = st.lists(st.integers(1, 200), min_size=4, max_size=4).filter(lambda c: sum(c) >= 30)


def test_the_hand_worked_table() -> None:
    # expected 15 everywhere: 4 * 25 / 15 = 6.667, of 60 rows
    reading = chi_square(categorical({"a": 10, "b": 20}), categorical({"a": 20, "b": 10}))
    assert reading.detail["statistic"] == pytest.approx(20 / 3)
    assert reading.detail["degrees_of_freedom"] == 1
    assert reading.value == pytest.approx(1 / 3)


@given(COUNTS, COUNTS)
def test_statistic_p_value_and_v_are_scipys(first: list[int], second: list[int]) -> None:
    columns = [categorical(dict(zip("abcd", c, strict=True))) for c in (first, second)]
    theirs = chi2_contingency([first, second], correction=False)
    reading = chi_square(columns[0], columns[1])
    assert reading.detail["statistic"] == pytest.approx(theirs.statistic, abs=1e-9)
    assert reading.detail["p_value"] == pytest.approx(theirs.pvalue, abs=1e-9)
    assert reading.detail["degrees_of_freedom"] == theirs.dof
    v = association(np.array([first, second]), method="cramer")
    assert reading.value == pytest.approx(v, abs=1e-7)
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value + 1e-12
    assert reading.value <= reading.interval.high + 1e-12 <= 1 + 1e-12


def test_a_constant_column_that_stays_has_not_moved_and_one_that_changes_has() -> None:
    same = chi_square(categorical({"a": 40}), categorical({"a": 90}))
    assert (same.value, same.detail["p_value"]) == (0.0, 1.0)
    assert chi_square(categorical({"a": 40}), categorical({"b": 40})).value == 1.0


def test_a_weight_that_is_the_same_for_all_changes_nothing() -> None:
    plain = chi_square(categorical({"a": 10, "b": 20}), categorical({"a": 20, "b": 10}))
    heavy = chi_square(categorical({"a": 10, "b": 20}, weight=7.0), categorical({"a": 20, "b": 10}))
    assert heavy.value == pytest.approx(plain.value)


def test_the_interval_covers_the_true_v() -> None:
    random = np.random.default_rng(11)
    before, after, held = [0.5, 0.3, 0.2], [0.35, 0.35, 0.3], 0
    true = association(np.rint(np.array([before, after]) * 1000).astype(int), method="cramer")
    for _ in range(300):
        sides = [random.multinomial(400, shares) for shares in (before, after)]
        columns = [categorical(dict(zip("abc", map(int, side), strict=True))) for side in sides]
        interval = chi_square(columns[0], columns[1]).interval
        assert interval is not None
        held += interval.low <= true <= interval.high
    assert held >= 0.93 * 300


def test_an_all_null_column_has_no_statistic() -> None:
    with pytest.raises(UnmeasurableError, match="30 null"):
        chi_square(categorical({"a": 30}), categorical({}, nulls=30))
