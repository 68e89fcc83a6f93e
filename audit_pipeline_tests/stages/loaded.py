"""The small audit's rows as tables of a real PostgreSQL, to be measured where they are."""

from collections.abc import Mapping
from typing import Any

import psycopg
import pyarrow as pa

from audit_pipeline_tests.stages.small import settings

TYPES = {
    "int64": "bigint",
    "double": "double precision",
    "string": "text",
    "date32[day]": "date",
    "timestamp[us, tz=UTC]": "timestamptz",
}


def load(connection: psycopg.Connection, tables: Mapping[str, pa.Table]) -> None:
    """Put tables into the schema `lending`, and nothing else."""
    connection.execute("DROP SCHEMA IF EXISTS lending CASCADE")
    connection.execute("CREATE SCHEMA lending")
    for name, table in tables.items():
        load_table(connection, f"lending.{name}", table)


def load_table(connection: psycopg.Connection, name: str, table: pa.Table) -> None:
    """Make a table of a schema, with rows."""
    declared = ", ".join(f'"{each.name}" {TYPES[str(each.type)]}' for each in table.schema)
    connection.execute(f"CREATE TABLE {name} ({declared})")
    with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            copy.write_row(row)


def in_postgres(url: str, *tables: str) -> dict[str, Any]:
    """Return where each table is, as an audit file says it."""
    return {name: {"kind": "sql", "url": url, "table": f"lending.{name}"} for name in tables}


def in_place(url: str, **changes: object) -> dict[str, Any]:
    """Return the small audit of one table `loans` and a baseline `approved_on`, both there."""
    where = in_postgres(url, "loans", "approved_on")
    sides = {"current": {"table": where["loans"]}, "baseline": {"table": where["approved_on"]}}
    return settings(engine="postgres", **(sides | changes))
