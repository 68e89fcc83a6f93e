"""Sessions in PostgreSQL: tagged, limited, dropped, of one state, never writing."""

import threading
from typing import Any

import psycopg
import pytest

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline_tests.sources.databases.places import Place, rows

TAG = "audit-pipeline/loans"
SLOW = (
    "CREATE VIEW slow AS SELECT g AS id, pg_sleep(0.002)::text AS s FROM generate_series(1, 400) g"
)


def test_the_database_shows_whose_query_it_is(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(SLOW)
    seen: list[tuple[Any, ...]] = []

    def look(pid: int) -> None:
        asked = f"SELECT application_name FROM pg_stat_activity WHERE pid = {pid}"
        seen.extend(place.run(asked))

    with place.while_read(TAG, look):
        SOURCE.read(place.table("slow"), backend, everything)
    assert seen == [(TAG,)]


def test_a_read_whose_connection_is_dropped_is_done_once_more(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(SLOW)
    with place.while_read(TAG, lambda pid: place.run(f"SELECT pg_terminate_backend({pid})")):
        read = SOURCE.read(place.table("slow"), backend, everything)
    assert sorted(row["id"] for row in rows(read)) == list(range(1, 401))


def test_a_read_whose_connection_is_dropped_twice_is_an_error(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(SLOW)
    with (
        place.while_read(
            TAG, lambda pid: place.run(f"SELECT pg_terminate_backend({pid})"), times=2
        ),
        pytest.raises(
            SourceError, match=r"the connection was dropped while .* and again at the sec"
        ),
    ):
        SOURCE.read(place.table("slow"), backend, everything)


def test_a_statement_that_takes_too_long_is_stopped_by_the_database(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(SLOW)
    with pytest.raises(SourceError, match=r"longer than the 0\.1 s of `timeout_seconds`"):
        SOURCE.read(place.table("slow", timeout_seconds=0.1), backend, everything)
    with pytest.raises(SourceError, match="longer than"):
        SOURCE.state(place.query("SELECT 1 AS a FROM pg_sleep(9)", timeout_seconds=0.1), everything)


def test_a_view_that_changes_while_it_is_read_gives_one_state(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(
        "CREATE TABLE state (version int, x numeric(9,2))",
        "INSERT INTO state VALUES (1, 'NaN')",  # so that the view is asked twice
        "CREATE VIEW slow AS SELECT g AS id, version, x, pg_sleep(0.001)::text AS s"
        " FROM generate_series(1, 300) g, state",
    )
    changed = threading.Event()

    def change(_: int) -> None:
        place.run("UPDATE state SET version = 2", "INSERT INTO state VALUES (3, 0)")
        changed.set()

    with place.while_read(TAG, change):
        read = SOURCE.read(place.table("slow"), backend, everything)
    assert changed.is_set()
    assert [row["version"] for row in rows(read)] == [1] * 300


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM {s}.t",
        "SELECT 1; DELETE FROM {s}.t",
        "WITH gone AS (DELETE FROM {s}.t RETURNING id) SELECT * FROM gone",
        "SELECT {s}.remove()",
        "SELECT 1) AS a; DELETE FROM {s}.t; SELECT * FROM (SELECT 1",
    ],
)
def test_a_query_that_deletes_changes_nothing(
    query: str, place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(
        "CREATE TABLE t AS SELECT 1 AS id",
        f"CREATE FUNCTION remove() RETURNS int LANGUAGE sql AS 'DELETE FROM {place.schema}.t;"
        " SELECT 1'",
    )
    with pytest.raises(SourceError):
        SOURCE.read(place.query(query), backend, everything)
    with pytest.raises(SourceError):
        SOURCE.state(place.query(query), everything)
    assert place.run("SELECT count(*) FROM t") == [(1,)]


def test_a_read_that_ends_early_leaves_nothing_behind(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(SLOW)
    with pytest.raises(SourceError, match="more rows"):
        SOURCE.read(place.table("slow", max_rows=1), backend, everything)
    with psycopg.connect(place.url) as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        assert connection.execute(asked, (TAG,)).fetchone() == (0,)
