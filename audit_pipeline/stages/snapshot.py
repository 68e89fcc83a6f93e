"""Take a snapshot: the declared columns of the window's rows, as they are now, in one file."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.audits.columns import Prediction
from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.domain.window import Window
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.child import ChildDied, ChildFailed
from audit_pipeline.models.scoring import score_file
from audit_pipeline.profiles.classes import negative_of
from audit_pipeline.profiles.columns import one_row
from audit_pipeline.profiles.engine import IbisTable, engine_name, open_duckdb
from audit_pipeline.sources.base import Wanted
from audit_pipeline.sources.engine_words import reading_rows
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.stages.arrivals import keep_mark
from audit_pipeline.stages.gathered import Gathered
from audit_pipeline.stages.landing import need_unchanged, states
from audit_pipeline.stages.missing import said
from audit_pipeline.stages.tables import gather
from audit_pipeline.stages.versions import notes_of, versions_of

ROW_GROUP = 122_880


def take_snapshot(
    audit: Audit, tables: Tables, folder: Path, window: Window | None
) -> SnapshotRecord:
    """Write the rows to `folder/snapshot.parquet` and return their facts.

    Rows are in the order of their id, so the same rows make the same file, whose SHA-256 is the
    fingerprint. Where no predictions are logged and a model is given, the model scores the rows;
    the file as it then stands has a SHA-256 of its own, `file_sha256`.

    Raises:
        SourceError: A table cannot be read, or changed while it was.
        MissingError: The id or timestamp column is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "snapshot.parquet"
    backend = open_duckdb(folder / "spill")
    try:
        wanted = Wanted(folder=_empty(folder / "copies"), window=window)
        before = states(audit, tables, wanted)
        if window is not None:
            keep_mark(folder, before)
        with reading_rows():  # files are read when their rows are asked for
            gathered = gather(audit, tables, backend, wanted)
            _write(gathered.table, audit.columns.id, path)
        need_unchanged(audit, tables, wanted, before)
        fingerprint = file_sha256(path)
        predicted = _predict(audit, gathered, path)
        rows = backend.read_parquet(str(path))
        record = _record(audit, gathered, rows, predicted)
        return replace(record, fingerprint=fingerprint, file_sha256=file_sha256(path))
    finally:
        backend.disconnect()
        for name in ("spill", "copies"):
            shutil.rmtree(folder / name, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """Where predictions came from; why not, when the model could not make them."""

    by: Literal["log", "model", "none"]
    unscored: str | None = None
    broke: bool = False
    notes: tuple[str, ...] = ()


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _write(table: IbisTable, key: str, path: Path) -> None:
    others = [name for name in table.columns if name != key]
    table.order_by([key, *others]).to_parquet(
        str(path), compression="zstd", row_group_size=ROW_GROUP
    )


def _predict(audit: Audit, gathered: Gathered, path: Path) -> Predicted:
    """Add predictions to the snapshot file: from the log if there are any, else by the model."""
    prediction, columns = audit.columns.prediction, gathered.table.columns
    if prediction is None or prediction.label in gathered.missing:
        return Predicted(by="none")  # a log that is not there is a gap, not a reason to score
    if prediction.label in columns:
        return Predicted(by="log")
    if prediction.score is not None and prediction.score in columns:
        if audit.task == "binary" and gathered.table[prediction.score].type().is_numeric():
            table = pq.read_table(path)
            _rewrite(path, _with_classes(audit, table, table[prediction.score]))
        return Predicted(by="log")
    if audit.model is None:
        return Predicted(by="none")
    try:
        return _score(audit, audit.model.artefact, prediction, path)
    except (ModelError, ChildDied, ChildFailed) as error:
        broke = not isinstance(error, ModelError)  # may go well the next time
        why = said(error) if broke else str(error)  # what a library said is not shown
        return Predicted(by="none", unscored=f"the model could not score: {why}", broke=broke)


def _score(audit: Audit, artefact: ModelArtefact, prediction: Prediction, path: Path) -> Predicted:
    scores = path.with_name("scores.parquet")
    summary = score_file(artefact, path, scores, list(audit.columns.features))
    table, scored = pq.read_table(path), pq.read_table(scores)["score"]
    if audit.task == "binary" and prediction.score is not None:
        table = _with_classes(audit, table.append_column(prediction.score, scored), scored)
    else:
        table = table.append_column(prediction.label, scored)
    _rewrite(path, table)
    scores.unlink()
    left_out = summary.left_out.items()
    return Predicted(
        by="model", notes=tuple(f"{rows:,} rows were not scored: {why}" for why, rows in left_out)
    )


def _with_classes(audit: Audit, table: pa.Table, score: pa.ChunkedArray) -> pa.Table:
    """Add the predicted class: positive where the score reaches the threshold."""
    prediction, target = audit.columns.prediction, audit.columns.target
    if prediction is None:
        return table
    positive = target.positive if target is not None else 1
    negative: object = negative_of(str(positive))
    if isinstance(positive, bool):
        negative = not positive
    elif target is not None and target.negative is not None:
        negative = target.negative
    elif isinstance(positive, int):
        negative = 1 - positive if positive in {0, 1} else 0
    numbers = score.cast(pa.float64())
    numbers = pa.compute.if_else(pa.compute.is_nan(numbers), None, numbers)
    above = pa.compute.greater_equal(numbers, prediction.threshold)
    return table.append_column(prediction.label, pa.compute.if_else(above, positive, negative))


def _rewrite(path: Path, table: pa.Table) -> None:
    draft = path.with_suffix(".part")
    pq.write_table(table, draft, compression="zstd", row_group_size=ROW_GROUP)
    draft.replace(path)


def _record(
    audit: Audit, gathered: Gathered, rows: IbisTable, predicted: Predicted
) -> SnapshotRecord:
    target, when = audit.columns.target, audit.columns.timestamp.column
    nothing = ibis.null("string")
    asked = {"rows": rows.count(), "labelled": ibis.literal(0), "first": nothing, "last": nothing}
    if target is not None and target.column in rows.columns:
        asked["labelled"] = rows[target.column].count()
    if when in rows.columns:
        asked |= {"first": rows[when].min().cast("string"), "last": rows[when].max().cast("string")}
    facts = one_row(rows.aggregate(**asked))
    versions = versions_of(rows, audit)
    return SnapshotRecord(
        **facts,
        fingerprint="",
        columns={name: str(kind) for name, kind in rows.schema().items()},
        predictions=predicted.by,
        sources=tuple(gathered.sources),
        engine=engine_name(rows.get_backend()),
        missing_columns=tuple(gathered.missing),
        versions=versions,
        unscored=predicted.unscored,
        scoring_broke=predicted.broke,
        notes=(
            *gathered.missing.values(),
            *gathered.notes,
            *predicted.notes,
            *notes_of(versions),
        ),
    )
