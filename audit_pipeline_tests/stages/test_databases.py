"""An audit whose rows, predictions, labels and baseline are tables of a real PostgreSQL."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.stages.checking import check_audit, examine
from audit_pipeline.stages.snapshot import take_snapshot
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    JANUARY,
    NAME,
    audit,
    begin,
    people,
    settings,
    write_home,
)

EVERYONE = pa.concat_tables([people(), people(month=date(2024, 2, 1), seed=2)])
TABLES = {
    "applications": EVERYONE.select(["id", "day", "income", "region", "sex"]),
    "decisions": EVERYONE.select(["id", "score", "approved"]),
    "repayments": EVERYONE.select(["id", "repaid"]),
    "approved_on": people(month=date(2023, 12, 1), seed=0),
}
TYPES = {"int64": "bigint", "double": "double precision", "string": "text", "date32[day]": "date"}


@pytest.fixture
def database(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS lending CASCADE")
        connection.execute("CREATE SCHEMA lending")
        for name, table in TABLES.items():
            connection.execute(f"CREATE TABLE lending.{name} ({declared(table)})")
            with connection.cursor().copy(f"COPY lending.{name} FROM STDIN") as copy:
                for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                    copy.write_row(row)
        yield connection


def told(where: Mapping[str, Any]) -> dict[str, Any]:
    """Return the audit file of four tables, each at the place that `where` says by its name."""
    roles = {"table": "applications", "predictions": "decisions", "labels": "repayments"}
    return settings(
        current={role: where[name] for role, name in roles.items()},
        baseline={"table": where["approved_on"]},
    )


def in_postgres(url: str) -> dict[str, Any]:
    return {name: {"kind": "sql", "url": url, "table": f"lending.{name}"} for name in TABLES}


def written(folder: Path) -> dict[str, Any]:
    """Write the tables as files; return where they are, as the audit file says it."""
    folder.mkdir()
    for name, table in TABLES.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return {name: {"kind": "parquet", "path": f"../{name}.parquet"} for name in TABLES}


def types_of(table: pa.Table) -> list[tuple[str, Any]]:
    return [(each.name, each.type) for each in table.schema]


def declared(table: pa.Table) -> str:
    """Return the columns as SQL declares them."""
    return ", ".join(f'"{name}" {TYPES[str(kind)]}' for name, kind in types_of(table))


def as_kept(kind: pa.DataType) -> pa.DataType:
    """Return the type by which SQLite keeps a column: it has none for dates."""
    return pa.string() if pa.types.is_date(kind) else kind


def test_tables_of_a_database_give_the_same_measurements_as_files_of_the_same_rows(
    database: psycopg.Connection, postgres_url: str, tmp_path: Path
) -> None:
    of_files = audit(write_home(tmp_path / "files", told(written(tmp_path / "files"))), FEBRUARY)
    home = write_home(tmp_path / "database", told(in_postgres(postgres_url)))
    audited = audit(home, FEBRUARY)
    assert audited.red is None
    assert audited.record["snapshot"]["rows"] == audited.record["snapshot"]["labelled"] == 1500
    assert audited.measurements == of_files.measurements
    assert audited.notes == []
    places = [source["location"] for source in audited.record["snapshot"]["sources"]]
    assert [place.partition(" ")[2] for place in places] == [
        "(table lending.applications)",
        "(table lending.decisions)",
        "(table lending.repayments)",
    ]
    assert "postgres@" not in audited.report


def test_the_same_rows_are_audited_once_and_late_labels_again(
    database: psycopg.Connection, postgres_url: str, tmp_path: Path
) -> None:
    database.execute("DELETE FROM lending.repayments WHERE id % 3 = 0")
    home = write_home(tmp_path, told(in_postgres(postgres_url)))
    first = audit(home)
    assert first.record["snapshot"]["labelled"] == 1000
    database.execute("INSERT INTO lending.approved_on SELECT * FROM lending.approved_on")
    assert audit(home).revision == first.revision  # the baseline was taken once, and stays
    rows = [(row["id"], row["repaid"]) for row in TABLES["repayments"].to_pylist()]
    with database.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO lending.repayments VALUES (%s, %s)", [r for r in rows if r[0] % 3 == 0]
        )
    second = audit(home)
    assert second.revision == first.revision + 1
    assert second.record["snapshot"]["labelled"] == 1500


def taken(home: Home, window: str) -> SnapshotRecord:
    """Take the window's snapshot, and nothing more."""
    run = begin(home, window)
    return take_snapshot(run.audit, run.audit.current, home.path / "taken", run.window)


def test_a_table_that_is_not_there_costs_its_columns_and_is_said(
    database: psycopg.Connection, postgres_url: str, tmp_path: Path
) -> None:
    where = in_postgres(postgres_url)
    where["repayments"] |= {"table": "lending.repayment"}
    home = write_home(tmp_path, told(where))
    why = "there is no table 'lending.repayment'; did you mean 'repayments'?"
    said = f"the column 'repaid' is missing: {why}"
    assert taken(home, JANUARY).notes == (said,)
    assert said in "\n".join(check_audit(home, NAME))


def test_an_sqlite_file_beside_the_audit_file_is_read(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "loans.db")) as connection:
        for name, table in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({declared(table)})")
            rows = table.cast(pa.schema([(n, as_kept(k)) for n, k in types_of(table)]))
            marks = ", ".join("?" * rows.num_columns)
            each = zip(*(column.to_pylist() for column in rows.columns), strict=True)
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", each)
        connection.commit()
    where = {
        name: {"kind": "sql", "url": "sqlite:///../loans.db", "table": name} for name in TABLES
    }
    home = write_home(tmp_path, told(where))
    assert check_audit(home, NAME) == []
    of_files = write_home(tmp_path / "files", told(written(tmp_path / "files")))
    assert taken(home, JANUARY).fingerprint == taken(of_files, JANUARY).fingerprint


def test_a_look_at_the_first_rows_of_tables_in_other_orders_is_no_problem(
    database: psycopg.Connection, postgres_url: str, tmp_path: Path
) -> None:
    strangers = "generate_series(1000000, 1015000)"
    for table, names, values in (
        ("decisions", "id, score, approved", "i, 0.5, 1"),
        ("repayments", "id, repaid", "i, 1"),
    ):
        database.execute(f"CREATE TABLE lending.own AS SELECT * FROM lending.{table}")
        database.execute(f"TRUNCATE lending.{table}")
        database.execute(
            f"INSERT INTO lending.{table} ({names}) SELECT {values} FROM {strangers} i"
        )
        database.execute(f"INSERT INTO lending.{table} SELECT * FROM lending.own")
        database.execute("DROP TABLE lending.own")
    found = examine(write_home(tmp_path, told(in_postgres(postgres_url))), NAME)
    assert found.problems == []
    assert "current: 100.0% of the rows find their labels by 'id'" in found.facts


def test_what_the_first_rows_lack_is_said_of_them_and_is_no_problem(
    database: psycopg.Connection, postgres_url: str, tmp_path: Path
) -> None:
    database.execute(
        "INSERT INTO lending.approved_on"
        " SELECT i, '2023-12-01', 1, 'north', 1, 0.5, 1, (i < 20000)::int"
        " FROM generate_series(10000, 30000) i"
    )
    database.execute("DELETE FROM lending.approved_on WHERE id < 10000 OR sex = 2")
    database.execute("CREATE TABLE lending.kept AS SELECT * FROM lending.approved_on ORDER BY id")
    where = in_postgres(postgres_url)
    where["approved_on"] |= {"query": "SELECT * FROM lending.kept WHERE region = 'north'"}
    del where["approved_on"]["table"]
    database.execute("UPDATE lending.kept SET region = 'south' WHERE repaid = 0 AND id < 20000")
    found = examine(write_home(tmp_path, told(where)), NAME)
    assert found.problems == []
    begins = "baseline, by its first 10,000 rows: the target 'repaid' has one class only"
    assert [said for said in found.warnings if said.startswith(begins)]
    assert "baseline: 10,000 rows looked at, not all there are" in found.facts
