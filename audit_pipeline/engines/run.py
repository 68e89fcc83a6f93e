"""Do work on an audit's engine; once more if the connection was dropped."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.audits.engine import PostgresEngine, SparkEngine
from audit_pipeline.engines.base import DroppedError, Engine, EngineError

# ruff: noqa: PLC0415 (an engine is imported when it is used)

T = TypeVar("T")
PAUSE_SECONDS = 0.5


def on_engine(audit: Audit, tables: Tables, folder: Path, work: Callable[[Engine], T]) -> T:
    """Return what `work` makes of the audit's engine, opened for it and closed afterwards.

    Where the connection is dropped meanwhile, the work is done again, once and from its start.

    Args:
        audit: Says which engine.
        tables: What is to be read: where PostgreSQL is stands there.
        folder: Where an engine may spill; it is made and removed by the engine.
        work: What is to be done. It may be called twice.

    Raises:
        EngineError: The engine cannot be reached, refused, or was dropped twice.
    """
    try:
        with _open(audit, tables, folder) as engine:
            return work(engine)
    except DroppedError:
        time.sleep(PAUSE_SECONDS)
    try:
        with _open(audit, tables, folder) as engine:
            return work(engine)
    except DroppedError as error:
        raise EngineError(
            f"{error}, and again at the second try: see the engine's log, and what stands between"
            " it and this machine"
        ) from None


def _open(audit: Audit, tables: Tables, folder: Path) -> AbstractContextManager[Engine]:
    engine = audit.engine
    if isinstance(engine, PostgresEngine):
        from audit_pipeline.engines.postgres import open_postgres

        return open_postgres(audit.name, tables)
    if isinstance(engine, SparkEngine):
        from audit_pipeline.engines.spark import open_spark

        return open_spark(engine)
    from audit_pipeline.engines.embedded import open_embedded

    return open_embedded(engine, folder)
