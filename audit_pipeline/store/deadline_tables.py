"""The table of what the dead man's switch knows: since when it counts on an audit."""

from sqlalchemy import Column, DateTime, String, Table

from audit_pipeline.store.schema import metadata

watches = Table(
    "audit_watches",
    metadata,
    Column("audit", String(64), primary_key=True),
    # every window that ended by then is audited, or ended before the audit was first seen
    Column("since", DateTime(timezone=True), nullable=False),
)
