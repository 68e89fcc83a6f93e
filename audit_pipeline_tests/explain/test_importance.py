"""Mean absolute SHAP values, worked by hand."""

import math

import numpy as np

from audit_pipeline.explain.importance import importance


def test_importance_is_the_mean_size_and_its_share_largest_first() -> None:
    # |shap| of a: 1, 3, 2 -> mean 2, deviation 1; of b: 6, 6, 6 -> mean 6, deviation 0
    values = np.array([[1.0, 6.0], [-3.0, -6.0], [2.0, 6.0]])
    assert importance(["a", "b"], values) == [
        {"feature": "b", "mean_abs_shap": 6.0, "standard_error": 0.0, "share": 0.75},
        {"feature": "a", "mean_abs_shap": 2.0, "standard_error": 1 / math.sqrt(3), "share": 0.25},
    ]


def test_equal_features_stand_in_the_order_of_their_names() -> None:
    found = importance(["b", "a"], np.ones((2, 2)))
    assert [entry["feature"] for entry in found] == ["a", "b"]


def test_a_model_that_nothing_moves_has_no_shares() -> None:
    (entry,) = importance(["a"], np.zeros((3, 1)))
    assert (entry["mean_abs_shap"], entry["share"]) == (0.0, None)


def test_one_row_has_no_standard_error() -> None:
    (entry,) = importance(["a"], np.array([[2.0]]))
    assert entry["standard_error"] is None
