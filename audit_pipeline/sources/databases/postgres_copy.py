"""Rows of PostgreSQL as the server's own CSV, and from it as Arrow."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.postgres_relation import PostgresColumn
from audit_pipeline.sources.databases.session import ArrowSchema, ArrowTable, DoubleNeededError

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composed

PIECE = 16 << 20
"""Bytes of text that become one piece."""
ROWS = 122_880
"""Rows of a piece at most."""
LARGEST = 1 << 30
"""Bytes of text in a row: what PostgreSQL allows a value."""


def rows_of(
    connection: "Connection", statement: "Composed", columns: Sequence[PostgresColumn]
) -> tuple[ArrowSchema, Iterator[ArrowTable]]:
    """Return the schema of what a COPY statement hands out, and its rows piece by piece.

    Raises:
        DoubleNeededError: A decimal column has a NaN or an infinity (from the iterator).
        SourceError: A text is not one (from the iterator).
    """
    import pyarrow as pa  # noqa: PLC0415 (only who reads pays)

    schema = pa.schema([(each.name, each.type) for each in columns])
    return schema, _tables(connection, statement, columns, schema)


def _tables(
    connection: "Connection",
    statement: "Composed",
    columns: Sequence[PostgresColumn],
    schema: ArrowSchema,
) -> Iterator[ArrowTable]:
    # a savepoint: the rows may have to be asked for again in another form
    with connection.transaction(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        piece: list[bytes | bytearray | memoryview] = []
        size = 0
        for row in copy:  # one by one: the protocol sends each in a message of its own
            piece.append(row)
            size += len(row)
            if size >= PIECE or len(piece) >= ROWS:
                yield _parsed(b"".join(piece), columns, schema)
                piece, size = [], 0
        if piece:
            yield _parsed(b"".join(piece), columns, schema)


def _parsed(text: bytes, columns: Sequence[PostgresColumn], schema: ArrowSchema) -> ArrowTable:
    """Return rows of the server's CSV; an unquoted nothing is null, a quoted one is empty text."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    names = [f"c{number}" for number in range(len(columns))]
    try:
        table = csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(
                column_names=names, use_threads=False, block_size=min(len(text) + 1, LARGEST)
            ),
            parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=dict(zip(names, (each.text for each in columns), strict=True)),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )
    except pa.ArrowInvalid as error:
        raise _unreadable(str(error), columns) from None  # its words quote the value
    values = [table.column(n).cast(each.type) for n, each in enumerate(columns)]
    return pa.Table.from_arrays(values, schema=schema)


def _unreadable(said: str, columns: Sequence[PostgresColumn]) -> Exception:
    import pyarrow as pa  # noqa: PLC0415

    found = re.search(r"In CSV column #(\d+)", said)
    if found is None:
        return SourceError("the rows cannot be read: leave out columns of very long text")
    column = columns[int(found[1])]
    if pa.types.is_decimal(column.type):
        return DoubleNeededError(column.name)
    if pa.types.is_string(column.type):
        return SourceError(
            f"the column {column.name!r} holds text that is not UTF-8, as databases of encoding"
            " SQL_ASCII may: mend it, or leave the column out"
        )
    return SourceError(
        f"a value of the column {column.name!r} cannot be read as {column.type}: cast the column"
        " in a `query`"
    )
