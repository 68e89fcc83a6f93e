"""The tables of alerts: who was told of which finding, and how delivery to each address goes."""

from sqlalchemy import Column, DateTime, Integer, Table

from audit_pipeline.store.schema import metadata
from audit_pipeline.store.text import String, Text

alerted = Table(
    "audit_alerted",
    metadata,
    Column("finding", Integer, primary_key=True),
    Column("channel", String(64), primary_key=True),  # the variable that holds the address
    Column("kind", String(16), primary_key=True),  # told, or escalated
    Column("at", DateTime(timezone=True), nullable=False),  # last
)

incidents = Table(  # what a pager holds open, until all that it is about is settled
    "audit_alert_incidents",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),  # by which the pager knows it
    Column("finding", Integer, primary_key=True),
)

alert_channels = Table(
    "audit_alert_channels",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),  # in a row, since the last delivery
    Column("failing_since", DateTime(timezone=True)),
    Column("next_try", DateTime(timezone=True)),  # None: at once
    Column("problem", Text),
    Column("delivered", DateTime(timezone=True)),  # last
)
