"""How a feature's SHAP value goes with the feature's own value, as cells of many rows.

A dot for each row, as dependence plots have it, would show persons. A cell shows the mean of its
rows; cells of few rows are suppressed and counted. The outer ends of the first and the last decile
are left open, for they would be the values of single rows.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from audit_pipeline.explain.importance import standard_error
from audit_pipeline.models.base import FloatArray

MOST_DISTINCT_VALUES = 20
DECILES = np.arange(1, 10) / 10

Cell = tuple[float | None, float | None, npt.NDArray[np.bool_]]


def dependence(feature: FloatArray, shap: FloatArray, minimum_cell_rows: int) -> dict[str, Any]:
    """Return the mean SHAP value of a feature by the feature's value.

    Up to 20 distinct values make one cell each, whose `low` and `high` are that value. More make
    cells between the deciles, `low` < value <= `high`, null where open; deciles that fall together
    make one cell. Missing values are a cell of their own, null where there are none or too few.
    `suppressed` counts the cells that are not shown, and their rows. Limitation: codes of more
    than 20 categories are cut into deciles as if they were amounts.

    Args:
        feature: Values of shape (rows,), NaN where missing.
        shap: The feature's SHAP values, of the same shape.
        minimum_cell_rows: Cells of fewer rows are suppressed.
    """
    missing = np.isnan(feature)
    values = np.unique(feature[~missing])
    by_value = len(values) <= MOST_DISTINCT_VALUES
    cells = list(_by_value(feature, values) if by_value else _by_decile(feature, missing))
    sizes = [int(chosen.sum()) for chosen in (*(rows for _, _, rows in cells), missing)]
    few = [size for size in sizes if 0 < size < minimum_cell_rows]
    shown = max(minimum_cell_rows, 1)
    return {
        "by": "value" if by_value else "decile",
        "cells": [
            {"low": low, "high": high, "mean_value": float(feature[rows].mean())}
            | _summary(shap[rows])
            for low, high, rows in cells
            if rows.sum() >= shown
        ],
        "missing": _summary(shap[missing]) if missing.sum() >= shown else None,
        "suppressed": {"cells": len(few), "rows": sum(few)},
    }


def _by_value(feature: FloatArray, values: FloatArray) -> Iterator[Cell]:
    for value in values:
        yield float(value), float(value), feature == value


def _by_decile(feature: FloatArray, missing: npt.NDArray[np.bool_]) -> Iterator[Cell]:
    edges = np.unique(np.quantile(feature[~missing], DECILES))
    place = np.searchsorted(edges, feature, side="left")
    for position in range(len(edges) + 1):
        low = float(edges[position - 1]) if position else None
        high = float(edges[position]) if position < len(edges) else None
        yield low, high, (place == position) & ~missing


def _summary(shap: FloatArray) -> dict[str, Any]:
    return {
        "rows": len(shap),
        "mean_shap": float(shap.mean()),
        "standard_error": standard_error(shap),
    }
