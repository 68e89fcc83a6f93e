"""The rows of a snapshot, for whoever is to count, judge or sample them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.domain.window import Window
from audit_pipeline.engines.base import Engine, IbisTable
from audit_pipeline.engines.run import on_engine
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.reference import on_unchanged
from audit_pipeline.stages.revision import AuditRun, Revision

T = TypeVar("T")
ROWS = "snapshot.parquet"
"""The rows of a snapshot that was copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a snapshot is kept, and what it is one of; no window: of a whole data set."""

    audit: Audit
    tables: Tables
    folder: Path
    window: Window | None = None
    spill_folder: Path | None = None

    @property
    def spill(self) -> Path:
        """Where an engine may spill to; gone when it is closed."""
        return self.spill_folder or self.folder / "spill"


def place_of_window(run: AuditRun, revision: Revision) -> Place:
    """Return where the snapshot of a run's window is kept."""
    audit = run.audit
    return Place(audit=audit, tables=audit.current, folder=revision.path, window=run.window)


def on_rows(place: Place, work: Callable[[IbisTable, Engine], T]) -> T:
    """Return what `work` makes of a snapshot's rows, on the audit's engine.

    Args:
        place: The snapshot.
        work: What is to be done. It may be called twice: see `on_engine`.

    Raises:
        EngineError: The engine cannot be used.
        SourceError: Rows that were left where they are cannot be read there any more.
        MissingError: The rows are not where they were, or are no longer those of the snapshot.
    """

    def read(engine: Engine) -> T:
        if engine.in_place:
            return on_unchanged(place, engine, work)
        path = place.folder / ROWS
        if not path.exists():
            raise MissingError(f"the rows of the snapshot are gone: there is no {path}")
        return work(engine.backend.read_parquet(str(path)), engine)

    return on_engine(place.audit, place.tables, place.spill, read)
