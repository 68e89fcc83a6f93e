"""A schema of its own in a real PostgreSQL, and what tests do with it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg

from audit_pipeline.sources.base import Read
from audit_pipeline.sources.databases.settings import SqlTable

READING = "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND query LIKE 'COPY%%'"


def rows(read: Read) -> list[dict[str, Any]]:
    """Return the rows that were read."""
    found: list[dict[str, Any]] = read.table.to_pyarrow().to_pylist()
    return found


def new_place(url: str) -> "Place":
    """Return an empty schema of a server."""
    schema = f"s{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return Place(url, schema)


@dataclass(frozen=True)
class Place:
    """A schema of a server, empty at first."""

    url: str
    schema: str

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as the owner; return the rows of the last."""
        found: list[tuple[Any, ...]] = []
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"SET search_path TO {self.schema}")
            for statement in statements:
                cursor = connection.execute(statement)
                found = cursor.fetchall() if cursor.description else []
        return found

    def table(self, name: str, **more: object) -> SqlTable:
        """Return the settings of a table."""
        return SqlTable.model_validate({"url": self.url, "table": f"{self.schema}.{name}", **more})

    def query(self, text: str, **more: object) -> SqlTable:
        """Return the settings of a query; `{s}` stands for the schema."""
        return SqlTable.model_validate(
            {"url": self.url, "query": text.replace("{s}", self.schema), **more}
        )

    @contextmanager
    def while_read(self, tag: str, act: Callable[[int], object], times: int = 1) -> Iterator[None]:
        """Act, with the server process at work, once each of `times` reads has begun to copy."""
        done = threading.Event()

        def watch() -> None:
            seen: set[int] = set()
            with psycopg.connect(self.url, autocommit=True) as connection:
                while not done.is_set() and len(seen) < times:
                    for (pid,) in connection.execute(READING, (tag,)).fetchall():
                        if pid not in seen:
                            seen.add(pid)
                            act(pid)
                    time.sleep(0.01)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
