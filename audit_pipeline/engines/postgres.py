"""PostgreSQL as an engine: its tables are counted where they are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from audit_pipeline.audits.audit import Table, Tables
from audit_pipeline.engines.base import (
    Content,
    DroppedError,
    Engine,
    EngineError,
    IbisBackend,
    IbisTable,
)
from audit_pipeline.profiles.engine import engine_name
from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.postgres_connection import database_of, transaction
from audit_pipeline.sources.databases.postgres_errors import explained
from audit_pipeline.sources.databases.session import DroppedError as SourceDroppedError
from audit_pipeline.sources.databases.settings import SqlTable, address_of

if TYPE_CHECKING:
    from psycopg import Connection

# ruff: noqa: PLC0415 (only who measures in PostgreSQL pays for its driver)

SCHEME = "postgresql"
MODULUS = 2**128
"""Sums of signed hashes are written as their rest, which has 32 digits."""
PLANNING = {
    # the server guesses one row behind our conditions and joins, and would do a join once per row:
    # of 1,500 rows with labels of their own that took 25 s, and 0.05 s without
    "enable_nestloop": "off",
    # compiling statements as wide as ours takes longer than running them as they are
    "jit": "off",
}
"""How the server is to go about it."""
CHECKING = "SET LOCAL client_connection_check_interval = '5s'"
"""Has the server stop a statement when who asked is gone: else it works on for a killed run."""
HASHED_RECORDS = 14
"""The version from which on the server hashes a whole row."""


@contextmanager
def open_postgres(audit: str, tables: Tables) -> Iterator[Engine]:
    """Open one transaction that sees one state of the database and cannot change it.

    The database is that of the main table, and its settings say how long a statement may take.
    Whatever the server or its driver says within, by way of Ibis too, comes out in our words.

    Args:
        audit: Its name, which the database shows beside each statement.
        tables: What is to be read: tables of one database.

    Raises:
        EngineError: The database cannot be reached or refused, or the tables stand elsewhere.
        DroppedError: The connection ended meanwhile.
    """
    settings, address = _one_database(tables)
    tag = f"audit-pipeline/{audit}"
    try:
        with _transaction(address, settings, tag) as connection:
            from audit_pipeline.sources.databases.postgres_backend import PostgresInPlace

            for name, value in PLANNING.items():
                connection.execute(f"SET LOCAL {name} = {value}")
            _end_with_us(connection)
            backend = PostgresInPlace.from_connection(connection)
            yield Engine(backend=backend, name=engine_name(backend), content=_content(backend))
    except SourceDroppedError as error:
        raise DroppedError(str(error)) from None


def _end_with_us(connection: "Connection") -> None:
    """Have the server look whether we are still there; before version 14 it cannot."""
    from psycopg import errors

    # nor on every system; a savepoint, so that no harm is done where it refuses
    cannot = errors.UndefinedObject, errors.InvalidParameterValue
    with suppress(*cannot), connection.transaction():
        connection.execute(CHECKING)


@contextmanager
def _transaction(address: Address, settings: SqlTable, tag: str) -> Iterator["Connection"]:
    """Open a transaction; what a source says of its own table within passes as it is."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(transaction(address, settings, tag))
        except SourceError as error:
            raise EngineError(str(error)) from error
        import psycopg

        try:
            yield connection
        except psycopg.Error as error:
            found = explained(error, settings, gone=connection.closed)
            if isinstance(found, SourceDroppedError):
                raise found from None
            raise EngineError(f"the engine postgres could not count: {found}") from None


def _one_database(tables: Tables) -> tuple[SqlTable, Address]:
    """Return the main table and where it is.

    Raises:
        EngineError: A table is in no PostgreSQL database, or in another one.
    """
    named = {"main": tables.table, "predictions": tables.predictions, "labels": tables.labels}
    each = {role: _place(table, role) for role, table in named.items() if table is not None}
    settings, address = each["main"]
    here = database_of(address)
    for role, (_, other) in each.items():
        if database_of(other) != here:
            raise EngineError(
                f"the {role} table stands in another database, {other.shown}, than the table of"
                f" rows, {address.shown}: the engine postgres reads one; leave `engine` out to"
                " have the rows copied, or bring the tables together"
            )
    return settings, address


def _place(table: Table, role: str) -> tuple[SqlTable, Address]:
    settings = table.settings
    if not isinstance(settings, SqlTable):
        raise EngineError(
            f"the {role} table is of kind {table.kind!r}: the engine postgres measures tables of"
            " kind 'sql' in a PostgreSQL database; leave `engine` out to have the rows copied"
        )
    try:
        address = address_of(settings)
    except SourceError as error:
        raise EngineError(str(error)) from error
    if address.scheme != SCHEME:
        raise EngineError(
            f"the {role} table stands in {address.shown}: the engine postgres measures tables of a"
            " PostgreSQL database; leave `engine` out to have the rows copied"
        )
    return settings, address


def content_query(backend: IbisBackend, table: IbisTable) -> str:
    """Return the statement that gives what rows come to: their count, and the digest as a number.

    The sum of signed hashes is given as its rest, so that it never has a sign.
    """
    row = "_audit_pipeline_row"
    hashed = f"{_hash_of(backend)}({row if _hashes_records(backend) else row + '::text'}, 0)"
    total = f"coalesce(sum({hashed}::numeric), 0)"
    digest = f"mod(mod({total}, {MODULUS}) + {MODULUS}, {MODULUS})"
    return f"SELECT count(*), {digest} FROM ({backend.compile(table)}) AS {row}"


def _content(backend: IbisBackend) -> Callable[[IbisTable], Content]:
    def content(table: IbisTable) -> Content:
        rows, digest = backend.con.execute(content_query(backend, table)).fetchone()
        method = f"postgres {_hash_of(backend)} {_major(backend)}"
        return Content(rows=rows, digest=f"{int(digest):032x}", method=method)

    return content


def _hash_of(backend: IbisBackend) -> str:
    return "hash_record_extended" if _hashes_records(backend) else "hashtextextended"


def _hashes_records(backend: IbisBackend) -> bool:
    return _major(backend) >= HASHED_RECORDS


def _major(backend: IbisBackend) -> int:
    return int(backend.con.info.server_version) // 10_000
