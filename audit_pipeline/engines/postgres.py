"""PostgreSQL as an engine: its tables are counted where they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from audit_pipeline.audits.audit import Tables
from audit_pipeline.engines.base import Engine, EngineError


@contextmanager
def open_postgres(audit: str, tables: Tables) -> Iterator[Engine]:
    """Open one transaction that sees one state of the database and cannot change it."""
    raise EngineError(f"{audit}: {tables.table.kind}")
    yield
