"""A connection to PostgreSQL that cannot write: one transaction, which sees one state."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.postgres_errors import explained, explained_connection
from audit_pipeline.sources.databases.settings import SqlTable

if TYPE_CHECKING:
    from psycopg import Connection

# ruff: noqa: PLC0415 (only who reads from PostgreSQL pays for its driver)

DEFAULTS = {
    "connect_timeout": "10",
    # a peer that is gone without a word is noticed within a minute, not after two hours
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
"""What holds where the URL says nothing else."""
SETTINGS = {
    "timezone": "'UTC'",
    "extra_float_digits": "3",  # all of them, before version 12
    # between two statements of an audit others may be at work for long
    "idle_in_transaction_session_timeout": "0",
    # a look at some rows is at the same ones, as long as nothing is written
    "synchronize_seqscans": "off",
}
"""What holds within the transaction, whatever the server's own settings are."""


@contextmanager
def transaction(address: Address, settings: SqlTable, tag: str) -> Iterator["Connection"]:
    """Open one transaction that sees one state of the database and cannot change it.

    Raises:
        SourceError: The database cannot be reached, or will not do what it is asked.
        DroppedError: The connection ended.
    """
    try:
        import psycopg
    except ImportError as error:
        raise SourceError(
            "reading PostgreSQL needs its driver: pip install 'audit-pipeline[postgres]'"
        ) from error
    connection = _connected(address, tag)
    try:
        with connection.transaction():
            milliseconds = max(1, int(settings.timeout_seconds * 1000))
            for name, value in SETTINGS.items():
                connection.execute(f"SET LOCAL {name} = {value}")
            connection.execute(f"SET LOCAL statement_timeout = {milliseconds}")
            yield connection
    except psycopg.Error as error:
        # its words, and those of what caused it, may quote rows
        raise explained(error, settings, gone=connection.closed) from None
    finally:
        connection.close()


def database_of(address: Address) -> tuple[str, ...]:
    """Return what tells a database from another: its host, port and name.

    Raises:
        SourceError: The URL cannot be understood.
    """
    said = _said(address)
    named = {"port": "5432", "dbname": str(said.get("user", ""))} | said
    return tuple(str(named.get(part, "")) for part in ("host", "hostaddr", "port", "dbname"))


def _said(address: Address) -> dict[str, Any]:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        return dict(conninfo_to_dict(address.url))
    except psycopg.Error:
        raise SourceError(
            "the database's URL cannot be understood: write it as"
            " postgresql://user@host:port/database, other signs than letters and digits in a"
            " password percent-encoded"
        ) from None


def _connected(address: Address, tag: str) -> "Connection":
    import psycopg

    options = DEFAULTS | _said(address) | {"application_name": tag, "client_encoding": "utf8"}
    if address.password is not None:
        options["password"] = address.password
    try:
        connection = psycopg.connect(**options, autocommit=True, prepare_threshold=None)
    except psycopg.Error as error:
        raise explained_connection(error, address) from None
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection
