"""Tables kept as CSV files."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from audit_pipeline.sources.base import IbisBackend, IbisTable, SourceError
from audit_pipeline.sources.files import Files, file_source, reading


class CsvFiles(Files):
    """One CSV file with a header, or several with the same header.

    Dates and times are read as such where they are written as ISO 8601 does (2024-01-31), for
    01/02/2024 may be two days; `true` and `false` are Booleans. All others are text.
    """

    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """Found out from the file when left out."""
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"
    """How its text is written."""
    decimal: Literal[".", ","] = "."
    """What stands before the decimals of a number."""
    null: str | None = None
    """The text that means no value, beside the empty field: `NA`, `?`."""


RAGGED = (
    "its lines differ in their number of fields, or its `delimiter` cannot be found out: set it,"
    " or mend the lines; the last line is shorter while a file is still being written"
)
KNOWN = {
    "not utf-8 encoded": (
        "its text is not UTF-8: set `encoding: latin-1` (or `utf-16`), or save it as UTF-8"
    ),
    "not latin-1 encoded": (
        "its text is not Latin-1 (Windows-1252 is close, and has € and curly quotes): save it as"
        " UTF-8"
    ),
    "not utf-16 encoded": "its text is not UTF-16: set another `encoding`, or save it as UTF-8",
    "Maximum line size": "a line is longer than 2 MB: is a quotation mark never closed?",
    "Expected Number of Columns": RAGGED,
    "unterminated quote": f"a quotation mark is never closed; or {RAGGED}",
    "sniffing file": RAGGED,
}
"""What DuckDB's messages mean; they also quote lines of the file, which must not be passed on."""

ISO = (None, "", "%Y-%m-%d", "%Y/%m/%d")
ZONE = r":[0-9.]+ ?([+-][0-9:]+|[A-Za-z][A-Za-z_+/0-9-]*)$"
"""What ends a time that has a zone."""


def scan_csv(settings: CsvFiles, files: Sequence[Path], backend: IbisBackend) -> IbisTable:
    """Return the files as one table. Types come from all rows, not from the first few.

    Raises:
        SourceError: It is no CSV, or not in the encoding told, or one column has times with and
            without a zone.
    """
    names, options = [str(file) for file in files], _options(settings)
    thorough = options | {"sample_size": -1, "files_to_sniff": -1, "dateformat": "%Y-%m-%d"}

    def read(texts: Collection[str]) -> IbisTable:
        types = {"types": dict.fromkeys(texts, "VARCHAR")} if texts else {}
        return backend.read_csv(names, **thorough, **types)

    with reading(settings.path, "CSV", KNOWN):
        texts = _own_dates(backend, names[0], options)
        table = read(texts)
        if more := _own_truths(settings, table, read):
            table = read([*texts, *more])
    _need_columns(settings, table)
    return table


def _options(settings: CsvFiles) -> dict[str, Any]:
    options: dict[str, Any] = {
        "header": True,
        "encoding": settings.encoding,
        "nullstr": ["", settings.null] if settings.null else [""],
        "decimal_separator": settings.decimal,
    }
    return options | ({"delim": settings.delimiter} if settings.delimiter else {})


def _own_dates(backend: IbisBackend, file: str, options: dict[str, Any]) -> list[str]:
    """Return the columns whose dates or times are written in a way of their own, as text.

    The engine would guess the way, file by file: 03/04 is in March or in April.
    """
    given = ", ".join(f"{name} = ?" for name in options)
    date, time, columns = backend.con.execute(
        f"SELECT DateFormat, TimestampFormat, Columns FROM sniff_csv(?, {given})",
        [file, *options.values()],
    ).fetchone()
    own = {"DATE"} if date not in ISO else set[str]()
    own |= {"TIMESTAMP"} if time not in ISO else set()
    return [column["name"] for column in columns if column["type"] in own]


def _own_truths(
    settings: CsvFiles, table: IbisTable, read: Callable[[Collection[str]], IbisTable]
) -> list[str]:
    """Return the columns of `yes` and `no`, or `T` and `F`: text that the engine takes for truth.

    Raises:
        SourceError: A column has times with a zone and others without: which zone is theirs?
    """
    kinds = table.schema().items()
    truths = [name for name, kind in kinds if kind.is_boolean()]
    zoned = [name for name, kind in kinds if kind.is_timestamp() and kind.timezone]
    if not (truths or zoned):
        return []
    raw = read([*truths, *zoned])
    asked = {name: (~raw[name].strip().lower().isin(["true", "false"])).any() for name in truths}
    asked |= {name: (~raw[name].strip().re_search(ZONE)).sum() for name in zoned}
    found = raw.aggregate(**asked).to_pyarrow().to_pylist()[0]
    if mixed := [name for name in zoned if found[name]]:
        raise SourceError(
            f"{settings.path}: {found[mixed[0]]:,} of the times in {mixed[0]!r} have no zone, and"
            " the others have: write all with one (as in 2024-01-31T08:00:00Z), or none"
        )
    return [name for name in truths if found[name]]


def _need_columns(settings: CsvFiles, table: IbisTable) -> None:
    names = list(table.columns)
    if len(names) == 1 and any(mark in names[0] for mark in ",;|\t"):
        raise SourceError(f"{settings.path} is no readable CSV: {RAGGED}")
    if any(not letter.isprintable() for name in names for letter in name):
        raise SourceError(
            f"{settings.path} is no readable CSV: its header holds control characters; is it text?"
        )


SOURCE = file_source(CsvFiles, scan_csv)
