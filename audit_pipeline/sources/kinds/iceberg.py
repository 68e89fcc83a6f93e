"""Tables kept in the Apache Iceberg format, read as they are in their newest snapshot."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit_pipeline.audits.settings import Settings
from audit_pipeline.sources.base import IbisBackend, Read, Source, SourceError, State, Wanted
from audit_pipeline.sources.batches import (
    TimeKind,
    chosen_columns,
    read_copy,
    reading_table,
    version_mark,
    window_bounds,
)
from audit_pipeline.sources.origins.paths import origin_of_iceberg
from audit_pipeline.sources.paths import TablePath
from audit_pipeline.sources.remote import remote_files
from audit_pipeline.sources.storage import Storage, is_remote

IcebergTable = Any  # pyiceberg is not installed everywhere
FORMAT = "Iceberg"
ADVICE: Mapping[str, str] = {}  # its errors have names that tell nothing
TIMES: dict[str, TimeKind] = {"timestamptz": "zoned", "timestamp": "local", "date": "day"}
METADATA = ".metadata.json"
VERSION = re.compile(r"^v?(\d+)")


class Iceberg(Settings):
    """An Iceberg table: its folder, or one of its metadata files."""

    path: TablePath
    """The table's folder, whose newest metadata file counts, or one `….metadata.json`, which is
    the table as it was then. Relative to the audit file's folder; or an address such as
    `s3://bucket/table`, which is untested."""
    storage: Storage | None = None
    """How the object store is reached, where the table is in one that is not Amazon's own."""


def read_iceberg(settings: Iceberg, backend: IbisBackend, wanted: Wanted) -> Read:
    """Return the columns asked for of the newest snapshot, from a copy.

    They are of the window wanted, where the table has a date or a timestamp of its rows. Deleted
    rows are not in it.
    """
    with reading_table(settings.path, FORMAT, ADVICE):
        table = _open(settings)
        names = chosen_columns([field.name for field in table.schema().fields], wanted)
        scan = table.scan(selected_fields=tuple(names), limit=wanted.limit)
        within = _within(table, wanted)
        rows = (scan.filter(within) if within is not None else scan).to_arrow_batch_reader()
        snapshot = table.current_snapshot()
        of = f"snapshot {snapshot.snapshot_id}" if snapshot else "no snapshot"
        location = f"{settings.path} ({of})"
        return read_copy(rows, backend, wanted, location=location, whole=within is None)


def _within(table: IcebergTable, wanted: Wanted) -> Any:  # noqa: ANN401 (pyiceberg's own)
    """Return the condition of the window's rows, if the table's times can be compared."""
    from pyiceberg import expressions  # noqa: PLC0415 (an optional package)

    made: Any = expressions  # its types know the newest way to call them only
    when = wanted.timestamp or ""
    kinds = {field.name: str(field.field_type) for field in table.schema().fields}
    kind = TIMES.get(kinds.get(when, ""))
    if wanted.window is None or kind is None:
        return None
    start, end = window_bounds(kind, wanted.window)
    later, earlier = made.GreaterThanOrEqual(when, start), made.LessThanOrEqual(when, end)
    return made.Or(made.IsNull(when), made.And(later, earlier))


def iceberg_state(settings: Iceberg, wanted: Wanted) -> State:
    """Return how the table stands, by its snapshot; whichever window is asked for."""
    del wanted
    with reading_table(settings.path, FORMAT, ADVICE):
        table = _open(settings)
        snapshot = table.current_snapshot()
        facts = dict(snapshot.summary.additional_properties) if snapshot else {}
        rows, size = facts.get("total-records"), facts.get("total-files-size")
        return State(
            mark=_mark(table),
            landed=snapshot is not None and rows != "0",
            size=int(size) if size else None,
        )


def iceberg_digest(settings: Iceberg) -> str:
    """Return a digest of the table's identity and snapshot."""
    with reading_table(settings.path, FORMAT, ADVICE):
        return _mark(_open(settings))


def _mark(table: IcebergTable) -> str:
    snapshot = table.current_snapshot()
    return version_mark(str(table.metadata.table_uuid), snapshot and snapshot.snapshot_id)


def _open(settings: Iceberg) -> IcebergTable:
    from pyiceberg.table import StaticTable  # noqa: PLC0415 (an optional package)

    path = settings.path
    if not path.endswith(METADATA):
        path = _newest_remote(settings) if is_remote(path) else _newest(Path(path))
    return StaticTable.from_metadata(path, _properties(settings.storage))


def _newest(folder: Path) -> str:
    files = [(file.name, str(file)) for file in (folder / "metadata").glob(f"*{METADATA}")]
    return _last(str(folder), files)


def _newest_remote(settings: Iceberg) -> str:
    pattern = f"{settings.path.rstrip('/')}/metadata/*{METADATA}"
    protocol = settings.path.partition("://")[0]
    found = remote_files(pattern, settings.storage, None)
    files = [(file.name.rpartition("/")[2], f"{protocol}://{file.name}") for file in found]
    return _last(settings.path, files)


def _last(path: str, files: list[tuple[str, str]]) -> str:
    """Return the metadata file with the highest number: `v7.…`, or `00007-….…`."""
    numbered = [(int(n[1]), file) for name, file in files if (n := VERSION.match(name))]
    if not numbered:
        raise SourceError(f"{path} is no Iceberg table: it has no metadata/*{METADATA}")
    return max(numbered)[1]


def _properties(storage: Storage | None) -> dict[str, str]:
    if storage is None:
        return {}
    said = {
        "s3.endpoint": storage.endpoint_url,
        "s3.region": storage.region,
        "s3.anonymous": "true" if storage.anonymous else None,
        "s3.request-timeout": str(storage.timeout_seconds),
    }
    return {name: value for name, value in said.items() if value is not None}


SOURCE = Source(
    settings=Iceberg,
    read=read_iceberg,
    state=iceberg_state,
    digest=iceberg_digest,
    origin=lambda s: origin_of_iceberg(s.path),
)
