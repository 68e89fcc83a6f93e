"""Tables of PostgreSQL read where they are: the same types and values as a copy of them has."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pytest

from audit_pipeline.audits.audit import Table, Tables
from audit_pipeline.domain.window import Window
from audit_pipeline.engines.base import Engine, IbisTable
from audit_pipeline.engines.postgres import open_postgres
from audit_pipeline.profiles.engine import IbisBackend, as_code, as_number, md5, open_duckdb
from audit_pipeline.sources.base import Read, Wanted
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline.stages.timing import as_instant
from audit_pipeline_tests.sources.databases.places import Place, new_place

Rows = list[dict[str, Any]]
Expression = Callable[[IbisTable, str], Any]

EVERYTHING = (
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "CREATE DOMAIN share AS float8 CHECK (value <= 1)",
    """CREATE TABLE kinds (
        id int8, i2 int2, i4 int4, o oid, b bool, r real, x float8, share share,
        n numeric, n2 numeric(10, 2), n0 numeric(20, 0), wide numeric(60, 3), m money,
        day date, local timestamp, zoned timestamptz,
        s text, v varchar(9), c char(5), e mood, u uuid, j json, jb jsonb, a int[], by bytea,
        empty float8, nothing text, t time, span interval, inet inet)""",
    """INSERT INTO kinds VALUES
        (1, 1, 1, 1, true, 0.1, 0.1, 0.5, 0.1, 12.34, 7, 1.5, '1.50',
         '2024-01-05', '2024-01-05 10:00:00.5', '2024-01-05 10:00:00.123456+05:30',
         'Zürich', 'a', 'ab', 'ok', '7f3c1c1e-0000-4000-8000-000000000001', '{"a": 1}', '{"a": 1}',
         '{1,2}', '\\x00ff', NULL, NULL, '10:00', '1 day', '10.0.0.1'),
        (2, -2, -2, 2, false, 'NaN', 'NaN', 1, 'NaN', -0.01, 99999999999999999999, -1e50, '-2',
         '1969-12-31', '1969-12-31 23:59:59', '1900-01-01 00:00:00+00',
         '', '', '', 'sad', NULL, '[]', '[]', '{}', '\\x', NULL, NULL, NULL, NULL, NULL),
        (3, NULL, NULL, NULL, NULL, 'Infinity', '-Infinity', NULL, 'Infinity', NULL, NULL, NULL,
         NULL, NULL, NULL, NULL, E'a"b\\n%s $1 {}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL),
        (4, 32767, 2147483647, 4294967295, true, 1e-45, 5e-324, 0, 1e400, 99999999.99, 0, 0, 0,
         '2024-02-29', '2024-02-29', '2024-03-31 01:30:00+01', ' ', ' ', ' ', 'ok', NULL, 'null',
         'null', '{NULL}', NULL, NULL, NULL, NULL, NULL, NULL),
        (5, 0, 0, 0, false, 3.4e38, 1e308, 1, 1e-400, 1, 1, 1, 1, '2024-01-05', '2024-01-05',
         '2024-01-05', 'ok', 'ok', 'ok', 'ok', NULL, '1', '1', '{1}', NULL, NULL, NULL, NULL, NULL,
         NULL)""",
)


@pytest.fixture
def place(postgres_url: str) -> Place:
    """An empty schema of a real server."""
    return new_place(postgres_url)


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    """All rows and columns."""
    return Wanted(folder=tmp_path, audit="loans")


@pytest.fixture
def duckdb(tmp_path: Path) -> Iterator[IbisBackend]:
    """The engine that copies."""
    opened = open_duckdb(tmp_path / "spill")
    yield opened
    opened.disconnect()


@pytest.fixture
def engine(place: Place) -> Iterator[Engine]:
    """The engine that does not: opened once the tables stand."""
    place.run(*EVERYTHING)
    tables = Tables(table=Table(kind="sql", settings=place.table("kinds")))
    with open_postgres("loans", tables) as opened:
        yield opened


def in_place(table: SqlTable, engine: Engine, wanted: Wanted) -> Read:
    """Return a table where it is."""
    return SOURCE.in_place[engine.backend.name](table, engine.backend, wanted)


def rows(table: IbisTable) -> Rows:
    """Return the rows, in the order of their id."""
    found: Rows = table.order_by("id").to_pyarrow().to_pylist()
    return found


def fresh(place: Place, wanted: Wanted, table: SqlTable, *statements: str) -> tuple[Rows, Read]:
    """Return the rows of a table that stands after `statements`, and how it was read."""
    place.run(*statements)
    with open_postgres("loans", Tables(table=Table(kind="sql", settings=table))) as engine:
        read = in_place(table, engine, wanted)
        return rows(read.table), read


def test_each_type_is_that_of_a_copy(
    engine: Engine, duckdb: IbisBackend, place: Place, wanted: Wanted
) -> None:
    copied = SOURCE.read(place.table("kinds"), duckdb, wanted)
    here = in_place(place.table("kinds"), engine, wanted)
    assert here.table.schema() == copied.table.schema()
    assert (here.location, here.whole) == (copied.location, copied.whole)


AS_IT_IS: Expression = lambda table, name: table[name]  # noqa: E731 (a table of expressions)
EXPRESSIONS: dict[str, Expression] = {
    "as it is": AS_IT_IS,
    "as a code": lambda table, name: as_code(table[name]),
    "as text": lambda table, name: table[name].cast("string"),
    "by its hash": lambda table, name: md5(ibis.literal("7:") + as_code(table[name])),
    "as a number": lambda table, name: as_number(table[name]),
    "as a time": lambda table, name: as_instant(table, name, "timestamp"),
    "as a year": lambda table, name: as_instant(table, name, "year"),
}
NUMBERS = ("id", "i2", "i4", "o", "b", "r", "x", "share", "n", "n2", "n0", "wide", "m", "empty")
ONLY = {
    "as a number": NUMBERS,
    "as a time": ("day", "local", "zoned"),
    "as a year": ("i2", "i4", "x", "n", "n2"),
}


@pytest.mark.parametrize("way", EXPRESSIONS)
def test_each_value_is_that_of_a_copy(
    engine: Engine, duckdb: IbisBackend, place: Place, wanted: Wanted, way: str
) -> None:
    copied = SOURCE.read(place.table("kinds"), duckdb, wanted).table
    here = in_place(place.table("kinds"), engine, wanted).table
    names = ONLY.get(way, copied.columns)
    theirs, ours = (
        each.mutate(order=each.id).select(
            "order", *[EXPRESSIONS[way](each, n).name(n) for n in names]
        )
        for each in (copied, here)
    )
    assert told(ours) == told(theirs)


def told(table: IbisTable) -> list[str]:
    """Return the values column by column, as text, in which one NaN is another; 0 has no sign."""
    found = table.order_by("order").to_pyarrow().to_pydict()
    return [f"{name}: {values}".replace("-0.0", "0.0") for name, values in found.items()]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1e15", "1000000000000000.0"),
        ("1234567890123456.5", "1234567890123456.5"),
        ("9999999999999998", "9999999999999998.0"),
        ("1e16", "1e+16"),
        ("-123456789.5", "-123456789.5"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("'-Infinity'", "-inf"),
        ("'NaN'", "nan"),
        ("5e-324", "5e-324"),
    ],
)
def test_a_float_is_written_as_duckdb_writes_it(
    place: Place, wanted: Wanted, duckdb: IbisBackend, number: str, text: str
) -> None:
    query = place.query(f"SELECT 1 AS id, {number}::float8 AS x")
    tables = Tables(table=Table(kind="sql", settings=query))
    with open_postgres("loans", tables) as engine:
        here = in_place(query, engine, wanted).table
        assert rows(here.select("id", x=here.x.cast("string")))[0]["x"] == text
    copied = SOURCE.read(query, duckdb, wanted).table
    assert rows(copied.select("id", x=copied.x.cast("string")))[0]["x"] == text


def test_rows_of_the_window_and_those_without_a_time_are_handed_out(
    place: Place, wanted: Wanted
) -> None:
    asked = replace(wanted, window=january(), timestamp="at", columns=("id",))
    for kind in ("timestamptz", "timestamp", "date"):
        found, read = fresh(
            place,
            asked,
            place.table(f"a_{kind}"),
            f"CREATE TABLE a_{kind} (id int, at {kind})",
            f"INSERT INTO a_{kind} VALUES (1, '2023-12-01'), (2, '2024-01-01'), (3, '2024-01-31'),"
            " (4, '2024-02-15'), (5, NULL), (6, 'infinity')",
        )
        assert [row["id"] for row in found] == [2, 3, 5]
        assert not read.whole


def january() -> Window:
    """Return January in Paris."""
    zone = ZoneInfo("Europe/Paris")
    return Window(
        key="2024-01",
        start=datetime(2024, 1, 1, tzinfo=zone),
        end=datetime(2024, 2, 1, tzinfo=zone),
    )


def test_the_window_is_asked_for_by_its_index(place: Place, wanted: Wanted) -> None:
    table = place.table("events")
    place.run(
        "CREATE TABLE events AS SELECT g AS id, '2020-01-01'::timestamptz + g * interval '1 hour'"
        " AS at FROM generate_series(1, 60000) g",
        "CREATE INDEX ON events (at)",
        "ANALYZE events",
    )
    asked = replace(wanted, window=january(), timestamp="at")
    with open_postgres("loans", Tables(table=Table(kind="sql", settings=table))) as engine:
        text = engine.backend.compile(in_place(table, engine, asked).table.count())
        plan = str(engine.backend.con.execute(f"EXPLAIN {text}").fetchall())
    assert "Index" in plan
    assert "Seq Scan" not in plan


def test_only_the_columns_that_count_are_read(engine: Engine, place: Place, wanted: Wanted) -> None:
    asked = replace(wanted, columns=("id", "S", "missing"))
    table = in_place(place.table("kinds"), engine, asked).table
    assert list(table.columns) == ["id", "s"]  # `s` may be what is meant by `S`


def test_a_look_takes_some_rows(engine: Engine, place: Place, wanted: Wanted) -> None:
    read = in_place(place.table("kinds"), engine, replace(wanted, limit=2))
    assert len(rows(read.table)) == 2
    assert not read.whole


def test_a_query_stands_as_it_was_written(place: Place, wanted: Wanted) -> None:
    query = place.query(
        'WITH o AS (SELECT g, g % 3 AS "a%s {x}" FROM generate_series(1, 6) g) -- ; a note\n'
        "SELECT g AS id, \"a%s {x}\", ';'::char(1) AS sign,"
        " ('{\"k\": [1, 2]}'::jsonb @> '{\"k\": [2]}') AS has FROM o WHERE g OPERATOR(pg_catalog.>)"
        " 4;"
    )
    found, read = fresh(place, wanted, query)
    assert found == [
        {"id": 5, "a%s {x}": 2, "sign": ";", "has": True},
        {"id": 6, "a%s {x}": 0, "sign": ";", "has": True},
    ]
    assert read.location.endswith("(query)")


def test_the_digest_tells_how_the_table_stands_where_that_is_asked(
    place: Place, wanted: Wanted
) -> None:
    table = place.table("loans")
    place.run("CREATE TABLE loans (id int, x int)", "INSERT INTO loans VALUES (1, 1)")
    _, first = fresh(place, wanted, table)
    assert first.sha256 == SOURCE.state(table, wanted).mark
    _, second = fresh(place, wanted, table, "INSERT INTO loans VALUES (2, NULL)")
    assert second.sha256 != first.sha256
    _, third = fresh(place, replace(wanted, marked=False), table)
    assert third.sha256 == ""


def test_a_number_that_is_not_one_makes_a_column_of_decimals_one_of_doubles(
    place: Place, wanted: Wanted
) -> None:
    table = place.table("sums")
    place.run("CREATE TABLE sums (id int, x numeric(6, 2))", "INSERT INTO sums VALUES (1, 1.25)")
    _, read = fresh(place, wanted, table)
    assert read.table.schema()["x"].is_decimal()
    found, read = fresh(place, wanted, table, "INSERT INTO sums VALUES (2, 'NaN')")
    assert read.table.schema()["x"].is_floating()
    assert [str(row["x"]) for row in found] == ["1.25", "nan"]


def test_times_that_python_has_none_for_do_not_cost_the_rows(place: Place, wanted: Wanted) -> None:
    found, _ = fresh(
        place,
        wanted,
        place.query(
            "SELECT * FROM (VALUES (1, 'infinity'), (2, '-infinity'), (3, '0044-03-15 BC'),"
            " (4, '12024-01-01')) AS v (id, said)"
            " CROSS JOIN LATERAL (SELECT said::date AS day, said::timestamp AS local,"
            " said::timestamptz AS zoned) AS times"
        ),
    )
    assert [row["day"].year for row in found] == [9999, 1, 1, 9999]
    assert [row["local"].year for row in found] == [9999, 1, 1, 9999]
    assert found[0]["zoned"] == datetime.max.replace(tzinfo=UTC)


def test_very_long_text_and_many_values_are_counted_there(place: Place, wanted: Wanted) -> None:
    query = place.query(
        "SELECT g AS id, CASE g WHEN 1 THEN repeat('ä', 5000000) ELSE 'c' || g % 10000 END AS s"
        " FROM generate_series(1, 20000) g"
    )
    with open_postgres("loans", Tables(table=Table(kind="sql", settings=query))) as engine:
        table = in_place(query, engine, wanted).table
        assert engine.content is not None
        assert engine.content(table).rows == 20_000
        groups = table.group_by("s").aggregate(n=table.count()).to_pyarrow().to_pylist()
    assert len(groups) == 10_001
    assert max(len(row["s"]) for row in groups) == 5_000_000


def test_text_is_compared_by_its_bytes_whatever_the_databases_language(
    engine: Engine, place: Place, wanted: Wanted
) -> None:
    text = engine.backend.compile(in_place(place.table("kinds"), engine, wanted).table)
    asked = f"SELECT DISTINCT pg_collation_for(s), pg_collation_for(e) FROM ({text}) AS rows"
    assert engine.backend.con.execute(asked).fetchall() == [('"C"', '"C"')]


@pytest.mark.parametrize("rows_in_it", [0, 1])
def test_a_table_of_one_row_or_none_is_a_table(
    place: Place, wanted: Wanted, rows_in_it: int
) -> None:
    found, _ = fresh(
        place,
        wanted,
        place.table("few"),
        "CREATE TABLE few AS SELECT 1 AS id, NULL::text AS s"
        f" FROM generate_series(1, {rows_in_it})",
    )
    assert found == [{"id": 1, "s": None}] * rows_in_it
