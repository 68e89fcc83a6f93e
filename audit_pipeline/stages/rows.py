"""The rows of a snapshot, for whoever is to count, judge or sample them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.domain.window import Window
from audit_pipeline.engines.base import Engine, IbisTable
from audit_pipeline.engines.run import on_engine

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


def on_rows(place: Place, work: Callable[[IbisTable, Engine], T]) -> T:
    """Return what `work` makes of a snapshot's rows, on the audit's engine.

    Args:
        place: The snapshot.
        work: What is to be done. It may be called twice: see `on_engine`.

    Raises:
        EngineError: The engine cannot be used.
        MissingError: The rows are not where they were, or are no longer those of the snapshot.
    """
    audit, tables, folder = place.audit, place.tables, place.folder

    def read(engine: Engine) -> T:
        return work(engine.backend.read_parquet(str(folder / ROWS)), engine)

    return on_engine(audit, tables, folder / "spill", read)
