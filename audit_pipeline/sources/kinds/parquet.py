"""Tables kept as Parquet files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audit_pipeline.sources.base import IbisBackend, IbisTable
from audit_pipeline.sources.files import Files, file_source, reading
from audit_pipeline.sources.on_spark import read_parquet_in_place


class ParquetFiles(Files):
    """One Parquet file, or several of one schema."""


def scan_parquet(settings: ParquetFiles, files: Sequence[Path], backend: IbisBackend) -> IbisTable:
    """Return the files as one table."""
    with reading(settings.path, "Parquet"):
        return backend.read_parquet([str(file) for file in files])


SOURCE = replace(
    file_source(ParquetFiles, scan_parquet), in_place={"pyspark": read_parquet_in_place}
)
