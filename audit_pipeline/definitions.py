"""Entry point named by workspace.yaml: every audit of the home, as assets, jobs and schedules."""

from audit_pipeline.audits.home import keep_quiet

keep_quiet()

from audit_pipeline.defs.build import build_definitions  # noqa: E402 (telemetry is off by now)

defs = build_definitions()
