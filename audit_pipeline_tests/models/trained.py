"""Tiny XGBoost models, trained for real."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost

from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.base import FloatArray

FEATURES = ("age", "pay", "hours", "code")


def rows(count: int = 400, seed: int = 1) -> FloatArray:
    """Return rows of the four features; a tenth of `hours` is missing, `code` is 0 to 3."""
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(count, 4))
    matrix[:, 3] = generator.integers(0, 4, count)
    matrix[generator.random(count) < 0.1, 2] = np.nan
    return matrix


def classifier(rounds: int = 8, **parameters: object) -> xgboost.Booster:
    """Return a classifier of the four features."""
    matrix = rows()
    label = (matrix[:, 0] + matrix[:, 1] * (matrix[:, 3] == 2) > 0).astype(float)
    data = xgboost.DMatrix(matrix, label, feature_names=list(FEATURES))
    settings = {"objective": "binary:logistic", "max_depth": 3, **parameters}
    return xgboost.train(settings, data, rounds)


def stump(**parameters: object) -> xgboost.Booster:
    """Return one split: 1 where `x` is 0 and 3 where it is 1; `z` is never used.

    Trained on as many rows of either kind, so it expects 2 before it sees a row.
    """
    x = np.repeat([0.0, 1.0], 50)
    data = xgboost.DMatrix(np.column_stack([x, np.zeros(100)]), 1 + 2 * x, feature_names=["x", "z"])
    settings = {
        "objective": "reg:squarederror",
        "base_score": 0,
        "eta": 1,
        "lambda": 0,
        "max_depth": 1,
    }
    return xgboost.train({**settings, **parameters}, data, 1)


def saved(booster: xgboost.Booster, path: Path) -> ModelArtefact:
    """Write the model to `path` and pin it."""
    booster.save_model(path)
    return pinned(path)


def pinned(path: Path) -> ModelArtefact:
    """Pin whatever `path` holds."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return ModelArtefact(path=path, format="xgboost_json", sha256=digest)


def parquet(path: Path, columns: dict[str, object]) -> Path:
    """Write the columns to `path`."""
    pq.write_table(pa.table(columns), path)
    return path


def feature_file(path: Path, matrix: FloatArray, names: tuple[str, ...] = FEATURES) -> Path:
    """Write the columns of `matrix` to `path`."""
    return parquet(path, {name: matrix[:, place] for place, name in enumerate(names)})
