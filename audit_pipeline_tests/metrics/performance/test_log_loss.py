import math

import numpy as np
import pytest
from sklearn import metrics

from audit_pipeline.domain.limit import Against, Worse
from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.performance.log_loss import METRIC, log_loss
from audit_pipeline_tests.metrics.profiles import scores


def test_the_hand_worked_mean() -> None:
    # 30 positives and 10 negatives, all scored 0.25
    reading = log_loss(scores([1] * 30 + [0] * 10, [0.25] * 40))
    assert reading.value == pytest.approx(0.75 * math.log(4) + 0.25 * math.log(4 / 3))


def test_it_is_scikit_learns() -> None:
    random = np.random.default_rng(4)
    values = random.uniform(0.001, 0.999, size=400)
    labels = (random.uniform(size=400) < values).astype(int).tolist()
    reading = log_loss(scores(labels, values.tolist()))
    assert reading.value == pytest.approx(metrics.log_loss(labels, values))
    assert reading.interval is not None
    assert 0 <= reading.interval.low < reading.value < reading.interval.high


def test_unlabelled_rows_are_left_out() -> None:
    reading = log_loss(scores([1] * 40 + [None] * 9, [0.25] * 49, nulls=2))
    assert (reading.rows, reading.used) == (51, 40)
    assert reading.left_out == {"unlabelled": 9, "not scored": 2}


def test_a_rise_is_worse() -> None:
    assert (METRIC.limit.worse, METRIC.limit.against) == (Worse.HIGHER, Against.CHANGE)


def test_none_and_few_labelled_rows_are_not_measured() -> None:
    with pytest.raises(UnmeasurableError, match="both a label and a score"):
        log_loss(scores([None], [0.5]))
    with pytest.raises(TooLittleDataError, match="5 effective rows"):
        log_loss(scores([1] * 5, [0.5] * 5))
    with pytest.raises(UnmeasurableError, match="holds no such mean"):
        log_loss(scores([1] * 40, [0.5] * 40, log_loss=None))
