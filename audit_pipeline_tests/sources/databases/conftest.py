from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from audit_pipeline.sources.base import Wanted
from audit_pipeline_tests.sources.databases.places import Place


@pytest.fixture
def place(postgres_url: str) -> Place:
    """An empty schema of a real server."""
    schema = f"s{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return Place(postgres_url, schema)


@pytest.fixture
def everything(tmp_path: Path) -> Wanted:
    """All rows and columns."""
    return Wanted(folder=tmp_path, audit="loans")
