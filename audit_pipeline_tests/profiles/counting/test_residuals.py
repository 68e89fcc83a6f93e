"""Residuals of a regression: on a grid of the baseline's, by hand and as numpy has them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.planning import plan_of
from audit_pipeline_tests.profiles.tables import audit, profile

NAN, INF = float("nan"), float("inf")
OF = audit("regression", target={"column": "y"})


def regression(y: Any, predicted: Any, before: dict[str, Any] | None = None) -> Profile:  # noqa: ANN401 (columns)
    columns = {"x": [0.5] * len(y), "y": y, "predicted": predicted}
    return profile(OF, columns, before and {"x": [0.5] * len(before["y"]), **before})


def test_residuals_are_label_minus_prediction() -> None:
    y, said = [5.0, 3.0, None, NAN, INF, 1e80], [1.0, 4.0, 1.0, 1.0, 1.0, 1.0]
    found = regression(y, said).residuals
    assert found is not None
    assert found.histogram.lows.tolist() == [-1.0, 4.0]
    assert (found.rows, found.nulls) == (6, 4)
    assert found.mean == pytest.approx(1.5)
    assert found.standard_deviation == pytest.approx(2.5)


def test_residuals_have_the_mean_and_deviation_of_numpy() -> None:
    random = np.random.default_rng(8)
    y = random.normal(100, 10, 9_000)
    said = y - random.gamma(2, 3, 9_000)
    found = regression(y, said).residuals
    assert found is not None
    assert found.mean == pytest.approx((y - said).mean(), rel=1e-6)
    assert found.standard_deviation == pytest.approx((y - said).std(), rel=1e-6)


def test_residuals_lie_on_the_grid_of_the_baseline() -> None:
    before = {"y": [1.0, 2.0, 4.0, 9.0], "predicted": [0.0] * 4}
    first = regression(before["y"], before["predicted"])
    now = regression([500.0, 600.0], [0.0, 0.0], before)
    assert first.residuals is not None
    assert now.residuals is not None
    assert now.residuals.grid == first.residuals.grid
    assert plan_of(first).residuals == first.residuals.grid


def test_without_labels_in_the_baseline_there_is_no_grid() -> None:
    before = {"y": pa.array([None], pa.float64()), "predicted": [1.0]}
    assert regression([1.0], [2.0], before).residuals is None
    assert regression(["one"], [2.0]).residuals is None


def test_a_label_or_prediction_too_large_for_its_errors_is_left_out() -> None:
    found = regression([1e80, -1e300, 1.0, 5e-324], [1.0, 1e300, 3.0, 0.0]).errors
    assert found is not None
    assert found.count == 2
    assert found.mean_absolute == pytest.approx(1.0)
    assert found.mean_squared == pytest.approx(2.0)
