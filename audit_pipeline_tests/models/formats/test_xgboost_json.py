"""XGBoost files: what is read, with which trees, and what is refused."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xgboost

from audit_pipeline.models.base import ModelError
from audit_pipeline.models.formats.xgboost_json import load
from audit_pipeline_tests.models.trained import FEATURES, classifier, rows, stump


def trained_on(label: object, **parameters: object) -> xgboost.Booster:
    data = xgboost.DMatrix(np.abs(rows(60)), label)
    return xgboost.train({"max_depth": 2, **parameters}, data, 3)


@pytest.mark.parametrize("encoding", ["json", "ubj"])
def test_a_classifier_gives_the_probability_xgboost_gives(encoding: str) -> None:
    booster = classifier()
    model = load(bytes(booster.save_raw(encoding)))
    expected = booster.predict(xgboost.DMatrix(rows(), feature_names=list(FEATURES)))
    np.testing.assert_array_equal(model.score(rows()), expected)
    assert model.feature_names == FEATURES
    assert model.feature_count == 4
    assert model.margin_unit == "log-odds"
    assert model.engine == f"xgboost {xgboost.__version__}"


def test_a_model_that_splits_on_codes_reads_them_as_codes() -> None:
    types = ["q", "q", "q", "c"]
    data = xgboost.DMatrix(rows(), rows()[:, 3] == 2, feature_types=types, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 2}, data, 3)
    model = load(bytes(booster.save_raw("ubj")))
    np.testing.assert_array_equal(model.score(rows()), booster.predict(data))


def test_the_probability_is_the_logistic_of_the_margin() -> None:
    model = load(bytes(classifier().save_raw("ubj")))
    np.testing.assert_allclose(model.score(rows()), 1 / (1 + np.exp(-model.margin(rows()))), 1e-5)


def test_a_regression_gives_the_value_of_the_leaf() -> None:
    model = load(bytes(stump().save_raw("ubj")))
    np.testing.assert_array_equal(model.score(np.array([[0.0, 5.0], [1.0, 5.0]])), [1.0, 3.0])
    assert model.margin_unit == "target's unit"


def test_a_gamma_regression_is_explained_on_the_log_scale() -> None:
    booster = trained_on(np.arange(1.0, 61), objective="reg:gamma")
    model = load(bytes(booster.save_raw("ubj")))
    assert model.margin_unit == "log of the target's unit"
    assert model.feature_names is None
    assert model.feature_count == 4
    np.testing.assert_allclose(model.score(rows(60)), np.exp(model.margin(rows(60))), 1e-5)


def test_early_stopping_is_honoured_as_by_the_scikit_learn_classes() -> None:
    random = np.random.default_rng(3)
    label = random.integers(0, 2, 400)
    model = xgboost.XGBClassifier(n_estimators=60, learning_rate=1, early_stopping_rounds=3)
    model.fit(rows(), label, eval_set=[(rows(seed=9), random.integers(0, 2, 400))], verbose=False)
    booster = model.get_booster()
    assert booster.best_iteration + 1 < booster.num_boosted_rounds()
    loaded = load(bytes(booster.save_raw("ubj")))
    np.testing.assert_array_equal(loaded.score(rows()), model.predict_proba(rows())[:, 1])


def test_a_best_iteration_that_does_not_exist_is_refused() -> None:
    booster = classifier(rounds=3)
    booster.set_attr(best_iteration="3")
    with pytest.raises(ModelError, match="best iteration"):
        load(bytes(booster.save_raw("ubj")))


def test_other_objectives_are_refused_by_name() -> None:
    label = np.arange(60) % 3
    for objective, classes in (("multi:softprob", 3), ("count:poisson", 0), ("rank:pairwise", 0)):
        booster = trained_on(label, objective=objective, num_class=classes)
        with pytest.raises(ModelError, match=f"objective is '{objective}'"):
            load(bytes(booster.save_raw("ubj")))


def test_a_model_of_two_outputs_is_refused() -> None:
    booster = trained_on(rows(60)[:, :2], objective="reg:squarederror")
    with pytest.raises(ModelError, match="2 outputs"):
        load(bytes(booster.save_raw("ubj")))


@pytest.mark.parametrize("encoding", ["json", "ubj"])
def test_a_file_cut_short_is_refused(encoding: str) -> None:
    content = bytes(classifier().save_raw(encoding))
    for length in (2, len(content) // 2, len(content) - 10):
        with pytest.raises(ModelError, match="damaged, cut short"):
            load(content[:length])


def test_a_pickle_is_refused_and_never_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(ModelError, match="does not begin with"):
            load(pickle.dumps(Trap(), protocol))
    assert not (tmp_path / "sprung").exists()


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ModelError, match="not an XGBoost"):
        load(b"")


def test_importing_the_formats_does_not_import_xgboost() -> None:
    code = (
        "import sys, audit_pipeline.models.scoring, audit_pipeline.explain.run\n"
        "heavy = {'xgboost', 'shap', 'pandas', 'sklearn', 'dagster'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
