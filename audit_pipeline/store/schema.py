"""The tables of the results store, the same on SQLite and PostgreSQL."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
)

from audit_pipeline.store.text import String, Text

VERSION = 1

metadata = MetaData()

versions = Table("audit_store_version", metadata, Column("version", Integer, primary_key=True))

audits = Table(
    "audits",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("risk", String(16), nullable=False),
    Column("file_sha256", String(64), nullable=False),
    Column("updated", DateTime(timezone=True), nullable=False),
)

claims = Table(
    "audit_claims",
    metadata,
    Column("audit", String(64), primary_key=True),
    Column("window", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("content", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # reading, claimed, sealed, abandoned
    Column("complete", Boolean, nullable=False),  # sealed, and no stage crashed
    Column("rows", Integer, nullable=False),
    Column("verdict", String(16)),
    Column("record", Text),  # the whole AuditRecord as JSON, once sealed
    Column("run_id", String(64), nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("pid_started", Float, nullable=False),
    Column("beat", DateTime(timezone=True), nullable=False),
    Column("claimed", DateTime(timezone=True), nullable=False),
    Column("sealed", DateTime(timezone=True)),
)

runs = Table(
    "audit_runs",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("audit", String(64), primary_key=True),
    Column("window", String(32), primary_key=True),
    Column("revision", Integer),
    Column("outcome", String(32), nullable=False),  # claimed, audited, already_audited, in_progress
    Column("updated", DateTime(timezone=True), nullable=False),
)

approvals = Table(
    "audit_baselines",
    metadata,
    Column("audit", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),  # counts from 1 within an audit
    Column("digest", String(64), nullable=False),  # of the source, where it has one
    Column("fingerprint", String(64), nullable=False),  # of the rows
    Column("rows", Integer, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("approved", DateTime(timezone=True), nullable=False),
)

arrivals = Table(
    "audit_arrivals",
    metadata,
    Column("audit", String(64), primary_key=True),
    Column("window", String(32), primary_key=True),
    Column("mark", String(64), nullable=False),  # how the sources stood when they were audited
    Column("noted", DateTime(timezone=True), nullable=False),
)

_OF_CLAIM = ("audit", "window", "revision")


def _revision_key() -> tuple[Column[str], Column[str], Column[int]]:
    return (
        Column("audit", String(64), primary_key=True),
        Column("window", String(32), primary_key=True),
        Column("revision", Integer, primary_key=True),
    )


def _belongs_to_claim() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(_OF_CLAIM, [claims.c[name] for name in _OF_CLAIM])


measurements = Table(
    "audit_measurements",
    metadata,
    *_revision_key(),
    Column("metric", String(128), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("value", Float, nullable=False),
    Column("low", Float),
    Column("high", Float),
    Column("baseline_value", Float),
    Column("rows", Integer, nullable=False),
    Column("rows_used", Integer, nullable=False),
    Column("error_bound", Float, nullable=False),
    _belongs_to_claim(),
)

verdicts = Table(
    "audit_verdicts",
    metadata,
    *_revision_key(),
    Column("asset", String(64), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("required", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    _belongs_to_claim(),
)

Index("audit_measurements_by_metric", measurements.c.audit, measurements.c.metric)
Index("audit_claims_by_state", claims.c.state)
