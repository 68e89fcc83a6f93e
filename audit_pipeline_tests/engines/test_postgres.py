"""PostgreSQL as an engine: one transaction that reads, and what its rows come to."""

from pathlib import Path

import ibis
import psycopg
import pytest

from audit_pipeline.audits.audit import Table, Tables
from audit_pipeline.audits.settings import Settings
from audit_pipeline.engines.base import Content, Engine, EngineError, IbisTable
from audit_pipeline.engines.postgres import open_postgres
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.kinds.parquet import SOURCE as PARQUET
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline_tests.sources.databases.places import Place, new_place

LOANS = (
    "CREATE TABLE loans (id int, x float8, s text)",
    "INSERT INTO loans VALUES (1, 0.5, 'one'), (2, 'NaN', ''), (3, NULL, NULL)",
)


@pytest.fixture
def place(postgres_url: str) -> Place:
    """An empty schema of a real server."""
    return new_place(postgres_url)


def tables(table: Settings, kind: str = "sql", **others: Table) -> Tables:
    """Return a data set of one table, and maybe others."""
    return Tables(table=Table(kind=kind, settings=table), **others)


def there(engine: Engine, table: SqlTable) -> IbisTable:
    """Return a table where it is."""
    wanted = Wanted(folder=Path("unused"), audit="loans")
    return SOURCE.in_place[engine.backend.name](table, engine.backend, wanted).table


def content(engine: Engine, table: SqlTable) -> Content:
    """Return what the rows of a table come to."""
    assert engine.content is not None
    return engine.content(there(engine, table))


def test_the_engine_reads_in_one_tagged_transaction_of_one_state(place: Place) -> None:
    place.run(*LOANS)
    names = (
        "transaction_isolation",
        "transaction_read_only",
        "statement_timeout",
        "TimeZone",
        "extra_float_digits",
        "application_name",
        "client_connection_check_interval",
    )
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    with open_postgres("loans", tables(place.table("loans", timeout_seconds=7))) as engine:
        there(engine, place.table("loans")).count().execute()
        (row,) = engine.backend.con.execute(f"SELECT {asked}").fetchall()
        connection = engine.backend.con
        assert engine.in_place
        assert engine.name.startswith("postgres ")
    assert row == ("repeatable read", "on", "7s", "UTC", "3", "audit-pipeline/loans", "5s")
    assert connection.closed


def test_a_join_is_never_done_once_per_row(place: Place) -> None:
    place.run(*LOANS)
    with open_postgres("loans", tables(place.table("loans"))) as engine:
        rows = there(engine, place.table("loans"))
        once = rows.group_by("id").aggregate(n=rows.count()).filter(ibis._.n == 1)
        text = engine.backend.compile(rows.left_join(once, "id"))
        plan = str(engine.backend.con.execute(f"EXPLAIN {text}").fetchall())
    assert "Nested Loop" not in plan  # which took 25 s for 1,500 rows


def test_content_is_of_all_rows_whatever_their_order(place: Place) -> None:
    place.run(*LOANS, "CREATE TABLE again AS SELECT * FROM loans ORDER BY id DESC")
    with open_postgres("loans", tables(place.table("loans"))) as engine:
        first, again = content(engine, place.table("loans")), content(engine, place.table("again"))
    assert first == again
    assert first.rows == 3
    assert first.method.startswith("postgres hash_record_extended ")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE loans SET s = NULL WHERE id = 2",
        "UPDATE loans SET x = 0.5000000000000001 WHERE id = 1",
        "UPDATE loans SET x = 'NaN' WHERE id = 3",
        "DELETE FROM loans WHERE id = 3",
        "INSERT INTO loans VALUES (4, NULL, NULL)",
        "DROP TABLE loans; CREATE TABLE loans AS SELECT 1 AS id, 0.5::float8 AS x, 'one' AS s",
    ],
)
def test_content_differs_when_any_value_does(place: Place, change: str) -> None:
    place.run(*LOANS)
    found = []
    for _ in range(2):
        with open_postgres("loans", tables(place.table("loans"))) as engine:
            found.append(content(engine, place.table("loans")))
        place.run(*change.split("; "))
    assert found[0].digest != found[1].digest


def test_an_empty_table_has_a_content(place: Place) -> None:
    place.run(LOANS[0])
    with open_postgres("loans", tables(place.table("loans"))) as engine:
        found = content(engine, place.table("loans"))
    assert (found.rows, found.digest) == (0, "0" * 32)


def test_what_others_write_meanwhile_is_not_seen(place: Place) -> None:
    place.run(*LOANS)
    with open_postgres("loans", tables(place.table("loans"))) as engine:
        before = content(engine, place.table("loans"))
        place.run("DELETE FROM loans WHERE id > 1")
        assert content(engine, place.table("loans")) == before
    with open_postgres("loans", tables(place.table("loans"))) as engine:
        assert content(engine, place.table("loans")).rows == 1


def test_a_table_that_is_missing_leaves_the_others_readable(place: Place) -> None:
    place.run(*LOANS)
    with open_postgres("loans", tables(place.table("loans"))) as engine:
        with pytest.raises(SourceError, match="there is no table"):
            there(engine, place.table("loan"))
        assert there(engine, place.table("loans")).count().execute() == 3


def test_a_table_that_may_not_be_read_is_said_with_the_grant_it_needs(place: Place) -> None:
    role = f"reader_{place.schema}"
    place.run(*LOANS, "CREATE TABLE secret (id int)")
    place.run(f"CREATE ROLE {role} LOGIN", f"GRANT USAGE ON SCHEMA {place.schema} TO {role}")
    place.run(f"GRANT SELECT ON loans TO {role}")
    url = place.url.replace("postgres:@", f"{role}:@")
    with open_postgres("loans", tables(Place(url, place.schema).table("loans"))) as engine:
        assert content(engine, place.table("loans")).rows == 3  # SELECT is all it needs
        with pytest.raises(SourceError, match=r"permission denied.*GRANT SELECT ON"):
            there(engine, place.table("secret"))


def test_a_query_that_writes_is_refused(place: Place) -> None:
    place.run(
        *LOANS,
        f"CREATE FUNCTION {place.schema}.wipe() RETURNS int LANGUAGE sql AS"
        f" 'DELETE FROM {place.schema}.loans RETURNING 1'",
    )
    with open_postgres("loans", tables(place.table("loans"))) as engine:
        with pytest.raises(SourceError, match="must be one SELECT and begins with DELETE"):
            there(engine, place.query("DELETE FROM {s}.loans RETURNING *"))
        with pytest.raises(SourceError, match="wants to write"):
            there(engine, place.query("SELECT {s}.wipe() AS id FROM {s}.loans"))
    with (
        pytest.raises(EngineError, match=r"^the engine postgres could not count: .* to write"),
        open_postgres("loans", tables(place.table("loans"))) as engine,
    ):
        engine.backend.con.execute(f"DROP TABLE {place.schema}.loans")
    assert place.run("SELECT count(*) FROM loans") == [(3,)]


def test_a_statement_that_takes_too_long_is_said(place: Place) -> None:
    slow = place.query("SELECT 1 AS id FROM pg_sleep(9)", timeout_seconds=0.1)
    with (
        pytest.raises(EngineError, match=r"longer than the 0\.1 s of `timeout_seconds`"),
        open_postgres("loans", tables(slow)) as engine,
    ):
        engine.backend.con.execute("SELECT pg_sleep(9)")


def test_an_overflow_is_said_without_the_value(place: Place) -> None:
    place.run("CREATE TABLE huge AS SELECT 1.25e308::float8 AS x")
    with (
        pytest.raises(EngineError) as raised,
        open_postgres("loans", tables(place.table("huge"))) as engine,
    ):
        there(engine, place.table("huge")).mutate(y=ibis._.x * ibis._.x).y.sum().execute()
    assert "too large" in str(raised.value)
    assert "1.25" not in str(raised.value)


def test_a_value_that_cannot_be_read_is_said_without_the_value(place: Place) -> None:
    place.run("CREATE TABLE people AS SELECT 'Ada Lovelace' AS name")
    with (
        pytest.raises(EngineError) as raised,
        open_postgres("loans", tables(place.table("people"))) as engine,
    ):
        there(engine, place.table("people")).name.cast("float64").sum().execute()
    assert "Ada" not in str(raised.value)


def test_a_server_that_does_not_answer_is_said_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOANS_SECRET", "hush-hush")
    said = {"url": "postgresql://reader@127.0.0.1:1/loans", "password_env": "LOANS_SECRET"}
    nowhere = SqlTable.model_validate({**said, "table": "loans"})
    with (
        pytest.raises(EngineError, match="nothing answers there") as raised,
        open_postgres("loans", tables(nowhere)),
    ):
        pass
    assert "hush" not in str(raised.value)


def test_tables_of_two_databases_are_refused(place: Place, postgres_url: str) -> None:
    other = SqlTable(url=postgres_url.replace("/postgres?", "/template1?"), table="labels")
    labels = Table(kind="sql", settings=other)
    with (
        pytest.raises(EngineError, match="labels table stands in another database"),
        open_postgres("loans", tables(place.table("loans"), labels=labels)),
    ):
        pass


def test_tables_that_are_in_no_postgres_are_refused(tmp_path: Path) -> None:
    file = PARQUET.settings.model_validate({"path": str(tmp_path / "rows.parquet")})
    lite = SqlTable(url=f"sqlite:///{tmp_path}/loans.db", table="loans")
    for said, table, kind in (("kind 'parquet'", file, "parquet"), ("sqlite://", lite, "sql")):
        with (
            pytest.raises(EngineError, match=said) as raised,
            open_postgres("loans", tables(table, kind)),
        ):
            pass
        assert "leave `engine` out" in str(raised.value)


def test_two_ways_to_write_one_database_are_one(place: Place) -> None:
    place.run(*LOANS)
    same = SqlTable(
        url=place.url.replace("postgresql://", "postgres://"), table=f"{place.schema}.loans"
    )
    labels = Table(kind="sql", settings=same)
    with open_postgres("loans", tables(place.table("loans"), labels=labels)) as engine:
        assert content(engine, same).rows == 3


def test_the_connection_is_closed_whatever_happens(place: Place) -> None:
    place.run(*LOANS)
    kept: list[psycopg.Connection] = []

    def break_off() -> None:
        with open_postgres("loans", tables(place.table("loans"))) as engine:
            kept.append(engine.backend.con)
            raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"):
        break_off()
    assert kept[0].closed
