"""Tables that a library hands out batch by batch: copied to one Parquet file, never held whole."""

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from audit_pipeline.domain.window import Window
from audit_pipeline.sources.base import Wanted

ArrowSchema = Any  # pyarrow ships no types
ArrowBatch = Any
TimeKind = Literal["zoned", "local", "day"]
"""What a column of times holds: instants, times of the window's own zone, or dates."""


def copy_batches(schema: ArrowSchema, batches: Iterable[ArrowBatch], wanted: Wanted) -> Path:
    """Write batches to one Parquet file in the folder wanted; return it.

    Where a look at some rows will do, it ends with the batch that has them.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 (only who copies pays for the import)

    wanted.folder.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="table-", dir=wanted.folder)) / "rows.parquet"
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for batch in batches:
            file.write_batch(batch)
            rows += batch.num_rows
            if wanted.limit is not None and rows >= wanted.limit:
                break
    return path


def chosen_columns(every: Iterable[str], wanted: Wanted) -> list[str]:
    """Return the columns of a table that are asked for, in its own order."""
    return [name for name in every if wanted.columns is None or name in wanted.columns]


def window_bounds(kind: TimeKind, window: Window) -> tuple[str, str]:
    """Return the first and the last moment of a window, as the columns of a kind are compared.

    Both are within; days are whole, so that more may be handed out than the window has.
    """
    if kind == "day":
        return window.start.date().isoformat(), window.end.date().isoformat()
    if kind == "local":
        local = window.start.replace(tzinfo=None), window.end.replace(tzinfo=None)
        return local[0].isoformat(), local[1].isoformat()
    return window.start.isoformat(), window.end.isoformat()


def version_mark(*said: object) -> str:
    """Return a digest of what names a table's version."""
    return hashlib.sha256(repr(said).encode()).hexdigest()
