"""Reference pages made from code: `python -m audit_pipeline_tests.documents` writes them."""

from pathlib import Path

from pydantic import TypeAdapter

from audit_pipeline.audits.schema import audit_schema
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.stages.lineage.form import LineageForm
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.store.atomic import canonical_json
from audit_pipeline_tests.documents.audit_file import audit_file
from audit_pipeline_tests.documents.command_line import command_line
from audit_pipeline_tests.documents.metrics import metrics

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def documents() -> dict[str, bytes]:
    """Return every page that is made from code, by file name."""
    pages = {
        "audit-file.md": audit_file(),
        "command-line.md": command_line(),
        "metrics.md": metrics(),
    }
    return {
        "audit.schema.json": canonical_json(audit_schema(VOCABULARY)),
        "lineage.schema.json": canonical_json(TypeAdapter(LineageForm).json_schema()),
        "results.schema.json": canonical_json(TypeAdapter(AuditRecord).json_schema()),
        **{name: "\n".join(lines).encode() + b"\n" for name, lines in pages.items()},
    }
