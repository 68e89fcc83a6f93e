"""Reading SQLite files, whatever their columns hold."""

import contextlib
import hashlib
import math
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.databases.sqlite_values import Holding
from audit_pipeline.sources.kinds.sql import SOURCE

THOUSAND = (
    "INSERT INTO t WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000)"
    " SELECT 1 FROM n"
)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "loans.db"


def run(file: Path, *statements: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    with contextlib.closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        connection.commit()
    return rows


def table(file: Path, name: str = "t", **more: object) -> SqlTable:
    return SqlTable.model_validate({"url": f"sqlite:///{file}", "table": name, **more})


def query(file: Path, text: str, **more: object) -> SqlTable:
    return SqlTable.model_validate({"url": f"sqlite:///{file}", "query": text, **more})


def read(settings: SqlTable, backend: IbisBackend, wanted: Wanted) -> tuple[dict[str, str], Any]:
    found = SOURCE.read(settings, backend, wanted).table
    types = {name: str(kind) for name, kind in found.schema().items()}
    return types, found.to_pyarrow().to_pylist()


def why(settings: SqlTable, backend: IbisBackend, wanted: Wanted) -> str:
    with pytest.raises(SourceError) as caught:
        SOURCE.read(settings, backend, wanted)
    return str(caught.value)


def test_values_come_as_the_types_they_are(
    file: Path, everything: Wanted, backend: IbisBackend
) -> None:
    run(
        file,
        """CREATE TABLE t (id INTEGER, income REAL, price DECIMAL(10,2), name TEXT, gone BOOLEAN,
        day DATE, at TIMESTAMP, zoned DATETIME, raw BLOB, untyped)""",
        """INSERT INTO t VALUES (9007199254740993, 5, 3, 'é', 1, '2024-02-29',
        '2024-02-29 12:00:00.5', '2024-02-29T12:00:00+05:30', x'00ff', 7)""",
        """INSERT INTO t VALUES (2, 0.1, 2.5, '', 0, NULL,
        '2024-02-29', '2024-02-29T12:00:00Z', NULL, NULL)""",
        "INSERT INTO t (income) VALUES (9e999)",
    )
    types, rows = read(table(file), backend, everything)
    assert types == {
        "id": "int64",
        "income": "float64",
        "price": "float64",
        "name": "string",
        "gone": "boolean",
        "day": "date",
        "at": "timestamp(6)",
        "zoned": "timestamp('UTC', 6)",
        "raw": "string",
        "untyped": "int64",
    }
    assert rows[0] == {
        "id": 9007199254740993,
        "income": 5.0,
        "price": 3.0,
        "name": "é",
        "gone": True,
        "day": date(2024, 2, 29),
        "at": datetime(2024, 2, 29, 12, 0, 0, 500_000),  # noqa: DTZ001 (it has no zone)
        "zoned": datetime(2024, 2, 29, 6, 30, tzinfo=UTC),
        "raw": "00FF",
        "untyped": 7,
    }
    assert (rows[1]["name"], rows[1]["day"]) == ("", None)
    assert rows[2]["income"] == math.inf


def test_text_among_numbers_makes_a_column_text_and_loses_nothing(
    file: Path, everything: Wanted, backend: IbisBackend
) -> None:
    run(file, "CREATE TABLE t (age INTEGER, at TIMESTAMP)")
    run(file, "INSERT INTO t VALUES (41, '2024-01-01'), ('unknown', '1.2.2024'), (1.5, NULL)")
    types, rows = read(table(file), backend, everything)
    assert types == {"age": "string", "at": "string"}
    assert [row["age"] for row in rows] == ["41", "unknown", "1.5"]


def test_columns_of_nulls_alone_are_what_they_are_declared_as(
    file: Path, everything: Wanted, backend: IbisBackend
) -> None:
    run(
        file,
        "CREATE TABLE t (i INT, x DOUBLE, b BOOL, d DATE, at DATETIME, t VARCHAR(9))",
        "INSERT INTO t (i) VALUES (NULL)",
    )
    assert read(table(file), backend, everything)[0] == {
        "i": "int64",
        "x": "float64",
        "b": "boolean",
        "d": "date",
        "at": "timestamp(6)",
        "t": "string",
    }
    assert read(table(file), backend, replace(everything, columns=("x",)))[1] == [{"x": None}]


def test_the_window_is_exact_and_rows_without_a_readable_time_come_too(
    file: Path, everything: Wanted, backend: IbisBackend
) -> None:
    run(
        file,
        "CREATE TABLE t (id INT, at DATETIME)",
        # the midnights of Paris around 31 March 2024, a day of 23 hours
        """INSERT INTO t VALUES (1, '2024-03-30T23:00:00Z'), (2, '2024-03-31 18:00:00-04:00'),
        (3, '2024-03-31T21:59:59+00:00'), (4, '2024-03-30T22:59:59Z'), (5, NULL)""",
    )
    day = Window(
        key="2024-03-31",
        start=datetime(2024, 3, 31, tzinfo=PARIS),
        end=datetime(2024, 4, 1, tzinfo=PARIS),
    )
    wanted = replace(everything, window=day, timestamp="at")
    found = SOURCE.read(table(file), backend, wanted)
    assert sorted(found.table.to_pyarrow()["id"].to_pylist()) == [1, 3, 5]
    assert not found.whole
    assert SOURCE.state(table(file), wanted).rows == 2
    run(file, "INSERT INTO t VALUES (6, 'yesterday')")  # then the column is text, and it is said so
    assert read(table(file), backend, wanted)[0]["at"] == "string"
    assert SOURCE.state(table(file), wanted).rows == 3


def test_a_watermark_says_when_a_window_is_complete(file: Path, everything: Wanted) -> None:
    run(file, "CREATE TABLE t (day DATE, loaded DATETIME, version INT)")
    january = Window(
        key="2024-01", start=datetime(2024, 1, 1, tzinfo=UTC), end=datetime(2024, 2, 1, tzinfo=UTC)
    )
    wanted = replace(everything, window=january, timestamp="day")
    settings = table(file, watermark="loaded")
    assert SOURCE.state(settings, wanted).complete is False
    run(file, "INSERT INTO t VALUES ('2024-01-05', '2024-01-31 23:00', 1)")
    first = SOURCE.state(settings, wanted)
    assert (first.landed, first.complete) == (True, False)
    run(file, "UPDATE t SET loaded = '2024-02-01 00:00'")
    second = SOURCE.state(settings, wanted)
    assert second.complete
    assert second.mark != first.mark
    assert SOURCE.state(table(file, watermark="version"), wanted).complete is None


def test_2000_columns_are_read(file: Path, everything: Wanted, backend: IbisBackend) -> None:
    run(file, f"CREATE TABLE t ({', '.join(f'c{n} REAL' for n in range(2000))})")
    run(file, "INSERT INTO t (c0, c1999) VALUES (0.5, 1.5)")
    found = SOURCE.read(table(file), backend, everything).table
    assert len(found.columns) == 2000
    assert found.select("c0", "c1999").to_pyarrow().to_pylist() == [{"c0": 0.5, "c1999": 1.5}]


def test_a_query_keeps_the_types_of_the_columns_it_passes_on(
    file: Path, everything: Wanted, backend: IbisBackend
) -> None:
    run(file, "CREATE TABLE t (day DATE, x INT)", "INSERT INTO t VALUES ('2024-01-05', 2)")
    types, rows = read(
        query(file, "SELECT day, x * 0.5 AS half FROM t; -- all"), backend, everything
    )
    assert types == {"day": "date", "half": "float64"}
    assert rows == [{"day": date(2024, 1, 5), "half": 1.0}]


@pytest.mark.parametrize(
    "text", ["DELETE FROM t", "SELECT 1; DELETE FROM t", "PRAGMA user_version"]
)
def test_the_file_is_never_written(
    text: str, file: Path, everything: Wanted, backend: IbisBackend
) -> None:
    run(file, "CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)")
    before = hashlib.sha256(file.read_bytes()).digest()
    why(query(file, text), backend, everything)
    read(table(file), backend, everything)
    assert hashlib.sha256(file.read_bytes()).digest() == before
    assert [each.name for each in file.parent.glob("loans.db*")] == ["loans.db"]


def test_a_table_that_changes_while_it_is_read_gives_one_state(
    file: Path, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit_pipeline.sources.databases.sqlite.ROWS", 10)
    run(file, "PRAGMA journal_mode = WAL", "CREATE TABLE t (version INT)")
    run(file, THOUSAND)
    changed = threading.Event()

    def change() -> None:
        run(file, "UPDATE t SET version = 2")
        changed.set()

    array = Holding.array

    def slowly(self: Holding, values: Sequence[object]) -> object:
        if not changed.is_set():
            change()
        return array(self, values)

    monkeypatch.setattr(Holding, "array", slowly)
    rows = read(table(file), backend, everything)[1]
    assert changed.is_set()
    assert [row["version"] for row in rows] == [1] * 1000


def test_what_is_wrong_is_said(
    file: Path, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is no file" in why(table(file), backend, everything)
    file.write_text("id,name\n1,Jane Doe\n" * 100)
    assert "is no SQLite database" in why(table(file), backend, everything)
    file.unlink()
    run(file, "CREATE TABLE loans (id INT)", "INSERT INTO loans VALUES (1)")
    assert "no table 'lones'; did you mean 'loans'?" in why(
        table(file, "lones"), backend, everything
    )
    assert 'near "loans": syntax error' in why(
        query(file, "SELECT id form loans"), backend, everything
    )
    assert "no such column: nme" in why(query(file, "SELECT nme FROM loans"), backend, everything)
    assert "more rows than the" in why(
        query(file, "SELECT 1 AS a UNION SELECT 2", max_rows=1), backend, everything
    )
    forever = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    slow = query(file, forever, timeout_seconds=0.1)
    assert "longer than the 0.1 s of `timeout_seconds`" in why(slow, backend, everything)


def test_text_that_is_not_utf_8_is_said_without_it(
    file: Path, everything: Wanted, backend: IbisBackend
) -> None:
    run(file, "CREATE TABLE t (name TEXT)", "INSERT INTO t VALUES (CAST(x'4a616e65ff' AS TEXT))")
    said = why(table(file), backend, everything)
    assert "text that is not UTF-8" in said
    assert "Jane" not in said


def test_a_file_that_a_writer_holds_is_waited_for_and_then_said(
    file: Path, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit_pipeline.sources.databases.sqlite.BUSY_SECONDS", 0.1)
    run(file, "CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)")
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert "kept the file locked" in why(table(file), backend, everything)


def test_a_relative_file_in_the_environment_is_refused(
    everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LENDING", "sqlite:///loans.db")
    said = why(SqlTable(url_env="LENDING", table="t"), backend, everything)
    assert "LENDING names a file that is not absolute" in said
