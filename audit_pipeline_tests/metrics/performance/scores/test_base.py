"""Which scores can be judged."""

import pytest

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.performance.scores.base import histogram_rows, scored
from audit_pipeline_tests.metrics.profiles import histogram, profile, scores


def test_unlabelled_missing_and_impossible_scores_are_left_out_and_counted() -> None:
    known = scored(scores([1, 0, None], [0.9, 0.2, 0.5], nulls=4, invalid=2))
    assert (known.rows.rows, known.rows.used) == (9, 2)
    assert known.rows.left_out == {"unlabelled": 1, "not scored": 4, "score is no probability": 2}


def test_no_scores_and_no_labels_are_told_apart() -> None:
    with pytest.raises(UnmeasurableError, match="no scores"):
        scored(profile(5))
    with pytest.raises(UnmeasurableError, match="2 unlabelled"):
        scored(scores([None, None], [0.5, 0.6]))


def test_unequal_weights_are_worth_fewer_rows() -> None:
    # four, squared, over the sum of squares, six
    assert histogram_rows(histogram([1.0, 2.0, 3.0], weights=[1, 1, 2])) == pytest.approx(16 / 6)
