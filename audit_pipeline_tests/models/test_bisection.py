"""Bad rows are found one by one; the others keep their scores."""

from dataclasses import replace

import numpy as np
import pytest

from audit_pipeline.models.base import FloatArray, ModelError, ModelFormat
from audit_pipeline.models.bisection import score_by_bisection, score_readable
from audit_pipeline.models.catalog import MODEL_FORMATS

XGBOOST = MODEL_FORMATS["xgboost_json"]


class Fragile:
    """Doubles its feature; raises on negative values, and says NaN to 100."""

    def __init__(self) -> None:
        self.calls = 0

    def score(self, features: FloatArray) -> FloatArray:
        self.calls += 1
        if (features == -2).any():
            raise KeyError("minus two")
        if (features < 0).any():
            raise ValueError("a negative value")
        return np.where(features[:, 0] == 100, np.nan, features[:, 0] * 2)


def column(*values: float) -> FloatArray:
    return np.array(values).reshape(-1, 1)


def test_rows_that_raise_are_left_out_by_the_kind_of_error() -> None:
    scores, left_out = score_by_bisection(Fragile().score, column(1, -1, 3, -2, -3, 100, 7))
    np.testing.assert_array_equal(scores, [2, np.nan, 6, np.nan, np.nan, np.nan, 14])
    assert left_out == {
        "the model raised ValueError": 2,
        "the model raised KeyError": 1,
        "the model's output is not a finite number": 1,
    }


def test_good_rows_take_one_call_and_one_bad_row_of_1024_takes_21() -> None:
    model = Fragile()
    _, left_out = score_by_bisection(model.score, column(*range(99)))
    assert (model.calls, left_out) == (1, {})
    model = Fragile()
    # the whole, then two halves at each of ten levels
    score_by_bisection(model.score, column(-1, *range(200, 1223)))
    assert model.calls == 21


def test_no_rows_take_no_call() -> None:
    model = Fragile()
    scores, left_out = score_by_bisection(model.score, np.empty((0, 1)))
    assert (len(scores), left_out, model.calls) == (0, {}, 0)


def test_infinite_and_too_large_values_never_reach_the_model() -> None:
    model = Fragile()
    features = column(1, np.inf, -np.inf, 1e39, 4)
    scores, left_out = score_readable(model.score, features, XGBOOST)
    np.testing.assert_array_equal(scores, [2, np.nan, np.nan, np.nan, 8])
    assert left_out == {"a feature is infinite or too large for the model": 3}
    assert model.calls == 1


def test_missing_features_reach_only_formats_that_accept_them() -> None:
    def is_missing(features: FloatArray) -> FloatArray:
        return np.isnan(features[:, 0]).astype(float)

    features = column(1, np.nan)
    scores, left_out = score_readable(is_missing, features, XGBOOST)
    assert (scores.tolist(), left_out) == ([0.0, 1.0], {})
    strict: ModelFormat = replace(XGBOOST, accepts_missing=False)
    scores, left_out = score_readable(is_missing, features, strict)
    np.testing.assert_array_equal(scores, [0, np.nan])
    assert left_out == {"a feature is missing": 1}


@pytest.mark.parametrize("shape", [(3, 2), (1,), ()])
def test_scores_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="for 3 rows"):
        score_by_bisection(lambda _: np.zeros(shape), column(1, 2, 3))
