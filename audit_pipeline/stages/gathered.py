"""One table of a data set as it was read, and what is to be known about it."""

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audit_pipeline.audits.audit import Table
from audit_pipeline.domain.record import SourceRecord
from audit_pipeline.profiles.engine import IbisBackend, IbisTable
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.missing import MissingError

CHUNK = 1 << 20


@dataclass
class Gathered:
    """A data set brought together, and what is to be known about it."""

    table: IbisTable
    everyone: IbisTable
    """The main table as it was, of whatever window."""
    sources: list[SourceRecord]
    missing: dict[str, str] = field(default_factory=dict)
    """The declared columns that are not there, each with a sentence that says so."""
    notes: list[str] = field(default_factory=list)

    def lack(self, name: str, why: str = "") -> None:
        """Note that a declared column is not there."""
        self.missing.setdefault(name, missing_column(name) + why)


def missing_column(name: str) -> str:
    """Return how the sentence about a missing column begins."""
    return f"the column {name!r} is missing"


def read_table(table: Table, role: str, backend: IbisBackend) -> tuple[IbisTable, SourceRecord]:
    """Return a table and the facts of its files.

    Raises:
        SourceError: It cannot be read.
    """
    source = SOURCES[table.kind]
    read = _with_known_types(source.read(table.settings, backend))
    files = source.files(table.settings)
    location = str(files[0]) if len(files) == 1 else f"{files[0].parent} ({len(files)} files)"
    return read, SourceRecord(
        role=role,
        kind=table.kind,
        location=location,
        sha256=files_sha256(files),
        rows=int(read.count().execute()),
    )


def need(table: IbisTable, name: str, role: str) -> None:
    """Let a table pass that has the column `name`.

    Raises:
        MissingError: It has not; the message names the closest one it has.
    """
    if name not in table.columns:
        raise MissingError(f"the {role} column {name!r} is missing{closest(name, table)}")


def closest(name: str, table: IbisTable) -> str:
    """Return the end of a sentence that names the column most like `name`, if there is one."""
    close = difflib.get_close_matches(name, list(table.columns), n=1)
    if not close:
        close = [c for c in table.columns if c.lower() == name.lower()]
    return f"; the table has {close[0]!r}" if close else ""


def counted(number: int, what: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def files_sha256(files: Sequence[Path]) -> str:
    """Return the SHA-256 of one file, or of the digests of several in order."""
    digests = [file_sha256(file) for file in files]
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def _with_known_types(table: IbisTable) -> IbisTable:
    """Return the table with the two types Ibis has no name for as types it knows.

    Parquet files hold columns of nulls alone, and zoned times in nanoseconds, which is how pandas
    writes them.
    """
    unknown = {name: str(kind) for name, kind in table.schema().items() if kind.is_unknown()}
    known = {
        name: table[name].cast("timestamp('UTC')" if "TIMESTAMPTZ" in kind else "float64")
        for name, kind in unknown.items()
        if "TIMESTAMPTZ" in kind or '"NULL"' in kind
    }
    return table.mutate(**known) if known else table
