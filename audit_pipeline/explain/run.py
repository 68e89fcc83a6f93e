"""What moves a model's output, over a sample of rows, measured in the child process."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.explain.dependence import dependence
from audit_pipeline.explain.importance import importance
from audit_pipeline.explain.shap_values import METHOD, Attributions, shap_values
from audit_pipeline.models.artefact import load, model_format
from audit_pipeline.models.base import FloatArray, ModelError
from audit_pipeline.models.bisection import score_readable
from audit_pipeline.models.child import EXPLAIN
from audit_pipeline.models.features import in_model_order, read_features
from audit_pipeline.models.task import call_with_model, requested_artefact

BATCH_ROWS = 65_536


def explain_sample(
    artefact: ModelArtefact,
    sample: Path,
    features: Sequence[str],
    seed: int | None = None,
    minimum_cell_rows: int = 10,
    timeout: float = 600.0,
) -> dict[str, Any]:
    """Return what moves the model's output on the rows of the Parquet file `sample`.

    Only aggregates come back, as JSON values, the same for the same input:

    * `rows`, `used`, `left_out` (reason: rows), `missing` (feature: values), `seed`, `method`,
      `engine` — what was measured on, and how;
    * `unit` of all SHAP numbers (log-odds for a classifier) and `base_value`, the output the
      trees expect before they see a row, in that unit;
    * `importance`, the largest first: `feature`, `mean_abs_shap`, `standard_error`, `share`;
    * `dependence` by feature: see `audit_pipeline.explain.dependence.dependence`;
    * `additivity`: the largest distance between a row's output and the sum of its SHAP values, as
      `largest_residual` and, as a share of the output's standard deviation `spread`, `relative`
      (null where all outputs are equal).

    Args:
        artefact: The pinned model file.
        sample: A Parquet file that has the features among its columns.
        features: The declared features, in any order if the model stores names, else in its order.
        seed: The seed the sample was drawn with, passed through.
        minimum_cell_rows: Cells of fewer rows are suppressed; a sample of fewer is refused.
        timeout: Seconds until the child is ended; 10,000 rows of 200 trees take about 6.

    Raises:
        ModelError: The model is not the pinned one or cannot be explained, the sample does not fit
            it, or has too few rows.
        ChildDied: A library crashed, or ran out of time or memory.
        ChildFailed: Anything else the child met.
    """
    request = {
        "sample": str(sample.resolve()),
        "features": list(features),
        "seed": seed,
        "minimum_cell_rows": minimum_cell_rows,
    }
    return call_with_model(EXPLAIN, artefact, request, timeout)


def explain_rows(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do in the child what `explain_sample` was asked for."""
    artefact = requested_artefact(request)
    model = load(artefact)
    names = in_model_order(model, request["features"])
    rows, missing = _read_all(Path(request["sample"]), names)
    margin, left_out = score_readable(model.margin, rows, model_format(artefact))
    used = ~np.isnan(margin)
    if used.sum() < max(1, request["minimum_cell_rows"]):
        raise ModelError(
            f"Of {len(rows)} sampled rows {used.sum()} can be explained, fewer than the"
            f" {request['minimum_cell_rows']} below which nothing is shown. Draw a larger sample."
        )
    attributions = shap_values(model, rows[used])
    return {
        "rows": len(rows),
        "used": int(used.sum()),
        "left_out": left_out,
        "missing": missing,
        "seed": request["seed"],
        "method": METHOD,
        "engine": f"{attributions.engine}, {model.engine}",
        "unit": model.margin_unit,
        "base_value": attributions.base_value,
        "importance": importance(names, attributions.values),
        "dependence": {
            name: dependence(
                rows[used][:, place], attributions.values[:, place], request["minimum_cell_rows"]
            )
            for place, name in enumerate(names)
        },
        "additivity": _additivity(attributions, margin[used]),
    }


def _read_all(sample: Path, names: Sequence[str]) -> tuple[FloatArray, dict[str, int]]:
    missing: Counter[str] = Counter()
    parts = [np.empty((0, len(names)))]
    for matrix, absent in read_features(sample, names, BATCH_ROWS):
        parts.append(matrix)
        missing.update(absent)
    return np.concatenate(parts), dict(missing)


def _additivity(attributions: Attributions, margin: FloatArray) -> dict[str, Any]:
    largest = float(attributions.residual(margin).max())
    spread = float(margin.std())
    return {
        "largest_residual": largest,
        "spread": spread,
        "relative": largest / spread if spread else None,
    }
