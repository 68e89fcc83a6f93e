"""A connection to PostgreSQL that is dropped in the middle of an audit's work."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline.audits.audit import Audit, Table, Tables
from audit_pipeline.audits.engine import PostgresEngine
from audit_pipeline.engines.base import Engine, EngineError
from audit_pipeline.engines.run import on_engine
from audit_pipeline.sources.base import Wanted
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline_tests.sources.databases.places import Place, new_place

Hook = Callable[[Engine], None]


@pytest.fixture
def place(postgres_url: str) -> Place:
    """A schema with one table of a hundred rows."""
    made = new_place(postgres_url)
    made.run("CREATE TABLE loans AS SELECT g AS id FROM generate_series(1, 100) g")
    return made


SAID: dict[str, Any] = {"name": "loans", "engine": PostgresEngine(kind="postgres")}
AUDIT = Audit.model_construct(**SAID)  # of the rest of it nothing is asked


def summed(place: Place, folder: Path, between: Hook) -> int:
    """Return the sum of all ids, with something happening between two statements."""

    def work(engine: Engine) -> int:
        wanted = Wanted(folder=folder, audit="loans")
        rows = SOURCE.in_place["postgres"](place.table("loans"), engine.backend, wanted).table
        between(engine)
        return int(rows.id.sum().execute())

    tables = Tables(table=Table(kind="sql", settings=place.table("loans")))
    return on_engine(AUDIT, tables, folder, work)


def drop(place: Place, engine: Engine) -> None:
    """End the server's process from a second connection."""
    place.run(f"SELECT pg_terminate_backend({engine.backend.con.info.backend_pid}, 5000)")


def test_work_whose_connection_is_dropped_is_done_once_more_and_right(
    place: Place, tmp_path: Path
) -> None:
    begun: list[Engine] = []

    def once(engine: Engine) -> None:
        begun.append(engine)
        if len(begun) == 1:
            drop(place, engine)

    assert summed(place, tmp_path, once) == 5050
    assert len(begun) == 2
    assert begun[0].backend.con is not begun[1].backend.con


def test_work_whose_connection_is_dropped_twice_is_an_error(place: Place, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"was dropped while .* and again at the second try"):
        summed(place, tmp_path, lambda engine: drop(place, engine))


def test_a_connection_that_is_gone_without_a_word_is_one_that_was_dropped(
    place: Place, tmp_path: Path
) -> None:
    begun: list[Engine] = []

    def once(engine: Engine) -> None:
        begun.append(engine)
        if len(begun) == 1:
            engine.backend.con.close()

    assert summed(place, tmp_path, once) == 5050


def test_a_statement_that_somebody_cancelled_is_an_error_and_not_done_again(
    place: Place, tmp_path: Path
) -> None:
    begun: list[Engine] = []

    def cancelled(engine: Engine) -> None:
        begun.append(engine)
        connection = engine.backend.con
        connection.execute(f"SELECT pg_cancel_backend({connection.info.backend_pid})")
        connection.execute("SELECT pg_sleep(9)")

    with pytest.raises(EngineError, match="cancelled by somebody"):
        summed(place, tmp_path, cancelled)
    assert len(begun) == 1
