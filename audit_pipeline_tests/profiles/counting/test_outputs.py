"""What the model said against what came out: by hand, and as scikit-learn counts it."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics

from audit_pipeline.profiles.counts import RegressionErrors, Scores
from audit_pipeline_tests.profiles.tables import audit, profile

NAN, INF = float("nan"), float("inf")
BINARY = audit(target={"column": "y"}, groups=["g"])


def scores(score: Any, y: Any, **more: Any) -> Scores:  # noqa: ANN401 (columns)
    of = audit(target={"column": "y"}, weight="w") if more else BINARY
    found = profile(of, {"x": [0.5] * len(y), "score": score, "y": y, **more}).scores
    assert found is not None
    return found


def errors(y: Any, predicted: Any, **more: Any) -> RegressionErrors | None:  # noqa: ANN401 (columns)
    of = audit("regression", target={"column": "y"}, **({"weight": "w"} if more else {}))
    return profile(of, {"x": [0.5] * len(y), "predicted": predicted, "y": y, **more}).errors


def test_rows_are_counted_by_label_and_prediction() -> None:
    columns = {"x": [0.5] * 6, "y": [1, 1, 0, None, 7, None], "predicted": [1, 0, 1, 1, 0, None]}
    found = profile(BINARY, columns).outcomes
    assert found is not None
    # 7 is neither class, so it is no label
    assert found.counts == {
        ("1", "1"): 1,
        ("1", "0"): 1,
        ("0", "1"): 1,
        (None, "0"): 1,
        (None, "1"): 1,
        (None, None): 1,
    }
    assert found.mass == {cell: float(count) for cell, count in found.counts.items()}


def test_a_label_that_is_null_is_no_label_whatever_its_type() -> None:
    for y in ([1.0, NAN, None], [True, None, None]):
        of = audit(target={"column": "y", "positive": y[0] is True or 1})
        found = profile(of, {"x": [0.5] * 3, "y": y, "predicted": [1, 1, 1]})
        assert found.labelled == 1


def test_classes_of_a_multiclass_audit_keep_their_names() -> None:
    of = audit("multiclass", target={"column": "y"})
    found = profile(of, {"x": [0.5] * 3, "y": ["a", "b", "c"], "predicted": ["a", "a", "d"]})
    assert found.outcomes is not None
    assert found.outcomes.counts == {("a", "a"): 1, ("b", "a"): 1, ("c", "d"): 1}
    assert found.scores is None
    assert found.positive is None


def test_each_group_has_its_own_counts_and_null_is_a_group() -> None:
    columns = {"x": [0.5] * 4, "y": [1, 1, 0, 0], "predicted": [1] * 4, "g": [1, 1, 2, None]}
    groups = profile(BINARY, columns).groups["g"]
    assert {name: dict(joint.counts) for name, joint in groups.items()} == {
        "1": {("1", "1"): 2},
        "2": {("0", "1"): 1},
        "missing": {("0", "1"): 1},
    }


def test_a_category_called_missing_is_not_taken_for_rows_without_one() -> None:
    names = ["missing", "missing", "'missing'", "not missing", None]
    columns = {"x": [0.5] * 5, "y": [1] * 5, "predicted": [1] * 5, "g": names}
    groups = profile(BINARY, columns).groups["g"]
    assert {name: joint.rows for name, joint in groups.items()} == {
        "missing": 1,
        "'missing'": 2,
        "''missing''": 1,
        "not missing": 1,
    }


def test_a_group_that_is_not_in_the_window_has_no_counts() -> None:
    assert profile(BINARY, {"x": [0.5], "y": [1], "predicted": [1]}).groups == {}


def test_scores_that_are_no_probability_are_counted_apart() -> None:
    found = scores([0.0, 1.0, 0.5, NAN, None, -0.1, 1.1, INF, -INF], [1, 0, None, 1, 1, 1, 1, 1, 0])
    assert (found.nulls, found.invalid) == (1, 5)
    assert found.positive.lows.tolist() == [0.0]
    assert found.negative.lows.tolist() == [1.0]
    assert found.unlabelled.lows.tolist() == [0.5]
    assert found.positive.bins[0] < found.unlabelled.bins[0] < found.negative.bins[0]


def test_confident_scores_are_told_apart() -> None:
    confident = [1e-12, 1e-9, 1e-6, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12]
    assert scores(confident, [1] * 6).positive.counts.tolist() == [1] * 6


def test_the_losses_worked_by_hand() -> None:
    found = scores([0.75, 0.25], [1, 1])
    assert found.brier == pytest.approx((0.0625 + 0.5625) / 2, abs=1e-9)
    assert found.log_loss == pytest.approx(-(math.log(0.75) + math.log(0.25)) / 2, abs=1e-9)
    assert found.brier_variance == pytest.approx(0.25**2, abs=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_losses_equal_those_of_scikit_learn(*, weighted: bool) -> None:
    random = np.random.default_rng(11)
    y = random.integers(0, 2, 3_000)
    score = np.clip(random.beta(2, 2, 3_000) * 0.8 + 0.2 * y, 0, 1)
    score[:2], score[2:4] = 0.0, 1.0
    weights = random.integers(1, 5, 3_000)
    found = scores(score, y, **({"w": weights} if weighted else {}))
    sample = weights if weighted else None
    brier = metrics.brier_score_loss(y, score, sample_weight=sample)
    assert found.brier == pytest.approx(brier, abs=1e-8)
    log_loss = metrics.log_loss(y, score, sample_weight=sample)
    assert found.log_loss == pytest.approx(log_loss, abs=1e-7)


def test_scores_without_labels_have_no_loss() -> None:
    found = scores([0.1, 0.9], pa.array([None, None], pa.int64()))
    assert found.brier is found.log_loss is found.brier_variance is None
    assert found.calibration == ()
    assert found.unlabelled.rows == 2


def test_calibration_bins_are_tenths_and_the_last_holds_one() -> None:
    found = scores([0.0, 0.05, 0.1, 0.95, 1.0, 0.5], [0, 1, 1, 1, 0, None])
    assert [(b.low, b.count, b.positive_share) for b in found.calibration] == [
        (0.0, 2, 0.5),
        (0.1, 1, 1.0),
        (0.9, 2, 0.5),
    ]
    assert found.calibration[0].mean_score == pytest.approx(0.025, abs=1e-9)
    assert found.calibration[2].mean_score == pytest.approx(0.975, abs=1e-9)


@pytest.mark.parametrize(
    ("size", "noise"),
    [(1.0, 1.0), (1e6, 1e-6), (1e12, 1.0), (1e-12, 1e-13), (1e9, 0.0)],
)
def test_errors_of_a_regression_equal_those_of_scikit_learn(size: float, noise: float) -> None:
    random = np.random.default_rng(13)
    y = random.normal(0, size, 2_000)
    predicted = y + random.normal(0, noise, 2_000)
    found = errors(y, predicted)
    assert found is not None
    assert (found.count, found.effective_rows) == (2_000, 2_000.0)
    absolute = metrics.mean_absolute_error(y, predicted)
    assert found.mean_absolute == pytest.approx(absolute, rel=1e-6, abs=1e-300)
    squared = metrics.mean_squared_error(y, predicted)
    assert found.mean_squared == pytest.approx(squared, rel=1e-6, abs=1e-300)
    assert found.label_variance == pytest.approx(y.var(), rel=1e-6)
    if noise:
        r_squared = 1 - found.mean_squared / found.label_variance
        assert r_squared == pytest.approx(metrics.r2_score(y, predicted), abs=1e-6)


def test_errors_are_those_of_rows_with_both_numbers() -> None:
    found = errors([1.0, 2.0, None, NAN, 5.0, INF], [2.0, 5.0, 1.0, 1.0, None, 1.0])
    assert found is not None
    assert found.count == 2
    assert (found.mean_absolute, found.mean_squared) == pytest.approx((2.0, 5.0))
    assert found.absolute_variance == pytest.approx(1.0)
    assert found.label_variance == pytest.approx(0.25)


def test_weighted_errors_are_worked_by_hand() -> None:
    found = errors([0.0, 0.0], [1.0, 4.0], w=[3, 1])
    assert found is not None
    assert found.mean_absolute == pytest.approx(1.75)
    assert found.mean_squared == pytest.approx((3 + 16) / 4)
    assert found.effective_rows == pytest.approx(16 / 10)


def test_a_regression_without_labels_or_with_text_has_no_errors() -> None:
    assert errors(pa.array([None], pa.float64()), [1.0]) is None
    assert errors(["one"], [1.0]) is None
