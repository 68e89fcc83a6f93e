"""Whole audits of rows that stay in PostgreSQL, beside audits of a copy of the same rows."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from audit_pipeline.stages import work
from audit_pipeline_tests.sources.databases.places import Place, new_place
from audit_pipeline_tests.stages.loaded import load_table
from audit_pipeline_tests.stages.small import (
    Audited,
    audit,
    begin,
    columns,
    make_baseline,
    measured,
    people,
    settings,
    write_home,
)

AT_WORK = "SELECT pid FROM pg_stat_activity WHERE application_name = 'audit-pipeline/loans'"
MONTHS = {"current": (date(2024, 1, 1), 1), "baseline": (date(2023, 12, 1), 0)}
ODD = """
    ALTER TABLE {0} ALTER id TYPE numeric(12, 0), ALTER sex TYPE smallint,
        ALTER day TYPE timestamptz, ADD balance numeric, ADD limits numeric(20, 2), ADD member bool,
        ADD plan text, ADD since date, ADD visits int, ADD huge float8, ADD nothing float8,
        ADD fixed float8;
    UPDATE {0} SET balance = CASE WHEN id % 50 = 0 THEN 'NaN' WHEN id % 51 = 0 THEN 'Infinity'
            WHEN id % 7 = 0 THEN NULL ELSE id % 1000 * 1.37 END,
        limits = id % 100 * 12345678901234.25, member = CASE WHEN id % 9 > 0 THEN id % 3 = 0 END,
        plan = (ARRAY['Müller', 'a', 'B', '', '-1', NULL])[1 + id % 6],
        since = '2020-01-01'::date + (id % 900)::int, visits = nullif(id % 4, 3)::int,
        huge = (id % 20 - 10) * 1e307, fixed = 7
"""
FEATURES = {
    "income": "numeric",
    "region": "categorical",
    "balance": "numeric",
    "limits": "numeric",
    "member": "categorical",
    "plan": "categorical",
    "since": "categorical",
    "visits": "numeric",
    "huge": "numeric",
    "nothing": "numeric",
    "fixed": "numeric",
}


@pytest.fixture
def place(postgres_url: str) -> Place:
    """A schema with the small audit's two tables."""
    made = new_place(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name, (month, seed) in MONTHS.items():
            load_table(connection, f"{made.schema}.{name}", people(400, month, seed))
    return made


def said(place: Place, engine: str = "postgres", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the small audit, of tables in the schema."""
    tables = {name: {"table": table(place, name)} for name in MONTHS}
    return settings(engine=engine, **(tables | changes))


def table(place: Place, name: str) -> dict[str, Any]:
    """Return what an audit file says of a table."""
    return {"kind": "sql", "url": place.url, "table": f"{place.schema}.{name}"}


def numbers(audited: Audited) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return what was measured: by check and subject, verdict, value and counts."""
    return {
        (o["check"]["name"], o["check"]["subject"]): (
            o["verdict"],
            o["measurement"] and pytest.approx(o["measurement"]["value"], rel=1e-9, abs=1e-12),
            o["measurement"] and o["measurement"]["coverage"]["rows"],
            o["measurement"] and o["measurement"]["coverage"]["used"],
            o["measurement"] and o["measurement"]["coverage"]["left_out"],
        )
        for o in audited.outcomes
    }


def test_an_audit_in_the_database_gives_the_numbers_of_one_of_a_copy(
    place: Place, tmp_path: Path
) -> None:
    for name in MONTHS:
        place.run(ODD.format(name))
    place.run(
        "CREATE TABLE labels AS SELECT id::text AS id, repaid = 1 AS repaid FROM current",
        "INSERT INTO labels SELECT id, true FROM labels LIMIT 3",  # which is right is not known
        "CREATE TABLE log AS SELECT id::int8 AS id, approved, score::numeric AS score FROM current",
    )
    current = {
        "table": table(place, "current"),
        "labels": table(place, "labels"),
        "predictions": table(place, "log"),
    }
    named = columns(features=FEATURES, weight="visits")
    found = {}
    for engine in ("duckdb", "postgres"):
        home = write_home(tmp_path / engine, said(place, engine, current=current, columns=named))
        found[engine] = audit(home)
        assert found[engine].red is None
    copied, there = found["duckdb"], found["postgres"]
    assert numbers(there) == numbers(copied)
    assert there.notes == copied.notes
    engines = {o["measurement"]["coverage"]["engine"] for o in there.outcomes if o["measurement"]}
    assert {name.partition(" ")[0] for name in engines} <= {"postgres", "great_expectations"}
    assert not list(there.folder.rglob("snapshot.parquet"))


def test_rows_that_changed_since_the_snapshot_are_a_gap_and_never_a_number(
    place: Place, tmp_path: Path
) -> None:
    run = begin(write_home(tmp_path, said(place)))
    make_baseline(run.home, run.file)
    taken = work.snapshot(run)
    place.run("UPDATE current SET income = income + 1 WHERE id = (SELECT min(id) FROM current)")
    audited = measured(run, taken)
    reasons = [o["reason"] for o in audited.outcomes if o["check"]["subject"] == "income"]
    assert reasons
    assert all("the rows changed since the snapshot was taken" in str(why) for why in reasons)
    assert audited.verdict == "gap"


def test_a_connection_dropped_in_the_middle_changes_no_number(place: Place, tmp_path: Path) -> None:
    still = audit(write_home(tmp_path / "still", said(place)))
    run = begin(write_home(tmp_path / "dropped", said(place)))
    make_baseline(run.home, run.file)
    with dropped(place) as ended:
        taken = work.snapshot(run)
    with dropped(place) as ended_again:
        audited = measured(run, taken)
    assert len(ended) == len(ended_again) == 1
    assert audited.measurements == still.measurements


@contextmanager
def dropped(place: Place) -> Iterator[list[int]]:
    """End the first of the audit's connections that shows, from a second one."""
    ended: list[int] = []
    done = threading.Event()

    def watch() -> None:
        with psycopg.connect(place.url, autocommit=True) as connection:
            while not done.is_set() and not ended:
                for (pid,) in connection.execute(AT_WORK).fetchmany(1):
                    connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
                    ended.append(pid)
                time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield ended
    finally:
        done.set()
        thread.join()
