"""Tables of SQL databases, by URL."""

from audit_pipeline.sources.base import IbisBackend, Read, Source, Wanted
from audit_pipeline.sources.databases.reading import read_table, table_state
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.origins.tables import origin_of_sql


def _in_place(settings: SqlTable, backend: IbisBackend, wanted: Wanted) -> Read:
    # only who has the engine `postgres` has its driver
    from audit_pipeline.sources.databases.in_place import read_in_place  # noqa: PLC0415

    return read_in_place(settings, backend, wanted)


SOURCE = Source(
    settings=SqlTable,
    read=read_table,
    state=table_state,
    digest=lambda _: None,  # only reading all rows could tell
    origin=origin_of_sql,
    in_place={"postgres": _in_place},
    at_once=True,
)
