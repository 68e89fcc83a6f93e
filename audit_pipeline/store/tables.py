"""All tables of the store in one list: whoever makes them imports this."""

from audit_pipeline.store.alert_tables import alerted
from audit_pipeline.store.deadline_tables import watches
from audit_pipeline.store.finding_tables import findings
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.schema import claims

TABLES = (claims, outbox, findings, alerted, watches)
"""One of each module, which are imported with it: their `metadata` is one and has them all."""
