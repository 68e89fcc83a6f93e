"""Reach the database of the results store, and make its tables on first use."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from audit_pipeline.store import schema
from audit_pipeline.store.tables import TABLES

BUSY_SECONDS = 60
"""How long a process waits for another that writes to the same SQLite file."""
FIRST_COMER_LOCK = 8_112_018  # any number, the same in every process
NUMBER_LOCK = 8_112_019


class StoreError(Exception):
    """The results store cannot be used; the message names it and what to do."""


def open_engine(url: str) -> Engine:
    """Return the engine of the store at an SQLAlchemy URL, with its tables made.

    Raises:
        StoreError: The database cannot be reached, or belongs to another version.
    """
    try:
        engine = _connectable(url)
    except (ArgumentError, ValueError):  # the latter of a port that is no number
        raise StoreError(
            "AUDIT_PIPELINE_STORE_URL is no database URL; write one like"
            " postgresql://user@host/database"
        ) from None
    with in_words(engine), engine.begin() as connection:
        _prepare(connection, _place(engine))
    return engine


@contextmanager
def in_words(engine: Engine) -> Iterator[None]:
    """Raise a StoreError where the store fails while it is used: locked, full, gone."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        said = str(getattr(error, "orig", error)).strip().splitlines() or [type(error).__name__]
        message = f"the results store at {_place(engine)} cannot be used: {said[0]}"
        raise StoreError(message) from error


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _prepare(connection: Connection, place: str) -> None:
    if connection.dialect.name == "postgresql":  # two first comers would both create
        connection.execute(select(func.pg_advisory_xact_lock(FIRST_COMER_LOCK)))
    TABLES[0].metadata.create_all(connection)
    found = connection.execute(select(func.max(schema.versions.c.version))).scalar()
    if found is None:
        connection.execute(insert(schema.versions).values(version=schema.VERSION))
    elif found != schema.VERSION:
        raise StoreError(
            f"the results store at {place} has version {found}, this program works with"
            f" version {schema.VERSION}: install the matching audit-pipeline"
        )


@contextmanager
def numbering(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that alone gives out the next number: of a revision, an approval.

    Others wait for it. Without the wait they would all take the same number, and one that tries
    again can lose any number of times.
    """
    with engine.begin() as connection:
        number_alone(connection)
        yield connection


def number_alone(connection: Connection) -> None:
    """Let the rest of a transaction alone give out the next number."""
    if connection.dialect.name == "postgresql":  # of SQLite it is alone anyway: see `_lock_first`
        connection.execute(select(func.pg_advisory_xact_lock(NUMBER_LOCK)))


def _connectable(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg2")
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _no_implicit_begin(connection: Any, _: Any) -> None:  # noqa: ANN401 (sqlite3's)
        connection.isolation_level = None  # no WAL: two first comers cannot both switch to it
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _lock_first(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # else two readers both decide to write

    return engine


@contextmanager
def reachable() -> Iterator[None]:
    """Turn what a database says when it fails within the block into a StoreError.

    Raises:
        StoreError: The store was lost, is locked for long, or its disk is full.
    """
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip().splitlines() or [type(error).__name__]
        raise StoreError(f"the results store cannot be used: {said[0]}") from error
