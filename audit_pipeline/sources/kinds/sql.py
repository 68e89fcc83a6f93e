"""Tables of SQL databases, by URL."""

from audit_pipeline.sources.base import Source
from audit_pipeline.sources.databases.reading import read_table, table_state
from audit_pipeline.sources.databases.settings import SqlTable

SOURCE = Source(
    settings=SqlTable,
    read=read_table,
    state=table_state,
    digest=lambda _: None,  # only reading all rows could tell
    at_once=True,
)
