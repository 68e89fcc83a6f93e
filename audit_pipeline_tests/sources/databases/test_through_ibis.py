"""Databases that only Ibis reaches, tried on what tests can have: a PostgreSQL as Redshift."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline_tests.sources.databases.places import Place

FEBRUARY = Window(
    key="2024-02", start=datetime(2024, 2, 1, tzinfo=UTC), end=datetime(2024, 3, 1, tzinfo=UTC)
)
ONE = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def filled(place: Place) -> Place:
    place.run(
        "CREATE TABLE t (id int, day date, ts timestamp, tz timestamptz, x numeric, who uuid,"
        " y bool)",
        f"""INSERT INTO t VALUES
        (1, '2024-01-30', '2024-01-30', '2024-01-30 00:00+00', 0.5, NULL, NULL),
        (2, '2024-02-10', '2024-02-10', '2024-02-10 00:00+00', 1.5, '{ONE}', true),
        (3, NULL, NULL, NULL, NULL, NULL, false)""",
    )
    return place


def table(place: Place, name: str = "t", **more: object) -> SqlTable:
    return SqlTable.model_validate(
        {"url": redshift(place), "table": f"{place.schema}.{name}", **more}
    )


def redshift(place: Place) -> str:
    return place.url.replace("postgresql", "redshift")


def why(settings: SqlTable, backend: IbisBackend, wanted: Wanted) -> str:
    with pytest.raises(SourceError) as caught:
        SOURCE.read(settings, backend, wanted)
    return str(caught.value)


def test_rows_of_the_window_come_with_their_types(
    filled: Place, everything: Wanted, backend: IbisBackend
) -> None:
    query = SqlTable(url=redshift(filled), query=f"SELECT * FROM {filled.schema}.t; -- all")
    for settings in (table(filled), query):
        for name in ("day", "ts", "tz"):
            asked = replace(everything, window=FEBRUARY, timestamp=name)
            read = SOURCE.read(settings, backend, asked)
            first, second = read.table.order_by("id").to_pyarrow().to_pylist()
            assert first == {
                "id": 2,
                "day": date(2024, 2, 10),
                "ts": datetime(2024, 2, 10),  # noqa: DTZ001 (it has no zone)
                "tz": datetime(2024, 2, 10, tzinfo=UTC),
                "x": 1.5,
                "who": ONE,
                "y": True,
            }
            assert second["id"] == 3  # without a time
            assert not read.whole


def test_a_look_at_some_columns_of_some_rows(
    filled: Place, everything: Wanted, backend: IbisBackend
) -> None:
    some = replace(everything, columns=("id",), limit=2)
    read = SOURCE.read(table(filled), backend, some)
    assert (read.table.count().execute(), read.table.columns, read.whole) == (2, ("id",), False)


def test_its_state_is_that_of_the_window(filled: Place, everything: Wanted) -> None:
    asked = replace(everything, window=FEBRUARY, timestamp="day")
    first = SOURCE.state(table(filled, watermark="tz"), asked)
    assert (first.rows, first.landed, first.complete) == (1, True, False)
    assert SOURCE.state(table(filled), asked).complete is None
    filled.run("INSERT INTO t (id, tz) VALUES (4, '2024-03-01 00:00+00')")
    second = SOURCE.state(table(filled, watermark="tz"), asked)
    assert (second.complete, second.mark) == (True, first.mark)


def test_the_database_shows_whose_query_it_is(
    filled: Place, everything: Wanted, backend: IbisBackend
) -> None:
    filled.run(
        "CREATE VIEW seen AS SELECT application_name AS tag, statement"
        " FROM pg_stat_activity, pg_cursors WHERE pid = pg_backend_pid()"
    )
    read = SOURCE.read(table(filled, "seen"), backend, everything)
    (row,) = read.table.to_pyarrow().to_pylist()
    assert row["tag"] == "audit-pipeline/loans"
    assert "/* audit-pipeline/loans */" in row["statement"]


def test_nothing_is_written_and_what_is_wrong_is_said_in_words_of_ours(
    filled: Place, everything: Wanted, backend: IbisBackend
) -> None:
    filled.run(
        f"CREATE FUNCTION remove() RETURNS int LANGUAGE sql AS 'DELETE FROM {filled.schema}.t;"
        " SELECT 1'",
        f"CREATE VIEW gone AS SELECT {filled.schema}.remove() AS n",
        "CREATE VIEW names AS SELECT ('Jane' || id)::int AS n FROM t",
    )
    assert "ReadOnlySqlTransaction" in why(table(filled, "gone"), backend, everything)
    assert filled.run("SELECT count(*) FROM t") == [(3,)]
    said = why(table(filled, "names"), backend, everything)
    assert "InvalidTextRepresentation" in said
    assert "Jane" not in said
    assert "did you mean 'names'?" in why(table(filled, "name"), backend, everything)
    drop = SqlTable(url=redshift(filled), query="DROP TABLE t")
    assert "must be one SELECT" in why(drop, backend, everything)


def test_a_statement_that_takes_too_long_is_stopped(
    filled: Place, everything: Wanted, backend: IbisBackend
) -> None:
    filled.run("CREATE VIEW slow AS SELECT pg_sleep(9)::text AS s")
    said = why(table(filled, "slow", timeout_seconds=1), backend, everything)
    assert "QueryCanceled" in said


def test_a_missing_driver_is_named_with_what_installs_it(
    everything: Wanted, backend: IbisBackend
) -> None:
    settings = SqlTable(url="mysql://reader@127.0.0.1:1/loans", table="t")
    expected = "needs its driver: pip install 'ibis-framework[mysql]'"
    assert expected in why(settings, backend, everything)
