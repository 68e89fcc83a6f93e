"""The audit whose figures are taken: every made column is a feature, with label and score."""

from pathlib import Path
from typing import Any

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.settings import Settings
from audit_pipeline_tests.benchmarks.windows import (
    CATEGORICAL,
    GROUPS,
    ID,
    LABEL,
    NUMERIC,
    PREDICTED,
    SCORE,
    SIDES,
    TIME,
)

NAME = "made"
ROLES: dict[str, Any] = {
    "id": ID,
    "timestamp": TIME,
    "features": dict.fromkeys(NUMERIC, "numeric") | dict.fromkeys(CATEGORICAL, "categorical"),
    "prediction": {"label": PREDICTED, "score": SCORE},
    "target": {"column": LABEL, "positive": 1},
    "groups": list(GROUPS),
}


def audit_settings(**tables: object) -> dict[str, Any]:
    """Return what the audit file says, with `baseline` and `current` tables as given."""
    return {
        "format": 1,
        "name": NAME,
        "purpose": "Is measured: a benchmark.",
        "owner": "benchmarks@example.org",
        "risk": "low",
        "task": "binary",
        **{side: {"table": table} for side, table in tables.items()},
        "columns": ROLES,
        "window": {"every": "month", "start": f"{SIDES['baseline']}-01"},
    }


def files_audit(folder: Path) -> dict[str, Any]:
    """Return what the audit file of the windows in `folder` says."""
    paths = {side: str(folder / f"{side}.parquet") for side in SIDES}
    return audit_settings(**{s: {"kind": "parquet", "path": path} for s, path in paths.items()})


def bare_audit() -> Audit:
    """Return the audit without its tables: for those who bring the rows themselves."""
    nowhere = {"kind": "none", "settings": Settings()}
    return Audit.model_validate(audit_settings(**dict.fromkeys(SIDES, nowhere)))
