"""SHAP values of single models, worked by hand."""

import numpy as np
import pytest

from audit_pipeline.explain.shap_values import Attributions, shap_values
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.formats.xgboost_json import load
from audit_pipeline_tests.models.trained import classifier, rows, stump


def test_a_stump_moves_its_output_by_one_either_way() -> None:
    found = shap_values(load(bytes(stump().save_raw("ubj"))), np.array([[0.0, 5.0], [1.0, 5.0]]))
    np.testing.assert_array_equal(found.values, [[-1.0, 0.0], [1.0, 0.0]])
    assert found.base_value == 2.0


def test_the_residual_is_what_the_values_do_not_add_up_to() -> None:
    found = Attributions(np.array([[1.0, 2.0], [-1.0, 0.0]]), 10.0, "by hand")
    # 10 + 3 against 13 and 10 - 1 against 8.5
    np.testing.assert_array_equal(found.residual(np.array([13.0, 8.5])), [0.0, 0.5])


def test_missing_values_are_explained_too() -> None:
    model = load(bytes(classifier().save_raw("ubj")))
    found = shap_values(model, rows())
    assert np.isnan(rows()).any()
    assert found.residual(model.margin(rows())).max() < 1e-5


def test_a_model_without_trees_is_refused() -> None:
    model = load(bytes(classifier(booster="gblinear", max_depth=None).save_raw("ubj")))
    with pytest.raises(ModelError, match="TreeExplainer cannot explain this model"):
        shap_values(model, rows(20))
