"""Audits whose pinned model scores the window: when it cannot, or can only some rows."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import xgboost

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.models.trained import pinned
from audit_pipeline_tests.stages.small import (
    NAME,
    ROWS,
    audit,
    changed,
    columns,
    people,
    settings,
    write_audit,
    write_home,
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return a model of income alone, as the audit file names it."""
    path = tmp_path_factory.mktemp("model") / "model.json"
    table = people(seed=0)
    data = xgboost.DMatrix(
        table["income"].to_numpy().reshape(-1, 1),
        table["repaid"].to_numpy(),
        feature_names=["income"],
    )
    xgboost.train({"objective": "binary:logistic", "max_depth": 2}, data, 4).save_model(path)
    return {"path": str(path), "format": "xgboost_json", "sha256": pinned(path).sha256}


def home_of(folder: Path, model: dict[str, Any], current: pa.Table | None = None) -> Home:
    """Write a home whose rows have no logged predictions."""
    roles = columns(features={"income": "numeric"})
    rows = changed(people() if current is None else current, score=None, approved=None)
    baseline = changed(people(seed=0), score=None, approved=None)
    said = settings(columns=roles, model=model, explain={"sample": 500})
    return write_home(folder, said, current=rows, baseline=baseline)


def test_a_model_scores_what_has_no_logged_prediction(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    audited = audit(home_of(tmp_path, model))
    assert audited.record["snapshot"]["predictions"] == "model"
    assert audited.outcome("shap_additivity", "model")["verdict"] == "pass"
    assert audited.outcome("accuracy")["measurement"]["coverage"]["used"] == ROWS
    assert audited.red is None


def test_the_same_rows_and_model_give_the_same_bytes(tmp_path: Path, model: dict[str, Any]) -> None:
    home = home_of(tmp_path, model)
    assert audit(home).measurements == audit(home, again=True).measurements


def test_a_model_of_another_digest_scores_nothing_and_data_are_measured(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    audited = audit(home_of(tmp_path, model | {"sha256": "0" * 64}))
    assert audited.verdict == "gap"
    assert audited.tells("the model could not score: The model file")
    assert audited.tells("is not the one that was pinned: its SHA-256 is")
    assert {o["verdict"] for o in audited.outcomes if o["check"]["asset"] == "performance"} == {
        "gap"
    }
    assert audited.outcome("kolmogorov_smirnov", "income")["verdict"] == "pass"
    assert ("shap_additivity", "model") in audited.gaps()


def test_a_feature_that_is_gone_is_what_the_explanation_lacks(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    audited = audit(home_of(tmp_path, model, changed(people(), income=None)))
    lacks = audited.outcome("shap_additivity", "model")["lacks"]
    assert lacks == {"asset": "snapshot", "name": "column", "subject": "income"}


def test_a_model_file_that_is_gone_is_a_gap(tmp_path: Path, model: dict[str, Any]) -> None:
    audited = audit(home_of(tmp_path, model | {"path": str(tmp_path / "none.json")}))
    assert audited.verdict == "gap"
    assert audited.tells("does not exist. Put the pinned file there")


def test_rows_a_model_cannot_score_are_counted_and_the_others_scored(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    income = people()["income"].to_numpy().copy()
    income[:30] = np.inf
    audited = audit(home_of(tmp_path, model, changed(people(), income=income)))
    assert audited.notes == [
        "30 rows were not scored: a feature is infinite or too large for the model"
    ]
    coverage = audited.outcome("accuracy")["measurement"]["coverage"]
    assert (coverage["rows"], coverage["used"]) == (ROWS, ROWS - 30)
    assert audited.outcome("missing_share", "score")["measurement"]["value"] == 30 / ROWS
    assert "30 rows were not scored" in audited.report


def test_a_feature_of_text_is_a_gap_of_all_predictions(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    text = changed(people(), income=["much"] * ROWS)
    audited = audit(home_of(tmp_path, model, text))
    assert audited.verdict == "gap"
    assert audited.tells("Features must be numbers or booleans, but in snapshot.parquet income is")
    assert audited.outcome("row_count")["verdict"] == "pass"


def test_a_missing_feature_is_a_gap_of_all_predictions(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    audited = audit(home_of(tmp_path, model, changed(people(), income=None)))
    assert audited.verdict == "gap"
    assert audited.tells("the column 'income' is missing")
    assert audited.tells("lacks the feature columns income")
    assert audited.outcome("row_count")["verdict"] == "pass"


def test_an_explanation_that_takes_too_long_is_a_gap_and_a_red_run(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    home = home_of(tmp_path, model)
    write_audit(
        tmp_path,
        settings(
            columns=columns(features={"income": "numeric"}),
            model=model,
            explain={"sample": 500, "timeout_seconds": 0.001},
        ),
    )
    audited = audit(home)
    assert audited.gaps() == {("shap_additivity", "model")}
    assert "took longer than 0.001 s" in audited.headlines
    assert "took longer than 0.001 s" in str(audited.red)


def test_the_stored_file_has_a_digest_of_its_own_that_covers_the_scores(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    home = home_of(tmp_path, model)
    audited = audit(home)
    snapshot = audited.record["snapshot"]
    (stored,) = (home.private / NAME / "windows").rglob("snapshot.parquet")
    assert snapshot["file_sha256"] == hashlib.sha256(stored.read_bytes()).hexdigest()
    assert snapshot["file_sha256"] != snapshot["fingerprint"]  # which is of the rows alone
    assert snapshot["file_sha256"] in audited.report
    assert snapshot["fingerprint"] in audited.report
