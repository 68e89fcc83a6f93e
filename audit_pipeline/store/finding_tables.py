"""The tables of findings: what each stands at, and all that ever happened to it."""

from sqlalchemy import Column, Date, DateTime, ForeignKey, Index, Integer, Table, UniqueConstraint

from audit_pipeline.store.schema import metadata
from audit_pipeline.store.text import String, Text

findings = Table(
    "audit_findings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("audit", String(64), nullable=False),
    Column("asset", String(64), nullable=False),  # the check that did not pass
    Column("name", String(128), nullable=False),
    Column("subject", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", String(32), nullable=False),  # the window in which it was first seen
    Column("opened", DateTime(timezone=True), nullable=False),
    Column("window", String(32), nullable=False),  # the last one looked at
    Column("start", DateTime(timezone=True), nullable=False),  # of that window
    Column("revision", Integer, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("until", Date),  # the last day of a waiver
    UniqueConstraint("audit", "asset", "name", "subject"),  # one cause, one finding
)

history = Table(  # rows are only ever added
    "audit_finding_history",
    metadata,
    Column("finding", Integer, ForeignKey("audit_findings.number"), primary_key=True),
    Column("place", Integer, primary_key=True),  # counts from 1 within a finding
    Column("change", String(32), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("window", String(32), nullable=False),  # empty where it came of no audit
    Column("revision", Integer, nullable=False),
)

Index("audit_findings_by_state", findings.c.audit, findings.c.state)
