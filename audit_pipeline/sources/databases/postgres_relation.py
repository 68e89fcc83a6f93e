"""What stands behind FROM in PostgreSQL, and how each of its columns comes over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.session import Kind, close_to, need_distinct
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.databases.statement import one_select, parts_of

if TYPE_CHECKING:
    from psycopg import Column as Described
    from psycopg import Connection
    from psycopg.sql import Composable

# ruff: noqa: PLC0415 (only who reads from PostgreSQL pays for its driver)

ArrowType = Any
MONEY, NUMERIC, DATE, TIMESTAMP, TIMESTAMPTZ = 790, 1700, 1082, 1114, 1184
PLAIN = {
    16: ("bool", "boolean"),
    20: ("int64", "bigint"),
    21: ("int16", "smallint"),
    23: ("int32", "integer"),
    26: ("int64", "bigint"),
    700: ("float32", "real"),
    701: ("float64", "double precision"),
}
"""Types whose text Arrow reads, by the number PostgreSQL gives them: Arrow's name, and SQL's.

A domain has its base's.
"""
MOST_DIGITS = 38
LAST_DAY, LAST_MICROSECOND = 2**31 - 1, 2**63 - 1
"""How DuckDB, too, writes an infinite date or time."""
DAYS = "{c} - DATE '1970-01-01'"
MICROSECONDS = "(extract(epoch FROM {c}) * 1000000)::bigint"
FINITE = (
    "CASE WHEN isfinite({{c}}) THEN {value}"
    " WHEN {{c}} > 'epoch' THEN {last} WHEN {{c}} < 'epoch' THEN -{last} END"
)
TEXT = '{c}::text COLLATE "C"'
"""Text where it is: compared byte by byte, as other engines do, not by the rules of a language."""
DOUBLE = (
    "CASE WHEN abs({c}::numeric) BETWEEN 2.5e-324 AND 1.7976931348623157e308"
    " OR {c}::numeric = 'NaN' THEN {c}::numeric::double precision"
    " WHEN abs({c}::numeric) < 1 THEN 0::double precision"
    " WHEN {c}::numeric > 0 THEN 'Infinity' WHEN {c}::numeric < 0 THEN '-Infinity' END"
)
"""A decimal as a double, where it is: there, one too large or too small for a double is an error,
and in a copy infinite or 0."""
READABLE = """
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
  AND has_column_privilege(attrelid, attnum, 'SELECT') ORDER BY attnum
"""
TABLES = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname <> 'information_schema'
  AND nspname NOT LIKE 'pg\\_%'
"""


@dataclass(frozen=True, slots=True)
class PostgresColumn:
    """A column, how it is asked for, and what it becomes."""

    name: str
    kind: Kind
    sql: "Composable"
    text: ArrowType
    """What Arrow reads the server's text as."""
    type: ArrowType
    there: "Composable"
    """How it is asked for where it is not copied: of the same type."""

    def as_double(self) -> "PostgresColumn":
        """Return the same column read as doubles."""
        import pyarrow as pa

        there = _sql(DOUBLE, self.name)
        return replace(self, text=pa.float64(), type=pa.float64(), there=there)


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or query."""

    sql: "Composable"
    columns: dict[str, PostgresColumn]


def relation(connection: "Connection", settings: SqlTable) -> Relation:
    """Return what the settings name.

    Raises:
        SourceError: There is no such table; what is close to its name is said.
    """
    from psycopg import errors, sql

    if settings.query is not None:
        query = one_select(settings.query, "postgres")
        source: Composable = sql.SQL("(\n{}\n) AS asked").format(sql.SQL(query))
        return _relation(source, _described(connection, source, sql.SQL("*")))
    table = parts_of(str(settings.table))
    source = sql.Identifier(*table)
    try:
        described = _described(connection, source, sql.SQL("*"))
    except (errors.UndefinedTable, errors.InvalidSchemaName):
        raise SourceError(_no_such_table(connection, table)) from None
    except errors.InsufficientPrivilege:
        names = [n for (n,) in connection.execute(READABLE, (source.as_string(connection),))]
        if not names:
            raise
        some = sql.SQL(", ").join([sql.Identifier(name) for name in names])
        described = _described(connection, source, some)
    return _relation(source, described)


def _described(
    connection: "Connection", source: "Composable", columns: "Composable"
) -> Sequence["Described"]:
    from psycopg import sql

    asked = sql.SQL("SELECT {} FROM {} LIMIT 0").format(columns, source)
    with connection.transaction():  # a savepoint: after an error there may be more to ask
        return connection.execute(asked).description or ()


def _relation(source: "Composable", described: Sequence["Described"]) -> Relation:
    need_distinct([each.name for each in described])
    return Relation(source, {each.name: _column(each) for each in described})


def _column(described: "Described") -> PostgresColumn:
    import pyarrow as pa

    def read(
        form: str,
        text: ArrowType,
        kind: Kind = "other",
        becomes: ArrowType = None,
        there: str = "{c}",
    ) -> PostgresColumn:
        name = described.name
        return PostgresColumn(
            name, kind, _sql(form, name), text, becomes or text, _sql(there, name)
        )

    oid, digits, scale = described.type_code, described.precision, described.scale
    if oid in PLAIN:
        alias, theirs = PLAIN[oid]
        return read("{c}", pa.type_for_alias(alias), there="{c}::" + theirs)
    if oid in {MONEY, NUMERIC}:  # the text of money has a currency's sign
        fits = digits is not None and scale is not None and 0 <= scale <= digits <= MOST_DIGITS
        kept = read("{c}::numeric", pa.decimal128(digits, scale) if fits else pa.float64())
        return kept if fits else kept.as_double()
    if oid == DATE:
        return read(FINITE.format(value=DAYS, last=LAST_DAY), pa.int32(), "date", pa.date32())
    times = FINITE.format(value=MICROSECONDS, last=LAST_MICROSECOND)
    if oid == TIMESTAMP:
        return read(times, pa.int64(), "local", pa.timestamp("us"))
    if oid == TIMESTAMPTZ:
        return read(times, pa.int64(), "zoned", pa.timestamp("us", "UTC"))
    return read("{c}::text", pa.string(), there=TEXT)


def _sql(form: str, name: str) -> "Composable":
    from psycopg import sql

    return sql.SQL(form).format(c=sql.Identifier(name))


def _no_such_table(connection: "Connection", table: Sequence[str]) -> str:
    """Return that there is no such table, and what there is; names alone, which all may read."""
    there = [(str(schema), str(name)) for schema, name in connection.execute(TABLES)]
    schemas = sorted({schema for schema, _ in there})
    *schema, name = table
    if schema and schema[-1] not in schemas:
        return f"there is no schema {schema[-1]!r} with tables{close_to(schema[-1], schemas)}"
    known = {
        each if schema or where == "public" else f"{where}.{each}"
        for where, each in there
        if not schema or where == schema[-1]
    }
    elsewhere = sorted(f"{where}.{each}" for where, each in there if each == name)
    hint = f"; did you mean {elsewhere[0]!r}?" if elsewhere else close_to(name, sorted(known))
    return f"there is no table {'.'.join(table)!r}{hint}"
