"""Tables that a library hands out batch by batch: copied to one Parquet file, never held whole."""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from audit_pipeline.domain.window import Window
from audit_pipeline.sources.base import IbisBackend, Read, SourceError, Wanted
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.sources.storage import is_of_the_disk

ArrowReader = Any  # pyarrow ships no types
TimeKind = Literal["zoned", "local", "day"]
"""What a column of times holds: instants, times of the window's own zone, or dates."""


def read_copy(
    batches: ArrowReader, backend: IbisBackend, wanted: Wanted, *, location: str, whole: bool
) -> Read:
    """Return what was read from a location, from a copy; `whole`: not of one window alone."""
    copy = _copied(batches, wanted)
    return Read(
        table=backend.read_parquet([str(copy)]),
        location=location,
        sha256=file_sha256(copy),
        whole=whole,
    )


def _copied(batches: ArrowReader, wanted: Wanted) -> Path:
    """Write batches to one Parquet file in the folder wanted; return it.

    Where a look at some rows will do, it ends with the batch that has them.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 (only who copies pays for the import)

    wanted.folder.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="table-", dir=wanted.folder)) / "rows.parquet"
    rows = 0
    with pq.ParquetWriter(path, batches.schema, compression="zstd") as file:
        for batch in batches:
            file.write_batch(batch)
            rows += batch.num_rows
            if wanted.limit is not None and rows >= wanted.limit:
                break
    return path


@contextlib.contextmanager
def reading_table(path: str, form: str, advice: Mapping[str, str]) -> Iterator[None]:
    """Turn an error of a table's library into one that says what to do; its own words never.

    `form` is what the table's format is called, and our extra for it; `advice` what errors of the
    library mean, by name.

    Raises:
        SourceError: The library is not installed, or cannot read the table.
    """
    try:
        yield
    except SourceError:
        raise
    except ImportError as error:
        install = f'pip install "audit-pipeline[{form.lower()}]"'
        raise SourceError(f"reading {form} tables needs another package: {install}") from error
    except Exception as error:
        if is_of_the_disk(error):
            raise  # of this machine: no fault of the source
        kind = type(error).__name__
        said = advice.get(kind, f"it failed with {kind}: are its files all there, and readable?")
        raise SourceError(f"{path} is no readable {form} table: {said}") from error


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
