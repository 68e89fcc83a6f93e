"""One table of a data set as it was read, and what is to be known about it."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from audit_pipeline.audits.audit import Table
from audit_pipeline.domain.record import SourceRecord
from audit_pipeline.profiles.engine import IbisBackend, IbisTable
from audit_pipeline.sources.base import Read, SourceError, Wanted
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.missing import MissingError

COPYING = "duckdb"
"""The engine whose sources copy what is not in files; all others read tables where they are."""


@dataclass
class Gathered:
    """A data set brought together, and what is to be known about it."""

    table: IbisTable
    everyone: IbisTable
    """The main table as it was read, before it was cut to the window."""
    whole: bool = True
    """Whether `everyone` has the rows of all windows."""
    noting: bool = True
    """Whether what is only to be said is counted, too: it costs scans."""
    sources: list[SourceRecord] = field(default_factory=list[SourceRecord])
    missing: dict[str, str] = field(default_factory=dict)
    """The declared columns that are not there, each with a sentence that says so."""
    notes: list[str] = field(default_factory=list)

    def lack(self, name: str, why: str = "") -> None:
        """Note that a declared column is not there."""
        self.missing.setdefault(name, missing_column(name) + why)


def missing_column(name: str) -> str:
    """Return how the sentence about a missing column begins."""
    return f"the column {name!r} is missing"


def read_table(
    table: Table,
    role: str,
    backend: IbisBackend,
    wanted: Wanted,
    *,
    noting: bool = True,
    counting: bool = True,
) -> tuple[Read, SourceRecord]:
    """Return a table and the facts of where it came from.

    Its rows are given as 0 where not `noting`, or not `counting`: then somebody else counts them.

    Raises:
        SourceError: It cannot be read.
    """
    read = _reader(table, backend)(table.settings, backend, replace(wanted, marked=noting))
    read = replace(read, table=_with_known_types(read.table))
    return read, SourceRecord(
        role=role,
        kind=table.kind,
        location=read.location,
        sha256=read.sha256,
        rows=int(read.table.count().execute()) if noting and counting else 0,
    )


def _reader(table: Table, backend: IbisBackend) -> Callable[[Any, IbisBackend, Wanted], Read]:
    """Return how the table's kind of source is read on an engine."""
    source = SOURCES[table.kind]
    if backend.name == COPYING:
        return source.read
    if backend.name not in source.in_place:
        able = sorted(kind for kind, each in SOURCES.items() if backend.name in each.in_place)
        raise SourceError(
            f"the engine {backend.name} cannot read a table of kind {table.kind!r} where it is,"
            f" only {', '.join(able)}; leave `engine` out to have it copied"
        )
    return source.in_place[backend.name]


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


def _with_known_types(table: IbisTable) -> IbisTable:
    """Return the table with the two types Ibis has no name for as types it knows.

    Parquet files hold columns of nulls alone, and zoned times in nanoseconds, which is how pandas
    writes them.
    """
    unknown = {name: str(kind) for name, kind in table.schema().items() if kind.is_unknown()}
    known = [
        table[name].cast("timestamp('UTC')" if "TIMESTAMPTZ" in kind else "float64").name(name)
        for name, kind in unknown.items()
        if "TIMESTAMPTZ" in kind or '"NULL"' in kind
    ]
    return table.mutate(*known) if known else table
