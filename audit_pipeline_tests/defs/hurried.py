"""The definitions of a home, whose data is looked at every few seconds: for a daemon of a test."""

from audit_pipeline.audits.home import keep_quiet
from audit_pipeline.defs import arrivals
from audit_pipeline.defs.build import build_definitions

keep_quiet()
arrivals.INTERVAL_SECONDS = 5
defs = build_definitions()
