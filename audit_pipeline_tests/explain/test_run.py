"""Samples explained in the real child."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shap
import xgboost

from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.explain.run import explain_sample
from audit_pipeline.models.base import ModelError
from audit_pipeline_tests.models.trained import (
    FEATURES,
    classifier,
    feature_file,
    parquet,
    rows,
    saved,
    stump,
)


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> ModelArtefact:
    return saved(classifier(rounds=20), tmp_path_factory.mktemp("model") / "model.ubj")


def explained(artefact: ModelArtefact, sample: Path, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    return explain_sample(artefact, sample, FEATURES, **options)


def test_a_stump_is_explained_as_by_hand(tmp_path: Path) -> None:
    """It expects 2, says 1 where x is 0 and 3 where x is 1: SHAP values -1 and +1."""
    artefact = saved(stump(), tmp_path / "model.json")
    columns: dict[str, object] = {"x": [0] * 30 + [1] * 10, "z": [7] * 40}
    sample = parquet(tmp_path / "sample.parquet", columns)
    found = explain_sample(artefact, sample, ["x", "z"], seed=7)
    versions = f"shap {shap.__version__}, xgboost {xgboost.__version__}"
    assert {key: found[key] for key in found if key not in {"importance", "dependence"}} == {
        "rows": 40,
        "used": 40,
        "left_out": {},
        "missing": {},
        "seed": 7,
        "method": "TreeSHAP, tree_path_dependent",
        "engine": versions,
        "unit": "target's unit",
        "base_value": 2.0,
        # outputs 1 (30 times) and 3 (10 times): mean 1.5, variance 0.75
        "additivity": {"largest_residual": 0.0, "spread": 0.75**0.5, "relative": 0.0},
    }
    assert found["importance"] == [
        {"feature": "x", "mean_abs_shap": 1.0, "standard_error": 0.0, "share": 1.0},
        {"feature": "z", "mean_abs_shap": 0.0, "standard_error": 0.0, "share": 0.0},
    ]
    cells = found["dependence"]["x"]["cells"]
    assert [(cell["low"], cell["rows"], cell["mean_shap"]) for cell in cells] == [
        (0.0, 30, -1.0),
        (1.0, 10, 1.0),
    ]


def test_importance_and_residual_agree_with_shap_itself(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    matrix = rows(600, seed=8)
    found = explained(artefact, feature_file(tmp_path / "sample.parquet", matrix))
    booster = classifier(rounds=20)
    explainer = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    data = xgboost.DMatrix(matrix, feature_names=list(FEATURES))
    values = np.asarray(explainer.shap_values(data), dtype=float)
    sizes = {entry["feature"]: entry["mean_abs_shap"] for entry in found["importance"]}
    for place, name in enumerate(FEATURES):
        assert sizes[name] == pytest.approx(np.abs(values[:, place]).mean(), rel=1e-12)
    margin = booster.predict(data, output_margin=True).astype(float)
    residual = np.abs(float(explainer.expected_value) + values.sum(axis=1) - margin).max()
    assert found["additivity"]["largest_residual"] == residual
    assert found["additivity"]["relative"] < 1e-5
    assert found["unit"] == "log-odds"
    assert sum(entry["share"] for entry in found["importance"]) == pytest.approx(1)


def test_codes_get_a_cell_each_and_missing_hours_their_own(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    matrix = rows(600, seed=8)
    found = explained(artefact, feature_file(tmp_path / "sample.parquet", matrix))
    missing = int(np.isnan(matrix[:, 2]).sum())
    assert found["missing"] == {"hours": missing}
    assert found["dependence"]["hours"]["missing"]["rows"] == missing
    assert [cell["low"] for cell in found["dependence"]["code"]["cells"]] == [0, 1, 2, 3]


def test_a_model_stopped_early_is_explained_with_the_trees_that_score(tmp_path: Path) -> None:
    booster = classifier(rounds=20)
    booster.set_attr(best_iteration="4")
    artefact = saved(booster, tmp_path / "model.ubj")
    found = explained(artefact, feature_file(tmp_path / "sample.parquet", rows(100)))
    assert found["additivity"]["largest_residual"] < 1e-5


def test_the_same_sample_gives_the_same_bytes(artefact: ModelArtefact, tmp_path: Path) -> None:
    sample = feature_file(tmp_path / "sample.parquet", rows(500))
    first, second = (
        json.dumps(explain_sample(artefact, sample, order, seed=3))
        for order in (FEATURES, FEATURES[::-1])
    )
    assert first == second


def test_rows_that_cannot_be_explained_are_left_out_and_counted(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    matrix = rows(60)
    matrix[:5, 0] = -np.inf
    found = explained(artefact, feature_file(tmp_path / "sample.parquet", matrix))
    assert (found["rows"], found["used"]) == (60, 55)
    assert found["left_out"] == {"a feature is infinite or too large for the model": 5}


@pytest.mark.parametrize("count", [0, 9])
def test_a_sample_too_small_to_hide_a_person_is_refused(
    artefact: ModelArtefact, tmp_path: Path, count: int
) -> None:
    sample = feature_file(tmp_path / "sample.parquet", rows(count))
    with pytest.raises(ModelError, match=f"Of {count} sampled rows {count} can be explained"):
        explained(artefact, sample)


def test_no_value_of_a_single_row_comes_back(artefact: ModelArtefact, tmp_path: Path) -> None:
    matrix = rows(500)
    matrix[17, 0], matrix[18, 0] = 8_765.4321, -8_765.4321
    found = explained(artefact, feature_file(tmp_path / "sample.parquet", matrix))
    assert "8765.4321" not in json.dumps(found)


def test_a_model_that_is_not_made_of_trees_is_refused_in_words(tmp_path: Path) -> None:
    artefact = saved(classifier(booster="gblinear", max_depth=None), tmp_path / "model.ubj")
    sample = feature_file(tmp_path / "sample.parquet", rows(50))
    with pytest.raises(ModelError, match="TreeExplainer cannot explain this model"):
        explained(artefact, sample)


def test_a_missing_feature_is_named(artefact: ModelArtefact, tmp_path: Path) -> None:
    sample = feature_file(tmp_path / "sample.parquet", rows(50)[:, :3], FEATURES[:3])
    with pytest.raises(ModelError, match="lacks the feature columns code"):
        explained(artefact, sample)
