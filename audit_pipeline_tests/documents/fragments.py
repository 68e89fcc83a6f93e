"""Parts of an audit file, as the documentation shows them, made whole so that they can be read."""

from pathlib import Path
from typing import Any

import yaml

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.audits.reader import read_audit
from audit_pipeline.stages.vocabulary import VOCABULARY

WHOLE = """
format: 1
name: loans
purpose: Decides which loan applications are granted without a human.
owner: credit-models@example.com
risk: high
task: binary
current:
  table: {kind: parquet, path: /data/loans.parquet}
baseline:
  table: {kind: parquet, path: /data/approved_on.parquet}
columns:
  id: application
  timestamp: asked_at
  features: [income]
  prediction: {label: granted}
  target: repaid_or_not
window: {every: day, start: 2026-01-01}
""".replace("target: repaid_or_not", "target: {column: repaid_or_not}")


class FragmentError(Exception):
    """The text is no part of an audit file."""


def read_fragment(text: str, folder: Path) -> Audit:
    """Return the audit that a text describes: a whole file, or a part of one put into another.

    A part begins at the file's own keys, at the keys of a data set (`table`, `labels`), or is one
    table (`kind`, …).

    Raises:
        FragmentError: Its keys are none of these.
        AuditFileError: It is part of a file, and wrong.
    """
    said = yaml.safe_load(text)
    if not isinstance(said, dict):
        raise FragmentError(f"a part of an audit file has keys; this is a {type(said).__name__}")
    audit = said if "format" in said and "columns" in said else _merged(_placed(said))
    path = folder / f"{audit['name']}.yaml"
    path.write_text(yaml.safe_dump(audit, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return read_audit(path, VOCABULARY).audit


def _placed(said: dict[str, Any]) -> dict[str, Any]:
    if "kind" in said:
        said = {"table": said}
    if set(said) <= set(Tables.model_fields):
        said = {"current": said}
    unknown = sorted(set(said) - set(Audit.model_fields))
    if unknown:
        raise FragmentError(f"an audit file has no key {unknown[0]!r}")
    return said


def _merged(said: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = yaml.safe_load(WHOLE)
    for key, value in said.items():
        both = isinstance(value, dict) and isinstance(whole.get(key), dict)
        whole[key] = {**whole[key], **value} if both else value
    return whole
