"""How rules reach PostgreSQL. Import this module late: it brings SQLAlchemy."""

from typing import Any

import sqlalchemy as sa

from audit_pipeline.engines.base import EngineError
from audit_pipeline.rules.target import PostgresRows
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.postgres_connection import DEFAULTS
from audit_pipeline.sources.databases.postgres_errors import explained_connection


def engine_for(target: PostgresRows) -> sa.Engine:
    """Return an engine that has not connected yet, and whose own URL tells nothing of the target.

    Raises:
        EngineError: The driver is missing.
    """
    try:
        engine = sa.create_engine(
            "postgresql+psycopg://",
            poolclass=sa.NullPool,
            isolation_level="REPEATABLE READ",
            # a pooler between may not know prepared statements
            connect_args={"prepare_threshold": None},
            hide_parameters=True,
        )
    except ImportError as error:
        raise EngineError(
            "rules on PostgreSQL need its driver: pip install 'audit-pipeline[postgres]'"
        ) from error

    def dial(dialect: sa.Dialect, _: object, __: list[Any], options: dict[str, Any]) -> Any:  # noqa: ANN401 (the driver's)
        said = DEFAULTS | _said(dialect, target.url)
        said |= {"application_name": target.tag, "client_encoding": "utf8"}
        if target.password is not None:
            said["password"] = target.password
        connection: Any = dialect.connect(**said, **options)
        connection.read_only = True
        return connection

    sa.event.listen(engine, "do_connect", dial)
    return engine


def _said(dialect: sa.Dialect, url: str) -> dict[str, str]:
    """Return what a URL says; SQLAlchemy's name of a driver in it libpq does not know."""
    driver: Any = dialect.loaded_dbapi
    scheme, found, rest = url.partition("://")
    try:
        return dict(driver.conninfo.conninfo_to_dict(f"{scheme.partition('+')[0]}{found}{rest}"))
    except driver.Error:
        raise EngineError(
            "the database's URL cannot be understood: write it as"
            " postgresql://user@host:port/database, other signs than letters and digits in a"
            " password percent-encoded"
        ) from None


def unreachable(error: Any, target: PostgresRows) -> EngineError:  # noqa: ANN401 (SQLAlchemy's)
    """Return why no connection came about, without a password."""
    address = Address(scheme="postgresql", url=target.url, password=target.password)
    return EngineError(str(explained_connection(error.orig, address)))
