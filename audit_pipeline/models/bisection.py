"""Scores for all rows that can be scored, and for the others the reason why not."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from audit_pipeline.models.base import FloatArray, ModelError, ModelFormat

MISSING = "a feature is missing"
TOO_LARGE = "a feature is infinite or too large for the model"
NOT_FINITE = "the model's output is not a finite number"

Score = Callable[[FloatArray], FloatArray]


def score_readable(
    score: Score, features: FloatArray, model_format: ModelFormat
) -> tuple[FloatArray, Counter[str]]:
    """Return one finite score or NaN for each row, and how many rows were left out, by reason.

    Rows the format cannot read are set aside first, the rest is scored by `score_by_bisection`.
    """
    scores = np.full(len(features), np.nan)
    left_out: Counter[str] = Counter()
    readable = np.ones(len(features), dtype=bool)
    if not model_format.accepts_missing:
        readable &= ~np.isnan(features).any(axis=1)
        left_out[MISSING] = int((~readable).sum())
    fits = ~(np.abs(features) > model_format.largest).any(axis=1)
    left_out[TOO_LARGE] = int((readable & ~fits).sum())
    readable &= fits
    scores[readable], raised = score_by_bisection(score, features[readable])
    return scores, +(left_out + raised)  # the plus drops reasons that were not met


def score_by_bisection(score: Score, features: FloatArray) -> tuple[FloatArray, Counter[str]]:
    """Return one finite score or NaN for each row, and how many rows have none, by reason.

    Rows are scored together. When that raises, each half is tried, down to the rows that raise:
    one bad row of `n` costs about 2 log2(n) calls, but `n` bad rows cost 2n calls.

    Args:
        score: Maps features of shape (rows, features) to scores of shape (rows,).
        features: The rows, of shape (rows, features).

    Raises:
        ModelError: `score` returns something else than one number for each row.
    """
    if not len(features):
        return np.empty(0), Counter()
    try:
        scores = score(features)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is counted against the row)
        return _score_halves(score, features, error)
    if scores.shape != (len(features),):
        raise ModelError(
            f"The model returned an array of shape {scores.shape} for {len(features)} rows;"
            " audited are models of one output."
        )
    finite = np.isfinite(scores)
    wrong = int((~finite).sum())
    return np.where(finite, scores, np.nan), +Counter({NOT_FINITE: wrong})


def _score_halves(
    score: Score, features: FloatArray, error: Exception
) -> tuple[FloatArray, Counter[str]]:
    if len(features) == 1:
        # the kind of error only: its words may quote the row
        return np.array([np.nan]), Counter({f"the model raised {type(error).__name__}": 1})
    middle = len(features) // 2
    first, first_out = score_by_bisection(score, features[:middle])
    second, second_out = score_by_bisection(score, features[middle:])
    return np.concatenate([first, second]), first_out + second_out
