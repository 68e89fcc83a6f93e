"""Values, names and sizes of PostgreSQL's tables."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline_tests.sources.databases.places import Place, rows


def test_values_and_types_survive(place: Place, everything: Wanted, backend: IbisBackend) -> None:
    place.run(
        "CREATE TYPE mood AS ENUM ('glad', 'sad')",
        "CREATE DOMAIN percent AS integer CHECK (VALUE <= 100)",
        """CREATE TABLE t (i bigint, s smallint, n numeric(12,2), u numeric, x double precision,
        r real, b boolean, t text, c char(4), d date, ts timestamp, tz timestamptz, id uuid,
        j jsonb, a int[], y bytea, m mood, p percent, v interval, k time)""",
        """INSERT INTO t VALUES (9007199254740993, -3, 12.30, 0.1, 0.1, 0.5, true, E'a"b,\n\\\\.',
        'ab', '2024-02-29', '2024-03-31 02:30:00.123456', '2024-03-31 02:30:00.123456+05:30',
        '00000000-0000-0000-0000-000000000001', '{"a": 1}', '{1,2}', '\\x00ff', 'glad', 7,
        '1 day 2 hours', '12:30')""",
        "INSERT INTO t (t) VALUES ('')",
        "INSERT INTO t VALUES (NULL)",
    )
    read = SOURCE.read(place.table("t"), backend, everything)
    assert {name: str(kind) for name, kind in read.table.schema().items()} == {
        "i": "int64",
        "s": "int16",
        "n": "decimal(12, 2)",
        "u": "float64",
        "x": "float64",
        "r": "float32",
        "b": "boolean",
        "t": "string",
        "c": "string",
        "d": "date",
        "ts": "timestamp(6)",
        "tz": "timestamp('UTC', 6)",
        "id": "string",
        "j": "string",
        "a": "string",
        "y": "string",
        "m": "string",
        "p": "int32",
        "v": "string",
        "k": "string",
    }
    first, empty, nothing = rows(read)
    assert first == {
        "i": 9007199254740993,
        "s": -3,
        "n": Decimal("12.30"),
        "u": 0.1,
        "x": 0.1,
        "r": 0.5,
        "b": True,
        "t": 'a"b,\n\\.',
        "c": "ab",
        "d": date(2024, 2, 29),
        "ts": datetime(2024, 3, 31, 2, 30, 0, 123456),  # noqa: DTZ001 (it has no zone)
        "tz": datetime(2024, 3, 30, 21, 0, 0, 123456, tzinfo=UTC),
        "id": "00000000-0000-0000-0000-000000000001",
        "j": '{"a": 1}',
        "a": "{1,2}",
        "y": "\\x00ff",
        "m": "glad",
        "p": 7,
        "v": "1 day 02:00:00",
        "k": "12:30:00",
    }
    assert empty["t"] == ""
    assert set(nothing.values()) == {None}


def test_what_is_no_number_stays_none_and_what_is_infinite_stays_so(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(
        """CREATE TABLE t AS SELECT * FROM (VALUES
        (1, 'NaN'::float8, 'NaN'::numeric(9,2), 2::numeric(9,2), 'infinity'::timestamptz,
         'infinity'::date, 'NaN'::numeric),
        (2, 'infinity', 1.25, 3, '-infinity', '-infinity', 'infinity')
        ) AS v (id, x, n, m, tz, d, u)"""
    )
    place.run("ALTER TABLE t ALTER n TYPE numeric(9,2), ALTER m TYPE numeric(9,2)")
    read = SOURCE.read(place.table("t"), backend, everything)
    numbers = read.table.select("x", "n", "m", "u")  # Python has no infinite dates
    first, second = numbers.to_pyarrow().to_pylist()
    assert math.isnan(first["x"])
    assert math.isnan(first["n"])  # a decimal could not say so: this column came as doubles
    assert math.isnan(first["u"])
    assert (second["x"], second["n"], second["u"]) == (math.inf, 1.25, math.inf)
    assert (first["m"], second["m"]) == (Decimal(2), Decimal(3))
    texts = read.table.select(tz=read.table.tz.cast("string"), d=read.table.d.cast("string"))
    assert texts.to_pyarrow().to_pylist() == [
        {"tz": "infinity", "d": "infinity"},
        {"tz": "-infinity", "d": "-infinity"},
    ]


def test_a_column_of_nulls_alone_keeps_its_rows(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run("CREATE TABLE t (x float8)", "INSERT INTO t VALUES (NULL), (NULL), (NULL)")
    assert rows(SOURCE.read(place.table("t"), backend, everything)) == [{"x": None}] * 3


def test_a_table_of_no_rows_has_its_columns(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run("CREATE TABLE t (id int, tz timestamptz)")
    read = SOURCE.read(place.table("t"), backend, everything)
    assert read.table.count().execute() == 0
    assert list(read.table.columns) == ["id", "tz"]
    assert not SOURCE.state(place.table("t"), everything).landed


def test_1600_columns_are_read(place: Place, everything: Wanted, backend: IbisBackend) -> None:
    columns = ", ".join(f"c{n} float4" for n in range(1600))
    place.run(f"CREATE TABLE wide ({columns})", "INSERT INTO wide (c0, c1599) VALUES (0.5, 1.5)")
    read = SOURCE.read(place.table("wide"), backend, everything)
    assert len(read.table.columns) == 1600
    assert read.table.select("c0", "c1599").to_pyarrow().to_pylist() == [{"c0": 0.5, "c1599": 1.5}]
    assert SOURCE.state(place.table("wide"), everything).rows == 1


def test_columns_wanted_come_and_one_of_a_like_name_for_a_missing_one(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(
        "CREATE TABLE t (id int, income int, region text)", "INSERT INTO t VALUES (1, 2, 'n')"
    )
    some = replace(everything, columns=("id", "Income", "score"))
    assert rows(SOURCE.read(place.table("t"), backend, some)) == [{"id": 1, "income": 2}]
    none = replace(everything, columns=("score",))
    assert rows(SOURCE.read(place.table("t"), backend, none)) == [{"id": 1}]


def test_names_with_dots_quotes_and_percent_signs_are_names(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run('CREATE TABLE "My.Loans" ("a ""b"" %s {x}" int)', 'INSERT INTO "My.Loans" VALUES (4)')
    assert rows(SOURCE.read(place.table('"My.Loans"'), backend, everything)) == [
        {'a "b" %s {x}': 4}
    ]


def test_a_query_is_read_as_it_stands(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    query = (
        "WITH a AS (SELECT '100 %; {x}' AS t) SELECT t, 1::numeric(3,1) AS n FROM a; -- all of it"
    )
    read = SOURCE.read(place.query(query), backend, everything)
    assert rows(read) == [{"t": "100 %; {x}", "n": Decimal("1.0")}]
    assert read.location.endswith("(query)")


def test_a_look_at_some_rows_is_no_whole_table(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run("CREATE TABLE t AS SELECT generate_series(1, 100) AS id")
    read = SOURCE.read(place.table("t"), backend, replace(everything, limit=7))
    assert (read.table.count().execute(), read.whole) == (7, False)


def test_more_rows_than_allowed_are_an_error_and_none_is_cut_off(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run("CREATE TABLE t AS SELECT generate_series(1, 100) AS id")
    with pytest.raises(SourceError, match=r"more rows than the 99 of `max_rows`"):
        SOURCE.read(place.table("t", max_rows=99), backend, everything)
    assert SOURCE.read(place.table("t", max_rows=100), backend, everything).table.count().execute()


def test_rows_are_copied_piece_by_piece(
    place: Place, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit_pipeline.sources.databases.postgres_copy.ROWS", 1000)
    place.run(
        "CREATE TABLE t AS SELECT g AS id, repeat('x', g % 50) AS t"
        " FROM generate_series(1, 12345) g"
    )
    read = SOURCE.read(place.table("t"), backend, everything)
    found = (
        read.table.aggregate(n=read.table.count(), s=read.table.id.sum()).to_pyarrow().to_pylist()
    )
    assert found == [{"n": 12345, "s": 12345 * 12346 // 2}]


def test_money_is_a_number(place: Place, everything: Wanted, backend: IbisBackend) -> None:
    place.run("CREATE TABLE t (m money)", "INSERT INTO t VALUES ('1234.50'), (NULL)")
    assert rows(SOURCE.read(place.table("t"), backend, everything)) == [{"m": 1234.5}, {"m": None}]
