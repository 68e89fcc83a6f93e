"""Read a table of PostgreSQL where it is: a lazy table within the engine's own transaction."""

from typing import TYPE_CHECKING

from audit_pipeline.sources.base import IbisBackend, IbisTable, Read, Wanted
from audit_pipeline.sources.databases.postgres import PostgresSession
from audit_pipeline.sources.databases.postgres_errors import explained
from audit_pipeline.sources.databases.reading import state_seen
from audit_pipeline.sources.databases.session import Ask, ask_for
from audit_pipeline.sources.databases.settings import SqlTable, address_of

if TYPE_CHECKING:
    from audit_pipeline.sources.databases.postgres_relation import PostgresColumn

# ruff: noqa: PLC0415 (only who reads from PostgreSQL pays for its driver)


def read_in_place(settings: SqlTable, backend: IbisBackend, wanted: Wanted) -> Read:
    """Return the rows and columns wanted as a lazy table; its types are those of a copy.

    Rows come of the window and a day around it, and those without a time. The digest is the mark
    of how the table stands: of a count of rows and values and the highest watermark.

    Args:
        settings: The table; that its database is the backend's is for the engine to see to.
        backend: A `PostgresInPlace`.
        wanted: What counts.

    Raises:
        SourceError: The table is not there, or may not be read.
        DroppedError: The connection ended.
    """
    import psycopg

    connection = backend.con
    try:
        with connection.transaction():  # a savepoint: without this table an audit may go on
            session = PostgresSession(connection, settings)
            ask = ask_for(session.kinds, wanted, settings.watermark)
            table = _table(session, backend, ask)
            mark = state_seen(session, ask).mark if wanted.marked else ""
    except psycopg.Error as error:
        raise explained(error, settings, gone=connection.closed) from None
    return Read(
        table=table,
        location=f"{address_of(settings).shown} ({settings.named})",
        sha256=mark,
        whole=ask.timestamp is None and ask.limit is None,
    )


def _table(session: PostgresSession, backend: IbisBackend, ask: Ask) -> IbisTable:
    import pyarrow as pa
    from psycopg import sql

    columns = _as_types_hold(session, [session.relation.columns[n] for n in ask.columns], ask)
    named = [sql.SQL("{} AS {}").format(each.there, sql.Identifier(each.name)) for each in columns]
    query = session.select(named, ask).as_string(session.connection)
    return backend.relation(query, pa.schema([(each.name, each.type) for each in columns]))


def _as_types_hold(
    session: PostgresSession, columns: list["PostgresColumn"], ask: Ask
) -> list["PostgresColumn"]:
    """Return the columns, those of decimals with a NaN among them as doubles."""
    import pyarrow as pa
    from psycopg import sql

    decimals = [each for each in columns if pa.types.is_decimal(each.type)]
    if not decimals:
        return columns
    asked = [sql.SQL("bool_or({} = 'NaN')").format(sql.Identifier(c.name)) for c in decimals]
    found = session.connection.execute(session.select(asked, ask)).fetchone() or ()
    broken = {each.name for each, more in zip(decimals, found, strict=True) if more}
    return [each.as_double() if each.name in broken else each for each in columns]
