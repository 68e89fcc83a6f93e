"""The tables of what the dead man's switch knows: since when it counts, and pauses."""

from sqlalchemy import Column, DateTime, Table

from audit_pipeline.store.schema import metadata
from audit_pipeline.store.text import String

watches = Table(
    "audit_watches",
    metadata,
    Column("audit", String(64), primary_key=True),
    # every window that ended by then is audited, or ended before the audit was first seen
    Column("since", DateTime(timezone=True), nullable=False),
)

pauses = Table(
    "audit_pauses",
    metadata,
    Column("audit", String(64), primary_key=True),
    Column("begun", DateTime(timezone=True), primary_key=True),  # when it was first seen paused
    Column("ended", DateTime(timezone=True)),  # when it was seen to go on
)
