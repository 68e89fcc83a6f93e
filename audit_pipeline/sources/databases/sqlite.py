"""SQLite: a file opened for reading, and its rows as Arrow, piece by piece.

Ibis would read all rows into pandas at once, and believe the declared types.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from urllib.parse import quote

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.session import (
    ArrowSchema,
    ArrowTable,
    Ask,
    Facts,
    Kind,
    close_to,
    need_distinct,
)
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.databases.sqlite_times import Times, has_reached, within
from audit_pipeline.sources.databases.sqlite_values import Holding, holdings, is_time
from audit_pipeline.sources.databases.statement import one_select, parts_of

ROWS = 20_000
"""Rows of a piece."""
BUSY_SECONDS = 30.0
STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""
QUERY = "audit_pipeline_query"
Declared = Mapping[str, str]


@contextmanager
def session(address: Address, settings: SqlTable) -> Iterator["SqliteSession"]:
    """Open a database file for reading; all that is read is of one state of it.

    Raises:
        SourceError: It is not there, no database, locked, or has no such table.
    """
    file = address.file
    if not file.is_file():
        raise SourceError(
            f"there is no file {file}; a path from the root has four slashes: sqlite:////folder/file"
        )
    uri = f"file:{quote(str(file))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            connection.isolation_level = None
            yield SqliteSession(connection, settings)
    except sqlite3.Error as error:
        raise _explained(error, settings) from None  # its words may quote rows


def _explained(error: sqlite3.Error, settings: SqlTable) -> SourceError:
    name = getattr(error, "sqlite_errorname", "")
    known = {
        "SQLITE_INTERRUPT": f"the statement took longer than the {settings.timeout_seconds:g} s of"
        " `timeout_seconds`",
        "SQLITE_BUSY": f"a writer kept the file locked for {BUSY_SECONDS:g} s: try later",
        "SQLITE_NOTADB": "the file is no SQLite database",
        "SQLITE_CORRUPT": "the file is damaged: run `PRAGMA integrity_check` on it",
        "SQLITE_CANTOPEN": "the file cannot be opened for reading: see its permissions, and those"
        " of its folder",
        "SQLITE_READONLY": "it wants to write; a source is only read",
    }
    said = known.get(name) or (
        "it holds text that is not UTF-8"
        if "decode to UTF-8" in str(error)
        else f"SQLite says {name or type(error).__name__}"
    )
    return SourceError(f"the {settings.named} cannot be read: {said}")


class SqliteSession:
    """One table of an SQLite file, within one transaction."""

    def __init__(self, connection: sqlite3.Connection, settings: SqlTable) -> None:
        self.connection = connection
        deadline = time.monotonic() + settings.timeout_seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
        connection.create_aggregate("audit_pipeline_times", 1, Times)
        self.relation, name = _relation(connection, settings)
        connection.execute("BEGIN")
        described = _prepared(connection, f"SELECT * FROM {self.relation} LIMIT 0", settings)
        need_distinct(described)
        found = connection.execute("SELECT name, type FROM pragma_table_xinfo(?)", (name,))
        types = {str(column): str(declared or "").upper() for column, declared in found}
        self.declared: Declared = {column: types.get(column, "") for column in described}
        self.kinds: dict[str, Kind] = {
            column: "local" if is_time(declared) else "other"
            for column, declared in self.declared.items()
        }

    def tables(self, ask: Ask) -> tuple[ArrowSchema, Iterator[ArrowTable]]:
        """Return the schema of the rows by what they hold, and the rows, piece by piece."""
        import pyarrow as pa  # noqa: PLC0415 (only who reads pays)

        rows = f"{self.relation}{self._where(ask)}"
        declared = {name: self.declared[name] for name in ask.columns}
        found = holdings(self.connection, rows, declared)
        schema = pa.schema([(each.name, each.type) for each in found])
        limit = "" if ask.limit is None else f" LIMIT {int(ask.limit)}"
        asked = f"SELECT {', '.join(each.sql for each in found)} FROM {rows}{limit}"
        return schema, self._pieces(asked, found, schema)

    def _pieces(
        self, statement: str, found: list[Holding], schema: ArrowSchema
    ) -> Iterator[ArrowTable]:
        import pyarrow as pa  # noqa: PLC0415

        with closing(self.connection.execute(statement)) as cursor:
            while rows := cursor.fetchmany(ROWS):
                columns = zip(*rows, strict=True)
                arrays = [each.array(values) for each, values in zip(found, columns, strict=True)]
                yield pa.Table.from_arrays(arrays, schema=schema)

    def facts(self, ask: Ask) -> Facts:
        """Return what is known of the window's rows; one whose time is unreadable is among them."""
        mark = ask.watermark or ask.timestamp
        newest = f"CAST(max({quoted(mark)}) AS TEXT)" if mark else "NULL"
        asked = ", ".join(["count(*)", newest, *(f"count({quoted(n)})" for n in ask.columns)])
        where = self._where(ask, null=False)
        row = self.connection.execute(f"SELECT {asked} FROM {self.relation}{where}").fetchone()
        complete = None
        if ask.watermark is not None and ask.window is not None:
            highest = f"SELECT max({quoted(ask.watermark)}) FROM {self.relation}"
            complete = has_reached(ask.window, self.connection.execute(highest).fetchone()[0])
        return Facts(rows=row[0], newest=row[1], filled=tuple(row[2:]), complete=complete)

    def _where(self, ask: Ask, *, null: bool = True) -> str:
        """Return the condition on rows: exactly the window's, and those of an unreadable time."""
        if ask.timestamp is None or ask.window is None:
            return ""
        self.connection.create_function(
            "audit_pipeline_within", 1, within(ask.window), deterministic=True
        )
        column = quoted(ask.timestamp)
        some = "" if null else f" AND {column} IS NOT NULL"
        return f" WHERE audit_pipeline_within({column}) IS NOT 0{some}"


def quoted(name: str) -> str:
    """Return a name as SQLite reads it as one."""
    return '"' + name.replace('"', '""') + '"'


def _relation(connection: sqlite3.Connection, settings: SqlTable) -> tuple[str, str]:
    """Return what stands behind FROM, and its bare name."""
    if settings.query is not None:
        query = one_select(settings.query, "sqlite")
        # a view of this session: of columns that are passed on it knows the declared types
        _prepared(connection, f"CREATE TEMP VIEW {QUERY} AS {query}", settings)
        return f"temp.{QUERY}", QUERY
    *schema, name = parts_of(str(settings.table))
    asked = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    there = [str(each) for (each,) in connection.execute(asked)]
    if schema not in ([], ["main"]) or name.lower() not in {each.lower() for each in there}:
        raise SourceError(f"there is no table {settings.table!r}{close_to(name, there)}")
    return f"main.{quoted(name)}", name


def _prepared(connection: sqlite3.Connection, statement: str, settings: SqlTable) -> list[str]:
    """Return the columns that a statement gives; what is wrong is in the statement, not in rows."""
    try:
        found = connection.execute(statement).description
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_ERROR":
            raise
        raise SourceError(f"the {settings.named} cannot be read: {error}") from None
    return [str(each[0]) for each in found or ()]
