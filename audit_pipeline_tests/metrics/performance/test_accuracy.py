import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from audit_pipeline.domain.limit import Against, Worse
from audit_pipeline.metrics.base import Shape, UnmeasurableError
from audit_pipeline.metrics.performance.accuracy import METRIC, accuracy
from audit_pipeline_tests.metrics.profiles import joint, outcomes, pairs, profile


def test_the_hand_worked_share() -> None:
    reading = accuracy(outcomes({("1", "1"): 40, ("0", "0"): 30, ("1", "0"): 20, ("0", "1"): 10}))
    assert reading.value == 0.7
    assert reading.interval is not None
    # by Wilson the middle moves to 71.92 of 103.84
    assert (reading.interval.low, reading.interval.high) == pytest.approx(
        (0.6042, 0.7811), abs=1e-4
    )


def test_it_is_scikit_learns_with_any_number_of_classes() -> None:
    labels, predictions = np.random.default_rng(1).integers(0, 4, size=(2, 500))
    window = profile(500, positive=None, outcomes=pairs(labels, predictions))
    assert accuracy(window).value == pytest.approx(accuracy_score(labels, predictions))


def test_unlabelled_and_unscored_rows_are_left_out() -> None:
    reading = accuracy(outcomes({("1", "1"): 6, ("0", "1"): 2, (None, "1"): 5, ("1", None): 7}))
    assert (reading.value, reading.rows, reading.used) == (0.75, 20, 8)
    assert reading.left_out == {"unlabelled": 5, "not scored": 7}


def test_weights_count() -> None:
    window = outcomes({("1", "1"): 1, ("0", "1"): 1})
    assert window.outcomes is not None
    heavy = joint(window.outcomes.counts)
    heavy = type(heavy)(counts=heavy.counts, mass={("1", "1"): 3.0, ("0", "1"): 1.0})
    assert accuracy(profile(2, outcomes=heavy)).value == 0.75


def test_no_label_is_a_gap() -> None:
    with pytest.raises(UnmeasurableError, match="9 unlabelled"):
        accuracy(outcomes({(None, "1"): 9}))


def test_a_fall_is_judged_against_the_baseline_where_labels_exist() -> None:
    assert (METRIC.limit.worse, METRIC.limit.against) == (Worse.LOWER, Against.CHANGE)
    shape = Shape(numeric=(), categorical=(), groups=(), has=frozenset({"predictions"}))
    assert METRIC.measure.subjects(shape) == ()
