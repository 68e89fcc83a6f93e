"""Read a table of a database, or look how it stands; once more if the connection was dropped."""

import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from audit_pipeline.sources.base import IbisBackend, Read, SourceError, State, Wanted
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.copying import write_copy
from audit_pipeline.sources.databases.session import (
    Ask,
    DoubleNeededError,
    DroppedError,
    Session,
    ask_for,
)
from audit_pipeline.sources.databases.settings import SqlTable, address_of
from audit_pipeline.sources.files import file_sha256

# ruff: noqa: PLC0415 (a kind of database is imported when it is read)

T = TypeVar("T")
PAUSE_SECONDS = 0.5
MOST_COUNTED = 500
"""Columns whose values are counted to see a change: more are more than a glance."""


def read_table(settings: SqlTable, backend: IbisBackend, wanted: Wanted) -> Read:
    """Return a copy of the rows and columns wanted, of one state of the database.

    A copy in Parquet: whatever happens to the database, these rows stay the same.

    Raises:
        SourceError: It cannot be read.
    """
    address = address_of(settings)
    path, ask = _twice(lambda: _copied(address, settings, wanted))
    return Read(
        table=backend.read_parquet(str(path)),
        location=f"{address.shown} ({settings.named})",
        sha256=file_sha256(path),
        whole=ask.timestamp is None and ask.limit is None,
    )


def table_state(settings: SqlTable, wanted: Wanted) -> State:
    """Return how a table stands, by a count of rows and values and the highest watermark.

    A value that changes into another one is seen by a watermark only. The rows are those of the
    window where they have a time that the database knows; else all.

    Raises:
        SourceError: It cannot be asked.
    """
    address = address_of(settings)

    def look() -> State:
        with _session(address, settings, wanted) as session:
            return state_seen(session, ask_for(session.kinds, wanted, settings.watermark))

    return _twice(look)


def state_seen(session: Session, ask: Ask) -> State:
    """Return how the table of an open session stands."""
    facts = session.facts(replace(ask, columns=ask.columns[:MOST_COUNTED]))
    seen = (facts.rows, facts.newest, facts.filled)
    return State(
        mark=hashlib.sha256(repr(seen).encode()).hexdigest(),
        landed=facts.rows > 0,
        complete=facts.complete,
        rows=facts.rows,
    )


def _copied(address: Address, settings: SqlTable, wanted: Wanted) -> tuple[Path, Ask]:
    path = wanted.folder / f"{uuid4().hex}.parquet"
    with _session(address, settings, wanted) as session:
        ask = ask_for(session.kinds, wanted, settings.watermark)
        while True:
            schema, tables = session.tables(ask)
            try:
                write_copy(path, schema, tables, settings.max_rows)
            except DoubleNeededError as error:
                ask = replace(ask, doubles=ask.doubles | {error.column})
            else:
                return path, ask


def _session(
    address: Address, settings: SqlTable, wanted: Wanted
) -> AbstractContextManager[Session]:
    tag = f"audit-pipeline/{wanted.audit}" if wanted.audit else "audit-pipeline"
    if address.scheme == "postgresql":
        from audit_pipeline.sources.databases import postgres

        return postgres.session(address, settings, tag)
    if address.scheme == "sqlite":
        from audit_pipeline.sources.databases import sqlite

        return sqlite.session(address, settings)
    from audit_pipeline.sources.databases import through_ibis

    return through_ibis.session(address, settings, tag)


def _twice(attempt: Callable[[], T]) -> T:
    """Do something again, from the start, if the connection is dropped meanwhile.

    Raises:
        SourceError: It was dropped again.
    """
    try:
        return attempt()
    except DroppedError:
        time.sleep(PAUSE_SECONDS)
    try:
        return attempt()
    except DroppedError as error:
        raise SourceError(
            f"{error}, and again at the second try: see the database's log, and what stands"
            " between it and this machine"
        ) from None
