"""Print the JSON Schema of audit files."""

import json
import sys

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command() -> None:
    """Print the JSON Schema of audit files, for an editor that completes their keys."""
    from audit_pipeline.audits.schema import audit_schema
    from audit_pipeline.stages.vocabulary import VOCABULARY

    sys.stdout.write(json.dumps(audit_schema(VOCABULARY), indent=1, sort_keys=True) + "\n")
