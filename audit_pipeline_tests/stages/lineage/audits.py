"""Small audits and records whose lineage is worked out by hand."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.reader import read_audit
from audit_pipeline.domain.check import Check, Outcome, gap
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.lineage import Edge, Field, LineageGraph
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.domain.record import AuditRecord, SnapshotRecord, SourceRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window
from audit_pipeline.stages.lineage.graph import graph_of
from audit_pipeline.stages.lineage.recorded import Recorded
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline_tests.stages.small import settings

PATH = Path("/audits/loans.yaml")
MODEL = {"path": "model.json", "format": "xgboost_json", "sha256": "0" * 64}
LABELS = {"kind": "parquet", "path": "/data/labels.parquet"}
PREDICTIONS = {"kind": "parquet", "path": "/data/predictions.parquet"}
ROWS = {"kind": "parquet", "path": "/data/rows.parquet"}
BEFORE = {"table": {"kind": "parquet", "path": "/data/before.parquet"}}
COLUMNS = ("id", "day", "income", "region", "sex", "approved", "score", "repaid")


def audit(**changes: object) -> Audit:
    """Return the small audit, read from what its file says; nothing of it has to exist."""
    said = settings(**({"current": {"table": ROWS}, "baseline": BEFORE} | changes))
    return read_audit(PATH, VOCABULARY, yaml.safe_dump(said).encode()).audit


def source(role: str = "table", columns: Iterable[str] = COLUMNS) -> SourceRecord:
    """Return what is known of a table that was read."""
    kinds = dict.fromkeys(columns, "float64")
    return SourceRecord(role=role, kind="parquet", location="", sha256="", rows=5, columns=kinds)


def snapshot(
    *sources: SourceRecord, columns: Iterable[str] = COLUMNS, **of: object
) -> SnapshotRecord:
    """Return the facts of a snapshot."""
    facts: dict[str, Any] = {
        "fingerprint": "f",
        "rows": 5,
        "columns": dict.fromkeys(columns, "float64"),
        "first": None,
        "last": None,
        "labelled": 5,
        "predictions": "log",
        "sources": sources or (source(),),
        "engine": "duckdb",
    }
    return SnapshotRecord(**facts | of)


def passed(name: str, subject: str, asset: str = "drift", value: float = 0.01) -> Outcome:
    """Return the outcome of a check that passed."""
    return Outcome(
        check=Check(asset=asset, name=name, subject=subject),
        verdict=Verdict.PASS,
        reason=f"the value {value} is within the limit 0.2",
        limit=Limit(warn=0.1, fail=0.2),
        measurement=Measurement(
            metric=name,
            subject=subject,
            value=value,
            interval=None,
            baseline_value=None,
            coverage=Coverage(rows=5, used=5),
        ),
    )


def missed(name: str, subject: str, asset: str = "drift", reason: str = "no rows") -> Outcome:
    """Return the outcome of a check that could not be made."""
    return gap(Check(asset=asset, name=name, subject=subject), reason)


def record(*outcomes: Outcome, **of: object) -> AuditRecord:
    """Return the record of an audited window."""
    day = datetime(2024, 1, 1, tzinfo=UTC)
    facts: dict[str, Any] = {
        "audit": "loans",
        "purpose": "",
        "owner": "",
        "risk": "high",
        "window": Window(key="2024-01", start=day, end=datetime(2024, 2, 1, tzinfo=UTC)),
        "revision": 1,
        "run_id": "r",
        "audit_file_sha256": "",
        "version": "",
        "created": "",
        "verdict": Verdict.PASS,
        "headlines": (),
        "outcomes": outcomes,
        "stages": (),
        "snapshot": snapshot(),
        "baseline": snapshot(),
        "model": None,
    }
    return AuditRecord(**facts | of)


def recorded(
    of: Audit | None = None,
    made: AuditRecord | None = None,
    *theirs: Edge,
    notes: tuple[str, ...] = (),
) -> Recorded:
    """Return the lineage of an audit as `recorded_lineage` would, without a home."""
    of = of or audit()
    return Recorded(
        audit=of,
        record=made,
        ours=graph_of(of, made),
        theirs=LineageGraph(tuple(theirs)),
        notes=notes,
    )


def told(edges: Iterable[Edge]) -> set[str]:
    """Return edges as short texts: `rows.income -> snapshot.income`, and how where it matters."""
    return {f"{_short(e.source)} -> {_short(e.target)}{_how(e)}" for e in edges}


def _short(at: Field) -> str:
    place = at.dataset.name.removeprefix("loans.").rsplit("/", 1)[-1].removesuffix(".parquet")
    return f"{place}.{at.name or '*'}"


def _how(edge: Edge) -> str:
    plain = edge.how.type == "DIRECT" and edge.how.subtype in {"IDENTITY", "AGGREGATION"}
    return "" if plain else f" {edge.how.subtype}"
