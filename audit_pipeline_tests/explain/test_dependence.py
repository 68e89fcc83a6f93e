"""Cells of many rows, worked by hand."""

import numpy as np

from audit_pipeline.explain.dependence import dependence


def test_few_distinct_values_make_a_cell_each() -> None:
    feature = np.array([1.0, 1, 2, 2, 2])
    shap = np.array([0.0, 2, 5, 5, 5])
    assert dependence(feature, shap, 2) == {
        "by": "value",
        "cells": [
            # the values 0 and 2 deviate by the square root of 2, over the root of 2 rows
            {
                "low": 1.0,
                "high": 1.0,
                "mean_value": 1.0,
                "rows": 2,
                "mean_shap": 1.0,
                "standard_error": 1.0,
            },
            {
                "low": 2.0,
                "high": 2.0,
                "mean_value": 2.0,
                "rows": 3,
                "mean_shap": 5.0,
                "standard_error": 0.0,
            },
        ],
        "missing": None,
        "suppressed": {"cells": 0, "rows": 0},
    }


def test_many_values_make_ten_cells_with_open_ends() -> None:
    feature = np.arange(101.0)  # whose deciles are 10, 20, …, 90
    found = dependence(feature, feature, 10)
    assert found["by"] == "decile"
    edges = [(cell["low"], cell["high"], cell["rows"]) for cell in found["cells"]]
    inner = [(float(low), float(low + 10), 10) for low in range(10, 90, 10)]
    assert edges == [(None, 10.0, 11), *inner, (90.0, None, 10)]
    assert found["cells"][0]["mean_value"] == 5.0
    assert found["cells"][1]["mean_shap"] == 15.5


def test_deciles_that_fall_together_make_one_cell() -> None:
    feature = np.concatenate([np.zeros(970), np.arange(1.0, 31)])
    found = dependence(feature, feature, 10)
    edges = [(cell["low"], cell["high"], cell["rows"]) for cell in found["cells"]]
    assert edges == [(None, 0.0, 970), (0.0, None, 30)]


def test_small_cells_are_suppressed_and_counted() -> None:
    feature = np.array([1.0] * 9 + [2.0] * 10 + [np.nan] * 3)
    found = dependence(feature, np.ones(22), 10)
    assert [cell["low"] for cell in found["cells"]] == [2.0]
    assert found["missing"] is None
    assert found["suppressed"] == {"cells": 2, "rows": 12}


def test_missing_values_are_a_cell_of_their_own() -> None:
    feature = np.array([np.nan] * 10 + list(range(100)))
    shap = np.array([-4.0] * 10 + [1.0] * 100)
    found = dependence(feature, shap, 10)
    assert found["missing"] == {"rows": 10, "mean_shap": -4.0, "standard_error": 0.0}
    assert sum(cell["rows"] for cell in found["cells"]) == 100


def test_a_feature_that_is_always_missing_has_only_that_cell() -> None:
    found = dependence(np.full(12, np.nan), np.ones(12), 10)
    assert found["cells"] == []
    assert found["missing"] == {"rows": 12, "mean_shap": 1.0, "standard_error": 0.0}
