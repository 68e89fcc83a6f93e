"""The predicted columns of a snapshot: logged, made from a logged score, or made by the model."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Prediction, Target
from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.child import ChildDied, ChildFailed
from audit_pipeline.models.scoring import SCORE_COLUMN, score_file
from audit_pipeline.profiles.counting.classes import negative_of
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, as_number
from audit_pipeline.stages.gathered import Gathered
from audit_pipeline.stages.missing import said

ROW_GROUP = 122_880


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """Where predictions came from; why not, when the model could not make them."""

    by: Literal["log", "model", "none"]
    unscored: str | None = None
    broke: bool = False
    notes: tuple[str, ...] = ()


def predict_copied(audit: Audit, gathered: Gathered, path: Path, backend: IbisBackend) -> Predicted:
    """Add predictions to the rows in the file `path`: logged ones, or else those of the model.

    Args:
        audit: Says which columns they are, and which model makes them where none are logged.
        gathered: The rows as they were read.
        path: The rows as they were written; rewritten where a column is added.
        backend: The embedded engine, which rewrites them.
    """
    prediction = audit.columns.prediction
    logged = _logged(audit, gathered)
    if logged is not None:
        if needs_classes(audit, gathered.table):
            _rewrite(audit, path, path, backend)
        return logged
    if audit.model is None or prediction is None:
        return Predicted(by="none")
    try:
        return _score(audit, audit.model.artefact, path, backend)
    except (ModelError, ChildDied, ChildFailed) as error:
        broke = not isinstance(error, ModelError)  # may go well the next time
        why = said(error) if broke else str(error)  # what a library said is not shown
        return Predicted(by="none", unscored=f"the model could not score: {why}", broke=broke)


def predicted_in_place(audit: Audit, gathered: Gathered) -> tuple[IbisTable, Predicted]:
    """Return rows that stay where they are, with their predicted class, and whence it came.

    A model is handed no rows there: where nothing is logged that is a gap, and said.
    """
    logged = _logged(audit, gathered)
    if logged is not None:
        needed = needs_classes(audit, gathered.table)
        return with_classes(audit, gathered.table) if needed else gathered.table, logged
    unscored = must_score(audit, gathered) if audit.model is not None else None
    return gathered.table, Predicted(by="none", unscored=unscored)


def must_score(audit: Audit, gathered: Gathered) -> str | None:
    """Return why a model that would have to score cannot, None where predictions are logged."""
    prediction, columns = audit.columns.prediction, gathered.table.columns
    if prediction is None or audit.model is None or prediction.label in gathered.missing:
        return None
    names = [name for name in (prediction.label, prediction.score) if name is not None]
    if any(name in columns for name in names):
        return None
    told = " nor ".join(repr(name) for name in names)
    return (
        f"no predictions are logged (there is neither {told}), and with the engine"
        f" {audit.engine.kind} the rows stay where they are, so that the model cannot score them:"
        " log its predictions, say where with `predictions:` or `columns: prediction:`, or leave"
        " `engine` out to have the rows copied and scored"
    )


def needs_classes(audit: Audit, table: IbisTable) -> bool:
    """Return whether the predicted class is to be made from the score that is logged."""
    prediction = audit.columns.prediction
    if prediction is None or prediction.label in table.columns or audit.task != "binary":
        return False
    score = prediction.score
    return score is not None and score in table.columns and table[score].type().is_numeric()


def with_classes(audit: Audit, table: IbisTable) -> IbisTable:
    """Return the table with the predicted class: positive where the score reaches the threshold.

    Null where the score is null or NaN. The same on every engine.
    """
    prediction = audit.columns.prediction
    if prediction is None or prediction.score is None:
        return table
    positive, negative = _codes(audit.columns.target)
    score = as_number(table[prediction.score])
    known = score.notnull() & ~score.isnan()
    reached = ibis.ifelse(score >= prediction.threshold, positive, negative)
    return table.mutate(**{prediction.label: ibis.ifelse(known, reached, ibis.null())})


def _codes(target: Target | None) -> tuple[object, object]:
    """Return how a positive and a negative prediction are written: as the target's classes are."""
    positive: object = target.positive if target is not None else 1
    if isinstance(positive, bool):
        return positive, not positive
    if target is not None and target.negative is not None:
        return positive, target.negative
    if isinstance(positive, int):
        return positive, 1 - positive if positive in {0, 1} else 0
    return positive, negative_of(str(positive))


def _logged(audit: Audit, gathered: Gathered) -> Predicted | None:
    """Return what is to be said where no model is to be asked; None where one is, if there is."""
    prediction, columns = audit.columns.prediction, gathered.table.columns
    if prediction is None or prediction.label in gathered.missing:
        return Predicted(by="none")  # a log that is not there is a gap, not a reason to score
    logged = prediction.label in columns or prediction.score in columns
    return Predicted(by="log") if logged else None


def _score(audit: Audit, artefact: ModelArtefact, path: Path, backend: IbisBackend) -> Predicted:
    scores, both = path.with_name("scores.parquet"), path.with_name("scored.parquet")
    summary = score_file(artefact, path, scores, list(audit.columns.features))
    prediction = audit.columns.prediction or Prediction()
    binary = audit.task == "binary" and prediction.score is not None
    _append(path, scores, both, str(prediction.score if binary else prediction.label))
    scores.unlink()
    if binary:
        _rewrite(audit, both, path, backend)
        both.unlink()
    else:
        both.replace(path)
    left_out = summary.left_out.items()
    return Predicted(
        by="model", notes=tuple(f"{rows:,} rows were not scored: {why}" for why, rows in left_out)
    )


def _append(path: Path, scores: Path, both: Path, name: str) -> None:
    """Write the rows of `path` with the column of `scores`, some at a time, as `both`."""
    with pq.ParquetFile(path) as rows, pq.ParquetFile(scores) as column:
        schema = rows.schema_arrow.append(pa.field(name, pa.float64()))
        with pq.ParquetWriter(both, schema, compression="zstd") as writer:
            scored = column.iter_batches(ROW_GROUP)
            for batch, score in zip(rows.iter_batches(ROW_GROUP), scored, strict=True):
                columns = [*batch.columns, score.column(SCORE_COLUMN)]
                writer.write_batch(pa.record_batch(columns, schema=schema), ROW_GROUP)


def _rewrite(audit: Audit, path: Path, to: Path, backend: IbisBackend) -> None:
    """Write the rows of `path`, in their order, with the predicted class, to `to`."""
    draft = to.with_suffix(".part")
    rows = with_classes(audit, backend.read_parquet(str(path)))
    rows.to_parquet(str(draft), compression="zstd", row_group_size=ROW_GROUP)
    draft.replace(to)
