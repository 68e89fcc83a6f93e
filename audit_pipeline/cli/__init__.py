"""The command line: `audit-pipeline …`."""

from audit_pipeline.cli.app import main

__all__ = ["main"]
