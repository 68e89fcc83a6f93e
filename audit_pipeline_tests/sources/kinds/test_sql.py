import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from audit_pipeline.audits.reader import AuditFileError, read_audit
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline.stages.in_place import hindrances
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline_tests.stages.small import settings

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "read-a-database.md"
URL = "postgresql://reader@db.example.org:5432/loans"


def block(language: str, number: int = 1) -> str:
    """Return the first block of code in the how-to, or a later one."""
    found = PAGE.read_text(encoding="utf-8").split(f"```{language}\n")[number]
    return found.partition("```")[0]


def problem(folder: Path, **table: object) -> str:
    """Return what the reader says of an audit file with this table."""
    said = settings(current={"table": {"kind": "sql", **table}})
    path = folder / "loans.yaml"
    path.write_text(yaml.safe_dump(said))
    with pytest.raises(AuditFileError) as caught:
        read_audit(path, VOCABULARY)
    return str(caught.value)


def test_the_how_to_is_an_audit_file(tmp_path: Path) -> None:
    path = tmp_path / "loans.yaml"
    path.write_text(block("yaml"))
    audit = read_audit(path, VOCABULARY).audit
    table, baseline = audit.current.table.settings, audit.baseline.table.settings
    assert isinstance(table, SqlTable)
    assert isinstance(baseline, SqlTable)
    assert (table.timeout_seconds, table.max_rows) == (900, 50_000_000)
    assert baseline.url == f"sqlite:///{tmp_path}/approved.db"


def test_the_how_to_measure_in_the_database_is_an_audit_file(tmp_path: Path) -> None:
    path = tmp_path / "loans_in_place.yaml"
    path.write_text(block("yaml", 2))
    audit = read_audit(path, VOCABULARY).audit
    assert audit.engine.kind == "postgres"
    assert hindrances(audit, audit.current) == hindrances(audit, audit.baseline) == []


def test_the_grants_of_the_how_to_are_postgresqls(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS lending")
        connection.execute("DROP TABLE IF EXISTS lending.applications, lending.repayments")
        connection.execute("CREATE TABLE lending.applications (id int)")
        connection.execute("CREATE TABLE lending.repayments (id int, repaid int, final boolean)")
        for statement in block("sql").replace("DATABASE lending", "DATABASE postgres").split(";"):
            if statement.strip():
                connection.execute(statement)
        connection.rollback()


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    said = problem(tmp_path, url=URL.replace("reader", "reader:hunter2"), table="loans")
    assert "put it into an environment variable and name that one with `password_env: NAME`" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"table": "loans"}, "say where the database is: with `url`, or with `url_env`, not both"),
        ({"url": URL, "url_env": "A", "table": "loans"}, "say where the database is"),
        ({"url": URL}, "say what to read: a `table`, or a `query`, not both"),
        ({"url": URL, "table": "loans", "query": "select 1"}, "say what to read"),
        ({"url": "postgre://db/loans", "table": "loans"}, "unknown kind of database 'postgre'"),
        ({"url": "loans.db", "table": "loans"}, "the URL names no kind of database"),
        ({"url": URL, "table": "loans", "timeout": 5}, "unknown key 'timeout'"),
        ({"url": URL, "table": "loans", "password_env": "hunter 2"}, "password_env"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(
    table: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    assert expected in problem(tmp_path, **table)


def test_a_database_has_no_digest() -> None:
    assert SOURCE.digest(SqlTable(url=URL, table="loans")) is None


def test_naming_the_kind_brings_in_no_driver() -> None:
    heavy = ("ibis", "psycopg", "pyarrow", "sqlglot", "pandas")
    code = (
        "import sys, audit_pipeline.sources.kinds.sql;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
