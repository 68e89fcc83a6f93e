"""All other databases, by whatever Ibis connects to: their sessions, and their rows as Arrow.

Only Redshift's way is tried by our tests, on a PostgreSQL, whose protocol it speaks. MySQL,
Snowflake, BigQuery, Databricks, Trino and the rest go the same way, untested.
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from audit_pipeline.sources.base import IbisBackend, SourceError
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.ibis_table import IbisSession, explained
from audit_pipeline.sources.databases.settings import SqlTable

# ruff: noqa: PLC0415 (only who reads pays)

EXTRAS = {"redshift": "postgres"}
"""Names that Ibis has another one for."""
SETTINGS = {
    "postgres": ("SET statement_timeout TO {ms}", "SET application_name TO '{tag}'"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time = {ms}"),
    "snowflake": (
        "ALTER SESSION SET QUERY_TAG = '{tag}'",
        "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {s}",
    ),
    "trino": ("SET SESSION query_max_run_time = '{s}s'",),
}
"""What makes a session read-only, tagged and limited in time, where the database has words for it.
The tag stands in a comment of each query besides."""


@contextlib.contextmanager
def session(address: Address, settings: SqlTable, tag: str) -> Iterator[IbisSession]:
    """Open a session as Ibis does.

    Raises:
        SourceError: The driver is missing, or the database cannot be reached.
    """
    with explained(settings):
        backend = _connected(address)
    try:
        with explained(settings):
            seconds = max(1, int(settings.timeout_seconds))
            for statement in SETTINGS.get(backend.name, ()):
                _close(backend.raw_sql(statement.format(ms=seconds * 1000, s=seconds, tag=tag)))
            backend.compile = functools.partial(_tagged, backend.compile, tag)
            found = IbisSession(backend, settings)
        yield found
    finally:
        backend.disconnect()


def _connected(address: Address) -> IbisBackend:
    import ibis

    name = EXTRAS.get(address.scheme, address.scheme)
    options: dict[str, Any] = {} if address.password is None else {"password": address.password}
    try:
        backend = ibis.connect(name + address.url.removeprefix(address.scheme), **options)
    except ImportError as error:
        raise SourceError(
            f"reading {address.scheme} needs its driver: pip install 'ibis-framework[{name}]'"
        ) from error
    if name == "postgres":
        backend.con.read_only = True
    return backend


def _tagged(compile_: Any, tag: str, *args: Any, **named: Any) -> str:  # noqa: ANN401 (Ibis's own)
    return f"/* {tag} */ {compile_(*args, **named)}"


def _close(cursor: Any) -> None:  # noqa: ANN401 (a driver's own)
    if hasattr(cursor, "close"):
        cursor.close()
