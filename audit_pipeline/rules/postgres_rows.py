"""What a query gives in PostgreSQL, as rules see it. Import this module late: it brings GX."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from audit_pipeline.engines.base import EngineError
from audit_pipeline.rules.postgres_connection import engine_for
from audit_pipeline.rules.postgres_engine import open_source
from audit_pipeline.rules.postgres_session import PostgresSession, RefusedError
from audit_pipeline.rules.sql_rows import ROWS, SqlRows
from audit_pipeline.rules.target import PostgresRows

_FLOATING = ("real", "double precision", "numeric")
"""Types that have a NaN: PostgreSQL's decimals too."""
_TYPES = sa.text(
    "SELECT format_type(t, m) FROM"
    " unnest(CAST(:types AS oid[]), CAST(:sizes AS integer[])) WITH ORDINALITY AS u(t, m, n)"
    " ORDER BY n"
)


class PostgresQuery(SqlRows):
    """The rows of one query, and names for them without what is not a number."""

    def __init__(self, session: PostgresSession, engine: sa.Engine) -> None:
        self._session = session
        self.columns = _columns(session)
        with session.explained() as connection:
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
        self.engine = f"postgres {str(version).split()[0]}"
        super().__init__(open_source(engine, session, self.columns))

    def need_unbroken(self) -> None:
        """Do nothing while the transaction is the one it began as.

        Raises:
            DroppedError: The connection ended: no answer counts.
        """
        self._session.need_unbroken()

    def _is_nan(self, column: str) -> sa.ColumnElement[bool]:
        value: sa.ColumnClause[object] = sa.column(column)
        return value == sa.text("'NaN'")  # of the column's own type

    def _floats(self, column: str) -> bool:
        return self.columns.get(column, "").partition("(")[0] in _FLOATING

    def _add_view(self, name: str, query: str) -> None:
        self._session.name(name, query)


def _columns(session: PostgresSession) -> dict[str, str]:
    """Return the columns of the rows, each with its type as PostgreSQL writes it."""
    with session.explained() as connection:
        found = connection.execute(sa.select(sa.text("*")).select_from(sa.table(ROWS)).limit(0))
        result = found.cursor.pgresult  # the driver's own: SQLAlchemy keeps no size of a type
        numbers = range(result.nfields)
        names = [(result.fname(n) or b"").decode() for n in numbers]
        types = {
            "types": [result.ftype(n) for n in numbers],
            "sizes": [result.fmod(n) for n in numbers],
        }
    with session.explained() as connection:
        kinds = connection.execute(_TYPES, types).scalars().all()
    return dict(zip(names, kinds, strict=True))


@contextmanager
def open_postgres(target: PostgresRows) -> Iterator[PostgresQuery]:
    """Open one transaction that sees one state of the database and cannot change it.

    Raises:
        EngineError: The database cannot be reached or refused, or the rows are others by now.
        DroppedError: The connection ended.
    """
    engine = engine_for(target)
    session = PostgresSession(target, engine)
    try:
        session.check_content()
        session.name(ROWS, target.query.replace("%", "%%"))
        yield PostgresQuery(session, engine)
    except RefusedError as error:
        raise EngineError(f"the rows cannot be read in PostgreSQL: {error}") from None
    finally:
        session.close()
