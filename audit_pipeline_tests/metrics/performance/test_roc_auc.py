import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.performance.roc_auc import roc_auc
from audit_pipeline_tests.metrics.profiles import scores

ROWS = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=2, max_size=80).filter(
    lambda rows: len({label for label, _ in rows}) == 2
)
TIES = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])), min_size=2
).filter(lambda rows: len({label for label, _ in rows}) == 2)


def test_the_hand_worked_area() -> None:
    # of 2 x 2 pairs: 0.9 beats both, 0.4 beats 0.1 and ties with 0.4
    reading = roc_auc(scores([1, 1, 0, 0], [0.9, 0.4, 0.4, 0.1]))
    assert reading.value == 3.5 / 4
    assert reading.error_bound == 0.0


@given(TIES)
def test_ties_count_one_half_as_in_scikit_learn(rows: list[tuple[int, float]]) -> None:
    labels, values = zip(*rows, strict=True)
    reading = roc_auc(scores(labels, values))
    assert reading.value == pytest.approx(roc_auc_score(labels, values))
    assert reading.error_bound == 0.0


@given(ROWS)
def test_on_a_coarse_grid_the_bound_holds(rows: list[tuple[int, float]]) -> None:
    labels, values = zip(*rows, strict=True)
    reading = roc_auc(scores(labels, values, bins=4))
    theirs = roc_auc_score(labels, values)
    assert abs(reading.value - theirs) <= reading.error_bound + 1e-12
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high <= 1


@given(ROWS)
def test_swapped_labels_turn_the_area_round(rows: list[tuple[int, float]]) -> None:
    labels, values = zip(*rows, strict=True)
    turned = roc_auc(scores([1 - label for label in labels], values))
    assert turned.value == pytest.approx(1 - roc_auc(scores(labels, values)).value)


@pytest.mark.parametrize(("apart", "positives"), [(0.0, 60), (1.0, 200), (2.5, 30)])
def test_the_interval_covers_the_true_area(apart: float, positives: int) -> None:
    random = np.random.default_rng(6)
    true, held = float(norm.cdf(apart / math.sqrt(2))), 0
    labels = [1] * positives + [0] * 150
    for _ in range(300):
        drawn = np.r_[random.normal(apart, 1, positives), random.normal(0, 1, 150)]
        interval = roc_auc(scores(labels, norm.cdf(drawn))).interval
        assert interval is not None
        held += interval.low <= true <= interval.high
    assert held >= 0.92 * 300


def test_six_rows_told_apart_perfectly_are_not_certain() -> None:
    reading = roc_auc(scores([1, 1, 1, 0, 0, 0], [0.9, 0.8, 0.7, 0.3, 0.2, 0.1]))
    assert reading.value == 1.0
    assert reading.interval is not None
    assert reading.interval.low == pytest.approx(3 / (3 + 1.96**2), abs=1e-4)  # Wilson of 3 in 3


def test_one_label_alone_cannot_be_ranked() -> None:
    with pytest.raises(UnmeasurableError, match="no scored row is labelled negative"):
        roc_auc(scores([1, 1], [0.5, 0.6]))
    with pytest.raises(UnmeasurableError, match="no scored row is labelled positive"):
        roc_auc(scores([0, None], [0.5, 0.6]))
