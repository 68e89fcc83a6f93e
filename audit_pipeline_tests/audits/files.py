"""An audit file that is right, and what is said of one that is not."""

from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.reader import AuditFileError, read_audit
from audit_pipeline.stages.vocabulary import VOCABULARY

SHA256 = "0" * 64
RIGHT = f"""\
format: 1
name: credit
purpose: Grants credit.
owner: Credit risk team
risk: high
task: binary
current:
  table: {{kind: parquet, path: data/now.parquet}}
baseline:
  table: {{kind: csv, path: ../before.csv, delimiter: ";"}}
columns:
  id: id
  timestamp: seen
  features: [age, income]
  prediction: {{label: granted, score: score}}
  target: {{column: repaid}}
  groups: [sex]
window:
  every: day
  start: 2016-01-01
model:
  path: model.json
  format: xgboost_json
  sha256: "{SHA256}"
rules:
  - expect: expect_column_values_to_be_unique
    kwargs: {{column: id}}
limits:
  roc_auc: {{against: change, warn: 0.01, fail: 0.03}}
"""


def changed(*changes: tuple[str, str]) -> str:
    """Return the right file with each text, which stands there once, replaced by another."""
    text = RIGHT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def audit_of(folder: Path, text: str) -> Audit:
    """Return the audit that a file `credit.yaml` of this text describes."""
    path = folder / "credit.yaml"
    path.write_text(text, encoding="utf-8")
    return read_audit(path, VOCABULARY).audit


def said_of(folder: Path, content: str | bytes, name: str = "credit.yaml") -> list[str]:
    """Return what is said of a wrong file, line by line."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        read_audit(path, VOCABULARY)
    except AuditFileError as error:
        return str(error).splitlines()
    raise AssertionError("the file was read")
