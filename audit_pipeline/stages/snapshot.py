"""Take a snapshot: the declared columns of the window's rows, as they are now.

They are copied into one file, or stay where they are and are referred to: the engine decides.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import ibis

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.domain.window import Window
from audit_pipeline.engines.base import Engine, IbisTable
from audit_pipeline.engines.run import on_engine
from audit_pipeline.profiles.engine import one_row
from audit_pipeline.sources.base import Wanted
from audit_pipeline.sources.engine_words import reading_rows
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.stages.arrivals import keep_mark
from audit_pipeline.stages.gathered import Gathered
from audit_pipeline.stages.in_place import need_no_hindrance
from audit_pipeline.stages.landing import need_unchanged, states
from audit_pipeline.stages.predicted import (
    ROW_GROUP,
    Predicted,
    predict_copied,
    predicted_in_place,
)
from audit_pipeline.stages.reference import REFERENCE, keep_reference
from audit_pipeline.stages.rows import ROWS, Place
from audit_pipeline.stages.tables import gather
from audit_pipeline.stages.versions import notes_of, versions_of


def take_snapshot(
    audit: Audit, tables: Tables, folder: Path, window: Window | None
) -> SnapshotRecord:
    """Take the rows into `folder` and return their facts.

    Copied rows are in `snapshot.parquet`, in the order of their id, so the same rows make the same
    file, whose SHA-256 is the fingerprint. Where no predictions are logged and a model is given,
    the model scores the rows; the file as it then stands has a SHA-256 of its own, `file_sha256`.

    Rows that stay where they are leave `reference.json`, which says what they came to, and a
    seeded sample, `sample.parquet`. The fingerprint is the digest of their content, and
    `file_sha256` that of the reference.

    Raises:
        SourceError: A table cannot be read, or changed while it was.
        EngineError: The engine cannot be used, or was dropped twice.
        MissingError: The id or timestamp column is not there, or the engine cannot measure such
            tables where they are.
    """
    need_no_hindrance(audit, tables)
    folder.mkdir(parents=True, exist_ok=True)
    place = Place(audit=audit, tables=tables, folder=folder, window=window)
    wanted = Wanted(folder=folder / "copies", window=window)
    before = states(audit, tables, wanted)
    if window is not None:
        keep_mark(folder, before)

    def unchanged() -> None:
        need_unchanged(audit, tables, wanted, before)

    def take(engine: Engine) -> SnapshotRecord:
        wanted.folder.mkdir(exist_ok=True)
        with reading_rows():  # files are read when their rows are asked for
            gathered = gather(audit, tables, engine.backend, wanted)
            if not engine.in_place:
                _write(gathered.table, audit.columns.id, folder / ROWS)
        taken = _refer if engine.in_place else _finish
        return taken(place, gathered, engine, unchanged)

    try:
        return on_engine(audit, tables, place.spill, take)
    finally:
        shutil.rmtree(wanted.folder, ignore_errors=True)


def _write(table: IbisTable, key: str, path: Path) -> None:
    others = [name for name in table.columns if name != key]
    table.order_by([key, *others]).to_parquet(
        str(path), compression="zstd", row_group_size=ROW_GROUP
    )


def _finish(
    place: Place, gathered: Gathered, engine: Engine, unchanged: Callable[[], None]
) -> SnapshotRecord:
    """Add predictions to the rows that were copied, and return their facts."""
    path = place.folder / ROWS
    unchanged()
    fingerprint = file_sha256(path)
    predicted = predict_copied(place.audit, gathered, path, engine.backend)
    rows = engine.backend.read_parquet(str(path))
    record = _record(place.audit, gathered, rows, predicted)
    return replace(
        record, fingerprint=fingerprint, file_sha256=file_sha256(path), engine=engine.name
    )


def _refer(
    place: Place, gathered: Gathered, engine: Engine, unchanged: Callable[[], None]
) -> SnapshotRecord:
    """Keep what rows that stay where they are come to, and return their facts."""
    rows, predicted = predicted_in_place(place.audit, gathered)
    fingerprint = keep_reference(place, rows, engine)
    record = _record(place.audit, gathered, rows, predicted)
    unchanged()
    return replace(
        record,
        fingerprint=fingerprint,
        file_sha256=file_sha256(place.folder / REFERENCE),
        engine=engine.name,
        kept="sample",
    )


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
        engine="",
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
