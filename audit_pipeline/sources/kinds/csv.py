"""Tables kept as CSV files."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from audit_pipeline.sources.base import IbisBackend, IbisTable, SourceError
from audit_pipeline.sources.files import Files, file_source, reading


class CsvFiles(Files):
    """One CSV file with a header, or several with the same header."""

    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """Found out from the file when left out."""
    encoding: str = "utf-8"
    """`utf-8`, `latin-1` or `utf-16`."""
    null: str | None = None
    """The text that means no value, beside the empty field: `NA`, `?`."""


RAGGED = (
    "its lines differ in their number of fields, or its `delimiter` cannot be found out: set it,"
    " or mend the lines"
)
KNOWN = {
    "not utf-8 encoded": "its text is not UTF-8: set `encoding: latin-1`, or save it as UTF-8",
    "sniffing file": RAGGED,
}
"""What DuckDB's messages mean; they also quote lines of the file, which must not be passed on."""


def scan_csv(settings: CsvFiles, files: Sequence[Path], backend: IbisBackend) -> IbisTable:
    """Return the files as one table. Types come from all rows, not from the first few."""
    options: dict[str, object] = {
        "header": True,
        "sample_size": -1,
        "encoding": settings.encoding,
        "nullstr": ["", settings.null] if settings.null else [""],
    }
    if settings.delimiter:
        options["delim"] = settings.delimiter
    with reading(settings.path, "CSV", KNOWN):
        table = backend.read_csv([str(file) for file in files], **options)
    if len(table.columns) == 1 and any(mark in table.columns[0] for mark in ",;|\t"):
        raise SourceError(f"{settings.path} is no readable CSV: {RAGGED}")
    return table


SOURCE = file_source(CsvFiles, scan_csv)
