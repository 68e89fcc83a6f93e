"""Rows from a database into a Parquet file, piece by piece, so that memory stays flat."""

import contextlib
import errno
from collections.abc import Generator, Iterator
from pathlib import Path

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.session import ArrowSchema, ArrowTable


def write_copy(path: Path, schema: ArrowSchema, tables: Iterator[ArrowTable], most: int) -> None:
    """Write all rows to `path`; memory holds one of `tables` at a time.

    Raises:
        SourceError: There are more than `most` rows, or the disk is full.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 (only who reads pays)

    rows = 0
    try:
        with _closing(tables), pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for table in tables:
                rows += table.num_rows
                if rows > most:
                    raise SourceError(
                        f"there are more rows than the {most:,} of `max_rows`, so none was taken:"
                        " raise it, shorten the window, or choose rows in a `query`"
                    )
                writer.write_table(table)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise SourceError(
            f"the disk is full after {rows:,} copied rows: make room in {path.parent}"
        ) from error


@contextlib.contextmanager
def _closing(tables: Iterator[ArrowTable]) -> Iterator[None]:
    """End the statement behind the rows at once when they are not taken to the end."""
    try:
        yield
    finally:
        if isinstance(tables, Generator):
            tables.close()
