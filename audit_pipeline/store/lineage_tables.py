"""The tables of what is told to others, and of what they tell: the outbox, and lineage."""

from sqlalchemy import Column, DateTime, Float, Index, Integer, LargeBinary, Table

from audit_pipeline.store.schema import metadata
from audit_pipeline.store.text import String, Text

outbox = Table(
    "audit_outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),  # in the order of writing
    Column("channel", String(32), nullable=False),  # lineage
    Column("key", String(64), nullable=False, unique=True),  # by which doubles can be told
    Column("stream", String(64), nullable=False),  # what is delivered in order: a root run
    Column("audit", String(64), nullable=False),
    Column("window", String(32), nullable=False),  # empty where it is about none
    Column("about", String(128), nullable=False),  # in a word: what, for people
    Column("body", LargeBinary, nullable=False),  # JSON, compressed by zlib
    Column("size", Integer, nullable=False),  # bytes before that
    Column("state", String(16), nullable=False),  # waiting, delivered, set_aside
    Column("attempts", Integer, nullable=False),
    Column("problem", Text),  # why the last attempt failed
    Column("written", DateTime(timezone=True), nullable=False),
    Column("changed", DateTime(timezone=True), nullable=False),  # its state, last
    sqlite_autoincrement=True,  # a number is never given twice
)

channels = Table(
    "audit_outbox_channels",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("failures", Integer, nullable=False),  # in a row, since the last delivery
    Column("next_try", DateTime(timezone=True)),  # None: at once
    Column("problem", Text),
    Column("held_by", String(64)),  # one ships at a time, or the order would be lost
    Column("held_until", DateTime(timezone=True)),
)

lineage_runs = Table(  # those that began and did not end yet
    "audit_lineage_runs",
    metadata,
    Column("lineage_run", String(36), primary_key=True),
    Column("root", String(36), nullable=False),
    Column("audit", String(64), nullable=False),
    Column("window", String(32), nullable=False),
    Column("start", LargeBinary, nullable=False),  # its first event, compressed by zlib
    Column("run_id", String(64), nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("pid_started", Float, nullable=False),
    Column("begun", DateTime(timezone=True), nullable=False),
)

received = Table(  # what other tools told of the tables before ours
    "audit_lineage_received",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of the event as canonical JSON
    Column("job", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # START, COMPLETE …; DATASET or JOB
    Column("happened", DateTime(timezone=True), nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON, compressed by zlib
    Column("received", DateTime(timezone=True), nullable=False),
)

edges = Table(
    "audit_lineage_edges",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of the two fields and the job
    Column("source_namespace", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("source_field", Text, nullable=False),  # empty: its rows as such
    Column("target_namespace", Text, nullable=False),
    Column("target_name", Text, nullable=False),
    Column("target_field", Text, nullable=False),
    Column("how", Text, nullable=False),  # the transformations, as JSON
    Column("job", Text, nullable=False),  # who told it
    Column("seen", DateTime(timezone=True), nullable=False),  # last
)

run_tables = Table(  # what runs of other tools read and wrote, told of in several events
    "audit_lineage_run_tables",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("run", String(64), nullable=False),
    Column("role", String(16), nullable=False),  # input, output, explained
    Column("namespace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("seen", DateTime(timezone=True), nullable=False),
)

same_tables = Table(  # two names of one table; each pair stands here both ways round
    "audit_lineage_same_tables",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("namespace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("other_namespace", Text, nullable=False),
    Column("other_name", Text, nullable=False),
    Column("seen", DateTime(timezone=True), nullable=False),
)

Index("audit_outbox_by_state", outbox.c.channel, outbox.c.state, outbox.c.number)
Index("audit_outbox_by_stream", outbox.c.stream)
Index("audit_lineage_edges_by_target", edges.c.target_namespace, edges.c.target_name)
Index("audit_lineage_received_by_time", received.c.received)
Index("audit_lineage_run_tables_by_run", run_tables.c.run)
Index("audit_lineage_same_tables_by_name", same_tables.c.namespace, same_tables.c.name)
