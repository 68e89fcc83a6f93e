from collections.abc import Iterator
from pathlib import Path

import pytest

from audit_pipeline.profiles.engine import IbisBackend, open_duckdb


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[IbisBackend]:
    """A DuckDB as a run opens it."""
    opened = open_duckdb(tmp_path / "spill")
    yield opened
    opened.disconnect()
