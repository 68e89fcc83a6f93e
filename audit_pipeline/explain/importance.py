"""How much each feature moves the model's output, over a sample."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from audit_pipeline.models.base import FloatArray


def importance(features: Sequence[str], values: FloatArray) -> list[dict[str, Any]]:
    """Return the mean absolute SHAP value of each feature, the largest first.

    Beside it stand its standard error and its share of the total. A standard error is null for a
    single row, a share where no feature moves the output.

    Args:
        features: Names, one for each column of `values`.
        values: SHAP values of shape (rows, features).

    >>> importance(["age", "pay"], np.array([[1.0, -4.0], [1.0, 2.0]]))[0]
    {'feature': 'pay', 'mean_abs_shap': 3.0, 'standard_error': 1.0, 'share': 0.75}
    """
    sizes = np.abs(values)
    means = sizes.mean(axis=0)
    total = float(means.sum())
    found: list[tuple[float, str, dict[str, Any]]] = []
    for position, name in enumerate(features):
        mean = float(means[position])
        entry: dict[str, Any] = {
            "feature": name,
            "mean_abs_shap": mean,
            "standard_error": standard_error(sizes[:, position]),
            "share": mean / total if total else None,
        }
        found.append((-mean, name, entry))
    return [entry for _, _, entry in sorted(found, key=lambda item: item[:2])]


def standard_error(sample: FloatArray) -> float | None:
    """Return the standard error of the mean of `sample`, null for fewer than two rows.

    >>> standard_error(np.array([1.0, 3.0]))
    1.0
    """
    if len(sample) < 2:  # noqa: PLR2004 (a spread takes two)
        return None
    return float(sample.std(ddof=1)) / math.sqrt(len(sample))
