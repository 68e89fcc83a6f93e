"""Tables kept as Parquet files."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audit_pipeline.sources.base import IbisBackend, IbisTable
from audit_pipeline.sources.files import Files, file_source, reading
from audit_pipeline.sources.on_spark import read_parquet_in_place

MAGIC, WORD = (b"PAR1", b"PARE"), 4
"""What files begin and end with; the second where the footer is encrypted."""


class ParquetFiles(Files):
    """One Parquet file, or several of one schema."""


def scan_parquet(settings: ParquetFiles, files: Sequence[Path], backend: IbisBackend) -> IbisTable:
    """Return the files as one table."""
    with reading(settings.path, "Parquet"):
        return backend.read_parquet([str(file) for file in files])


def has_end(file: Path) -> bool:
    """Return whether a file ends as Parquet does: what says how to read it is written last.

    One that is none, or cannot be opened, is left to whoever reads it, who says why.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(WORD)
            if start not in {b"", *MAGIC}:
                return True
            if opened.seek(0, os.SEEK_END) < 2 * WORD:  # its beginning is not its end
                return False
            opened.seek(-WORD, os.SEEK_END)
            return opened.read() in MAGIC
    except OSError:
        return True


SOURCE = replace(
    file_source(ParquetFiles, scan_parquet, has_end), in_place={"pyspark": read_parquet_in_place}
)
