"""Claims and a small finished audit, as the stages hand them to the store."""

from typing import Any

from sqlalchemy import select

from audit_pipeline.store.claims import Claim, Wanted
from audit_pipeline.store.owner import this_process
from audit_pipeline.store.schema import claims
from audit_pipeline.store.store import Store

A, B = "a" * 64, "b" * 64


def wanted(content: str = A, *, again: bool = False) -> Wanted:
    return Wanted(audit="credit", window="2016-01-01", content=content, again=again)


def claimed(store: Store, run_id: str, content: str = A, *, again: bool = False) -> Claim:
    """Claim in the name of this process, which lives."""
    return store.claim(wanted(content, again=again), this_process(run_id))


def sealed(store: Store, run_id: str, content: str = A, *, complete: bool = True) -> Claim:
    claim = claimed(store, run_id, content)
    assert claim.state == "granted"
    store.seal(claim, record(), complete=complete)
    return claim


def record(*, value: float = 0.25) -> dict[str, Any]:
    """Return a finished audit with a measured check and a gap."""
    measurement = {
        "metric": "roc_auc",
        "subject": "window",
        "value": value,
        "interval": {"low": 0.125, "high": 0.375},
        "baseline_value": None,
        "coverage": {"rows": 10, "used": 8, "error_bound": 0.5},
    }
    return {
        "verdict": "gap",
        "snapshot": {"rows": 10},
        "outcomes": [
            {
                "check": {"asset": "performance", "name": "roc_auc", "subject": "window"},
                "verdict": "pass",
                "required": True,
                "reason": "within the limit",
                "measurement": measurement,
            },
            {
                "check": {"asset": "drift", "name": "chi_square", "subject": "sex"},
                "verdict": "gap",
                "required": False,
                "reason": "the column is missing",
                "measurement": None,
            },
        ],
    }


def states(store: Store) -> list[tuple[int, str, str]]:
    columns = (claims.c.revision, claims.c.state, claims.c.run_id)
    with store.engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(claims.c.revision))
        return [(row.revision, row.state, row.run_id) for row in rows]
