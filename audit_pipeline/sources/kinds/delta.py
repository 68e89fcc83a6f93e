"""Tables kept in the Delta Lake format, read as they are in their newest version."""

from typing import Any

from audit_pipeline.audits.settings import Settings
from audit_pipeline.sources.base import IbisBackend, Read, Source, State, Wanted
from audit_pipeline.sources.batches import (
    TimeKind,
    chosen_columns,
    read_copy,
    reading_table,
    version_mark,
    window_bounds,
)
from audit_pipeline.sources.origins.paths import origin_of_table
from audit_pipeline.sources.paths import TablePath
from audit_pipeline.sources.storage import Storage, is_remote

DeltaTable = Any  # deltalake is not installed everywhere
FORMAT = "Delta"
TIMES: dict[str, TimeKind] = {"timestamp": "zoned", "timestamp_ntz": "local", "date": "day"}
ADVICE = {
    "TableNotFoundError": "there is no Delta table: name the folder that holds `_delta_log`",
    "DeltaProtocolError": "it uses a feature of Delta that this version of `deltalake` cannot read",
}


class Delta(Settings):
    """A Delta table: a folder with a `_delta_log`."""

    path: TablePath
    """The table's folder, relative to the audit file's; or an address such as `s3://bucket/table`.
    Addresses are untested."""
    storage: Storage | None = None
    """How the object store is reached, where the table is in one that is not Amazon's own."""


def read_delta(settings: Delta, backend: IbisBackend, wanted: Wanted) -> Read:
    """Return the columns asked for of the newest version, from a copy.

    They are of the window wanted, where the table has a date or a timestamp of its rows. Deleted
    rows are not in it.
    """
    with reading_table(settings.path, FORMAT, ADVICE):
        table = _open(settings)
        location = f"{settings.path} (version {table.version()})"
        whole = _within(table, wanted) is None
        return read_copy(_rows(table, wanted), backend, wanted, location=location, whole=whole)


def delta_state(settings: Delta, wanted: Wanted) -> State:
    """Return how the table stands, by its version; whichever window is asked for."""
    del wanted
    with reading_table(settings.path, FORMAT, ADVICE):
        table = _open(settings)
        files = table.get_add_actions(flatten=True)
        sizes = [int(size.as_py()) for size in files.column("size_bytes")]
        return State(mark=_mark(table), landed=bool(sizes), size=sum(sizes))


def delta_digest(settings: Delta) -> str:
    """Return a digest of the table's identity and version."""
    with reading_table(settings.path, FORMAT, ADVICE):
        return _mark(_open(settings))


def _mark(table: DeltaTable) -> str:
    return version_mark(str(table.metadata().id), table.version())


def _open(settings: Delta) -> DeltaTable:
    from deltalake import DeltaTable  # noqa: PLC0415 (an optional package)

    return DeltaTable(settings.path, storage_options=_options(settings))


def _rows(table: DeltaTable, wanted: Wanted) -> Any:  # noqa: ANN401 (pyarrow ships no types)
    """Return a reader of the batches of a table's newest version."""
    import pyarrow as pa  # noqa: PLC0415 (only who reads pays for the import)
    from deltalake import QueryBuilder  # noqa: PLC0415 (an optional package)

    names = chosen_columns([field.name for field in table.schema().fields], wanted)
    listed = ", ".join(_quoted(name) for name in names) or "NULL AS nothing"
    within = _within(table, wanted)
    asked = f"SELECT {listed} FROM rows" + (f" WHERE {within}" if within else "")
    return pa.RecordBatchReader.from_stream(QueryBuilder().register("rows", table).execute(asked))


def _within(table: DeltaTable, wanted: Wanted) -> str | None:
    """Return the condition of the window's rows, if the table's times can be compared."""
    kinds = {field.name: getattr(field.type, "type", "") for field in table.schema().fields}
    kind = TIMES.get(kinds.get(wanted.timestamp or "", ""))
    if wanted.window is None or wanted.timestamp is None or kind is None:
        return None
    start, end = window_bounds(kind, wanted.window)
    when = _quoted(wanted.timestamp)
    return f"{when} IS NULL OR ({when} >= '{start}' AND {when} <= '{end}')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _options(settings: Delta) -> dict[str, str] | None:
    if not is_remote(settings.path) or settings.storage is None:
        return None
    storage = settings.storage
    options = {
        "AWS_ENDPOINT_URL": storage.endpoint_url,
        "AWS_REGION": storage.region,
        "AWS_SKIP_SIGNATURE": "true" if storage.anonymous else None,
        "AWS_ALLOW_HTTP": "true" if (storage.endpoint_url or "").startswith("http:") else None,
        "timeout": f"{storage.timeout_seconds}s",
    }
    return {name: value for name, value in options.items() if value is not None}


SOURCE = Source(
    settings=Delta,
    read=read_delta,
    state=delta_state,
    digest=delta_digest,
    origin=lambda s: origin_of_table(s.path),
)
