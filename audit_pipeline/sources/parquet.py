"""Tables kept as Parquet files."""

from audit_pipeline.audits.settings import Settings
from audit_pipeline.sources.base import (
    FilePath,
    IbisBackend,
    IbisTable,
    Source,
    find_files,
    reading,
)


class ParquetFiles(Settings):
    """One Parquet file, or several of one schema."""

    path: FilePath


def read_parquet_files(settings: ParquetFiles, backend: IbisBackend) -> IbisTable:
    """Return the files as one table."""
    files = find_files(settings.path)
    with reading(settings.path, "Parquet"):
        return backend.read_parquet([str(file) for file in files])


SOURCE = Source(
    settings=ParquetFiles,
    read=read_parquet_files,
    files=lambda settings: find_files(settings.path),
)
