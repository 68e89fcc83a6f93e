"""The embedded engine: DuckDB, in this process."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit_pipeline.audits.engine import DuckDBEngine
from audit_pipeline.engines.base import Engine
from audit_pipeline.profiles.engine import engine_name, open_duckdb

ONE_AT_A_TIME = threading.RLock()


@contextmanager
def open_embedded(settings: DuckDBEngine, spill: Path) -> Iterator[Engine]:
    """Open DuckDB, which spills into the folder `spill` beyond its limit of memory.

    One is open at a time in a process: two would take twice that memory, for no less work.
    """
    with ONE_AT_A_TIME:
        backend = open_duckdb(spill, settings.memory_limit)
        try:
            yield Engine(backend=backend, name=engine_name(backend), content=None)
        finally:
            backend.disconnect()
            shutil.rmtree(spill, ignore_errors=True)
