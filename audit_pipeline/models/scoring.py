"""Scores for every row of a Parquet file, made in the child process."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.artefact import load, model_format
from audit_pipeline.models.base import FloatArray
from audit_pipeline.models.bisection import score_readable
from audit_pipeline.models.child import SCORE
from audit_pipeline.models.features import in_model_order, read_features
from audit_pipeline.models.task import call_with_model, requested_artefact

SCORE_COLUMN = "score"
SCHEMA = pa.schema([(SCORE_COLUMN, pa.float64())])


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringSummary:
    """What became of the rows: scored, or left out and why.

    `missing` counts the missing values of each feature among all rows, scored or not.
    """

    rows: int
    scored: int
    left_out: Mapping[str, int]
    missing: Mapping[str, int]
    engine: str


def score_file(
    artefact: ModelArtefact,
    rows: Path,
    out: Path,
    features: Sequence[str],
    batch_rows: int = 65_536,
    timeout: float = 3_600.0,
) -> ScoringSummary:
    """Score every row of the Parquet file `rows` and return what became of the rows.

    `out` is written whole or not at all: a Parquet file with one column `score`, a double, in the
    order of `rows`, null where the row could not be scored. A score is the probability of the
    positive class, or the predicted value.

    Args:
        artefact: The pinned model file.
        rows: A Parquet file that has the features among its columns.
        out: The file to write.
        features: The declared features, in any order if the model stores names, else in its order.
        batch_rows: Rows in memory at a time.
        timeout: Seconds until the child is ended.

    Raises:
        ModelError: The model is not the pinned one or cannot be audited, or the rows do not
            fit it.
        ChildDied: The model's library crashed, or ran out of time or memory.
        ChildFailed: Anything else the child met.
    """
    unfinished = out.resolve().with_name(f".{out.name}.{os.getpid()}.unfinished")
    request = {
        "rows": str(rows.resolve()),
        "out": str(out.resolve()),
        "unfinished": str(unfinished),
        "features": list(features),
        "batch_rows": batch_rows,
    }
    try:
        return ScoringSummary(**call_with_model(SCORE, artefact, request, timeout))
    finally:
        # here and not in the child, which may have been killed in the middle
        unfinished.unlink(missing_ok=True)


def score_rows(request: Mapping[str, Any]) -> dict[str, Json]:
    """Do in the child what `score_file` was asked for."""
    artefact = requested_artefact(request)
    model = load(artefact)
    features = in_model_order(model, request["features"])
    left_out: Counter[str] = Counter()
    missing: Counter[str] = Counter()

    def batches() -> Iterator[FloatArray]:
        rows = Path(request["rows"])
        for matrix, absent in read_features(rows, features, request["batch_rows"]):
            scores, reasons = score_readable(model.score, matrix, model_format(artefact))
            left_out.update(reasons)
            missing.update(absent)
            yield scores

    unfinished = Path(request["unfinished"])
    rows = _write(unfinished, batches())
    unfinished.replace(request["out"])
    summary = ScoringSummary(
        rows=rows,
        scored=rows - left_out.total(),
        left_out=dict(left_out),
        missing=dict(missing),
        engine=model.engine,
    )
    return asdict(summary)


def _write(path: Path, batches: Iterator[FloatArray]) -> int:
    rows = 0
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for scores in batches:
            column = pa.array(scores, mask=np.isnan(scores))
            writer.write_batch(pa.record_batch([column], schema=SCHEMA))
            rows += len(scores)
    return rows
