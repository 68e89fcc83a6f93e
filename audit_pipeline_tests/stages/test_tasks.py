from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score, mean_absolute_error

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.stages.small import (
    ROWS,
    audit,
    changed,
    columns,
    people,
    settings,
    write_home,
)


def prices(seed: int) -> pa.Table:
    """Return rows with a price, and what the model said it would be."""
    draw = np.random.default_rng(seed)
    price = draw.normal(100, 20, ROWS)
    predicted = price + draw.normal(0, 5, ROWS)
    return changed(people(seed=seed), score=None, approved=predicted, repaid=price)


def animals(seed: int) -> pa.Table:
    """Return rows of three classes, four fifths of them predicted right."""
    draw = np.random.default_rng(seed)
    animal = draw.choice(["cat", "dog", "hen"], ROWS)
    predicted = np.where(draw.uniform(size=ROWS) < 0.8, animal, "cat")
    return changed(people(seed=seed), score=None, approved=predicted, repaid=animal)


def home_of(folder: Path, task: str, current: pa.Table, baseline: pa.Table) -> Home:
    """Write a home whose model gives no score."""
    roles = columns(prediction={"label": "approved", "score": None}, target={"column": "repaid"})
    audit_file = settings(task=task, columns=roles)
    return write_home(folder, audit_file, current=current, baseline=baseline)


def test_a_regression_is_audited_by_its_errors(tmp_path: Path) -> None:
    current = prices(1)
    audited = audit(home_of(tmp_path, "regression", current, prices(2)))
    assert audited.verdict == "pass"
    found = audited.outcome("mean_absolute_error")["measurement"]
    exact = mean_absolute_error(current["repaid"].to_numpy(), current["approved"].to_numpy())
    assert found["value"] == pytest.approx(exact, rel=1e-6)
    assert audited.record["not_applicable"]["accuracy"] == "it is for classification audits"
    assert audited.record["not_applicable"]["roc_auc"] == "it is for binary audits"


def test_labels_of_a_regression_that_are_no_numbers_are_left_out(tmp_path: Path) -> None:
    price = prices(1)["repaid"].to_numpy().copy()
    price[:10], price[10:20] = np.inf, np.nan
    current = changed(prices(1), repaid=price)
    audited = audit(home_of(tmp_path, "regression", current, prices(2)))
    assert audited.outcome("mean_absolute_error")["measurement"]["coverage"]["used"] == ROWS - 20


def test_text_labels_of_a_regression_are_a_gap(tmp_path: Path) -> None:
    current = changed(prices(1), repaid=["dear"] * ROWS)
    audited = audit(home_of(tmp_path, "regression", current, prices(2)))
    assert audited.verdict == "gap"
    assert audited.tells("repaid is declared numeric and is of type string in this window")


def test_a_multiclass_audit_counts_each_class(tmp_path: Path) -> None:
    current = animals(1)
    audited = audit(home_of(tmp_path, "multiclass", current, animals(2)))
    assert audited.verdict == "pass"
    found = audited.outcome("accuracy")["measurement"]["value"]
    exact = accuracy_score(current["repaid"].to_pylist(), current["approved"].to_pylist())
    assert found == pytest.approx(exact, abs=1e-12)
    assert audited.record["not_applicable"]["roc_auc"] == "it is for binary audits"
    assert audited.outcome("chi_square", "repaid")["verdict"] == "pass"
