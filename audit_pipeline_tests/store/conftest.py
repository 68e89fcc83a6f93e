"""A fresh store on each database, and real processes that claim from it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from audit_pipeline.store.store import Store

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Claimant:
    """A child process that claims; see `claimant.py`."""

    process: subprocess.Popen[str]
    ready: bool = False

    def ask(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("claim\n")
        self.process.stdin.flush()

    def answer(self) -> list[Any]:
        assert self.process.stdout is not None
        if not self.ready:
            assert self.process.stdout.readline() == "ready\n"
            self.ready = True
        answer: list[Any] = json.loads(self.process.stdout.readline())
        return answer

    def claim(self) -> list[Any]:
        self.ask()
        return self.answer()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


Start = Callable[[str, str, str], Claimant]


@pytest.fixture
def claimant() -> Iterator[Start]:
    """Start a process that will claim from a store, for a run, a content."""
    started: list[subprocess.Popen[str]] = []

    def start(url: str, run_id: str, content: str) -> Claimant:
        command = [sys.executable, "-m", "audit_pipeline_tests.store.claimant"]
        process = subprocess.Popen(
            [*command, url, run_id, content],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return Claimant(process)

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """Return the URL of a new database of the real PostgreSQL."""
    name = f"audit_{uuid4().hex}"
    server = create_engine(
        postgres_url.replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres_url.replace("/postgres?", f"/{name}?")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a store that is not there yet, on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/results.db"
    found: str = request.getfixturevalue("postgres_database")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A fresh store on each kind of database."""
    opened = Store(url)
    yield opened
    opened.close()
