"""Bring the tables of a data set together: joined by id, cut to the window, cut to the columns."""

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import ibis

from audit_pipeline.audits.audit import Audit, Table, Tables
from audit_pipeline.domain.record import SourceRecord
from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.columns import one_row
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, IbisValue, try_strptime
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.missing import MissingError

CHUNK = 1 << 20


@dataclass
class Gathered:
    """A data set brought together, and what is to be known about it."""

    table: IbisTable
    sources: list[SourceRecord]
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def gather(audit: Audit, tables: Tables, backend: IbisBackend, window: Window | None) -> Gathered:
    """Return the declared columns of a data set, of the rows within `window` (all, if None).

    Raises:
        SourceError: A table cannot be read.
        MissingError: The id or timestamp column is not there.
    """
    main, record = _read(tables.table, "table", backend)
    gathered = Gathered(table=main, sources=[record])
    columns = audit.columns
    _need(main, columns.id, "id")
    if window is not None:
        _need(main, columns.timestamp.column, "timestamp")
        _cut(gathered, audit, window)
    if tables.predictions is not None and columns.prediction is not None:
        wanted = [n for n in (columns.prediction.label, columns.prediction.score) if n]
        _join(gathered, tables.predictions, "predictions", backend, columns.id, wanted)
    if tables.labels is not None and columns.target is not None:
        _join(gathered, tables.labels, "labels", backend, columns.id, [columns.target.column])
    _keep_declared(gathered, audit)
    return gathered


def declared_columns(audit: Audit) -> list[str]:
    """Return every column an audit names, in the order of the audit file, once."""
    columns = audit.columns
    named: list[str | None] = [columns.id, columns.timestamp.column, *columns.features]
    named += columns.groups
    if columns.prediction is not None:
        named += [columns.prediction.label, columns.prediction.score]
    named += [columns.target.column if columns.target else None, columns.weight]
    return list(dict.fromkeys(name for name in named if name))


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


def _read(table: Table, role: str, backend: IbisBackend) -> tuple[IbisTable, SourceRecord]:
    source = SOURCES[table.kind]
    read = source.read(table.settings, backend)
    files = source.files(table.settings)
    location = str(files[0]) if len(files) == 1 else f"{files[0].parent} ({len(files)} files)"
    return read, SourceRecord(
        role=role,
        kind=table.kind,
        location=location,
        sha256=files_sha256(files),
        rows=int(read.count().execute()),
    )


def _need(table: IbisTable, name: str, role: str) -> None:
    if name not in table.columns:
        raise MissingError(f"the {role} column {name!r} is missing{_closest(name, table)}")


def _closest(name: str, table: IbisTable) -> str:
    close = difflib.get_close_matches(name, list(table.columns), n=1)
    if not close:
        close = [c for c in table.columns if c.lower() == name.lower()]
    return f"; the table has {close[0]!r}" if close else ""


def _cut(gathered: Gathered, audit: Audit, window: Window) -> None:
    """Keep the rows within the window; count those whose time cannot be read."""
    when = _instant(gathered.table, audit)
    rows = gathered.table.mutate(_when=when)
    lost = one_row(rows.aggregate(n=rows["_when"].isnull().sum()))["n"] or 0
    if lost:
        gathered.notes.append(
            f"{lost:,} rows of the source have no readable time in"
            f" {audit.columns.timestamp.column!r} and belong to no window"
        )
    start, end = _bounds(rows["_when"], window)
    gathered.table = rows.filter((rows["_when"] >= start) & (rows["_when"] < end)).drop("_when")


def _instant(table: IbisTable, audit: Audit) -> IbisValue:
    name, form = audit.columns.timestamp.column, audit.columns.timestamp.format
    column = table[name]
    kind = column.type()
    if form == "year":
        if not kind.is_numeric():
            raise MissingError(f"the timestamp column {name!r} is {kind}, not a year")
        year = column.cast("int64")
        sane = (year >= 1) & (year <= 9999)  # noqa: PLR2004 (the years of the calendar)
        return ibis.ifelse(sane, ibis.timestamp(year, 1, 1, 0, 0, 0), ibis.null("timestamp"))
    if form == "timestamp":
        if kind.is_timestamp() or kind.is_date():
            return column.cast("timestamp") if kind.is_date() else column
        raise MissingError(
            f"the timestamp column {name!r} is {kind}; say how it is written with"
            f" `timestamp: {{column: {name}, format: '%Y-%m-%d'}}`"
        )
    return try_strptime(column.cast("string"), form)


def _bounds(when: IbisValue, window: Window) -> tuple[IbisValue, IbisValue]:
    """Return the window's ends: as instants for zoned times, as local wall time otherwise."""
    if when.type().is_timestamp() and when.type().timezone:
        zoned = "timestamp('UTC')"
        return ibis.literal(window.start, zoned), ibis.literal(window.end, zoned)
    local = window.start.replace(tzinfo=None), window.end.replace(tzinfo=None)
    return ibis.literal(local[0], "timestamp"), ibis.literal(local[1], "timestamp")


def _join(
    gathered: Gathered,
    table: Table,
    role: str,
    backend: IbisBackend,
    key: str,
    wanted: list[str],
) -> None:
    """Add columns of another table by id; an id that stands there twice is left out, and said."""
    other, record = _read(table, role, backend)
    gathered.sources.append(record)
    _need(other, key, f"{role} id")
    present = [name for name in wanted if name in other.columns]
    unique = other.select(key, *present)
    counted = unique.group_by(key).aggregate(
        _times=unique.count(), **{name: unique[name].arbitrary() for name in present}
    )
    doubled = one_row(counted.aggregate(n=(counted["_times"] > 1).sum(), rows=counted.count()))
    if doubled["n"]:
        gathered.notes.append(
            f"{doubled['n']:,} ids stand more than once in the {role} table; which row is right"
            f" cannot be known, so their {role} count as missing"
        )
    once = counted.filter(counted["_times"] == 1).drop("_times")
    left = gathered.table.drop(*[n for n in present if n in gathered.table.columns])
    gathered.table = left.left_join(once, key).drop(f"{key}_right")


def _keep_declared(gathered: Gathered, audit: Audit) -> None:
    table = gathered.table
    declared = declared_columns(audit)
    to_score = set[str]()
    if audit.model is not None and audit.columns.prediction is not None:
        to_score = {audit.columns.prediction.label, audit.columns.prediction.score or ""}
    for name in declared:
        if name not in table.columns and name not in to_score:
            gathered.missing.append(name)
            gathered.notes.append(f"the column {name!r} is missing{_closest(name, table)}")
    gathered.table = table.select([name for name in declared if name in table.columns])
