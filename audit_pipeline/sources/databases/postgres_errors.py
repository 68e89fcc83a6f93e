"""What PostgreSQL's errors mean, in words for a person; never theirs where they may quote rows."""

import re
from typing import TYPE_CHECKING

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.session import DroppedError
from audit_pipeline.sources.databases.settings import SqlTable

if TYPE_CHECKING:
    from psycopg import Error

ABOUT_THE_STATEMENT = "42"
"""The class of errors whose words quote the statement, and no row."""
PASSING = re.compile(r"08...|57P0[123]|40001|40P01")
"""States in which the same may work the next time: the connection, a restart, a standby's replay"""
REFUSED = {
    "password authentication failed": "the user or the password is wrong: see the user in the URL"
    " and the variable that `password_env` or `url_env` names",
    "no password supplied": "it asks for a password: name the environment variable that holds it"
    " with `password_env`",
    "does not exist": "it has no such database, or no such user: see both in the URL",
    "no pg_hba.conf entry": "it lets this user, host or way of connecting in by no rule of its"
    " pg_hba.conf: have it add one, or try `?sslmode=require`",
    "could not translate host name": "the host is not known: see its name in the URL",
    "failed to resolve host": "the host is not known: see its name in the URL",
    "refused": "nothing answers there: see host and port in the URL, and whether it is running",
    "No such file or directory": "nothing answers there: see the socket's folder in the URL, and"
    " whether it is running",
    "timeout": "it does not answer within the time: see host and port in the URL, and firewalls",
    "too many connections": "it has too many connections already: try later",
    "too many clients": "it has too many connections already: try later",
    "starting up": "it is starting up: try again in a minute",
    "SSL": "no encrypted connection comes about: see `sslmode` and certificates in the URL",
    "permission denied for database": "the user may not connect to it: GRANT CONNECT ON DATABASE",
}
"""What a part of libpq's message means; those come from the client, or the server at the door."""


def explained_connection(error: "Error", address: Address) -> SourceError:
    """Return why no connection came about. libpq's messages quote no password, and ours nothing."""
    text = str(error)
    why = next((ours for theirs, ours in REFUSED.items() if theirs in text), None)
    return SourceError(
        f"{address.shown} cannot be reached: "
        + (why or "the server or its driver refused; try the same URL with `psql`")
    )


def explained(error: "Error", settings: SqlTable, *, gone: bool) -> Exception:
    """Return what an error of the server means; `gone`: the connection was lost with it."""
    state = error.sqlstate or ""
    if PASSING.fullmatch(state) or (gone and not state):
        return DroppedError(f"the connection was dropped while the {settings.named} was read")
    return SourceError(f"the {settings.named} cannot be read: {_meaning(error, state, settings)}")


def _meaning(error: "Error", state: str, settings: SqlTable) -> str:
    known = {
        "42501": "permission denied: the user may not read it, or something in it; grant it:"
        f" {_grant(settings)}",
        "57014": "the database stopped the statement, which took longer than the"
        f" {settings.timeout_seconds:g} s of `timeout_seconds`, or was cancelled by somebody;"
        " give it more time, or an index on the timestamp",
        "25006": "it wants to write; a source is only read",
        "53100": "the database's own disk is full",
        "53200": "the database has not enough memory for it",
        "22003": "a number in it is too large for what is reckoned with it: cast the column in a"
        " `query`, or leave it out",
    }
    if state not in known and state.startswith(ABOUT_THE_STATEMENT):
        return str(error.diag.message_primary)
    return known.get(state, f"the database says {type(error).__name__} (SQLSTATE {state or '-'})")


def _grant(settings: SqlTable) -> str:
    named = settings.table or "each table of the query"
    schema = named.rpartition(".")[0] or "its schema"
    return f"GRANT USAGE ON SCHEMA {schema}, GRANT SELECT ON {named}"
