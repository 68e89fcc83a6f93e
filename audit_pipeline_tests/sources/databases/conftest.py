from pathlib import Path

import pytest

from audit_pipeline.sources.base import Wanted
from audit_pipeline_tests.sources.databases.places import Place, new_place


@pytest.fixture
def place(postgres_url: str) -> Place:
    """An empty schema of a real server."""
    return new_place(postgres_url)


@pytest.fixture
def everything(tmp_path: Path) -> Wanted:
    """All rows and columns."""
    return Wanted(folder=tmp_path, audit="loans")
