"""The same rows on three engines, to ask the same rules of."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql

from audit_pipeline.rules.target import ParquetRows, PostgresRows, SparkRows

ArrowTable = Any
TYPES: Mapping[str, str] = {
    "int64": "bigint",
    "int32": "integer",
    "double": "double precision",
    "string": "text",
    "bool": "boolean",
    "date32[day]": "date",
    "decimal128(10, 2)": "numeric(10,2)",
}


def in_parquet(rows: ArrowTable, folder: Path) -> ParquetRows:
    path = folder / f"{uuid4().hex}.parquet"
    pq.write_table(rows, path)
    return ParquetRows(path=path)


def in_postgres(rows: ArrowTable, url: str) -> PostgresRows:
    name = f"rows_{uuid4().hex[:8]}"
    columns = [f"{_quoted(f.name)} {TYPES[str(f.type)]}" for f in rows.schema]
    values: Sequence[tuple[object, ...]] = list(zip(*rows.to_pydict().values(), strict=True))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL(f"CREATE TABLE {name} ({', '.join(columns)})"))
        with cursor.copy(sql.SQL(f"COPY {name} FROM STDIN")) as copy:
            for each in values:
                copy.write_row(each)
    return PostgresRows(url=url, query=f"SELECT * FROM {name}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def table(**columns: tuple[Sequence[object], Any]) -> ArrowTable:
    return pa.table({name: pa.array(v, kind) for name, (v, kind) in columns.items()})


def in_spark(rows: ArrowTable, session: Any, folder: Path) -> SparkRows:  # noqa: ANN401 (pyspark's)
    return SparkRows(dataframe=session.read.parquet(str(in_parquet(rows, folder).path)))
