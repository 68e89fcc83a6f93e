"""Sealed revisions as the store keeps them, written without an audit."""

from datetime import UTC, datetime

from sqlalchemy import insert

from audit_pipeline.store.schema import claims, measurements, runs, verdicts
from audit_pipeline.store.store import Store

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def seal(store: Store, audit: str, window: str, verdict: str, revision: int = 1) -> None:
    """Write a sealed revision with one check of each of two columns."""
    key = {"audit": audit, "window": window, "revision": revision}
    claim = key | {"content": "c", "complete": True, "rows": 100, "verdict": verdict}
    claim |= {"state": "sealed", "run_id": "r", "host": "h", "pid": 1, "pid_started": 1.0}
    claim |= {"beat": AT, "claimed": AT, "sealed": AT}
    of_check = {"asset": "drift", "name": "missing_share", "required": True, "reason": "why"}
    numbers = {"metric": "missing_share", "rows": 100, "error_bound": 0.0}
    with store.engine.begin() as connection:
        connection.execute(insert(claims).values(**claim))
        run = {"run_id": f"{audit}{window}{revision}", "outcome": "audited", "updated": AT}
        connection.execute(insert(runs).values(**key | run))
        for place, subject in enumerate(("age", "income")):
            said = key | of_check | {"subject": subject, "verdict": verdict}
            connection.execute(insert(verdicts).values(**said))
            value = (
                key | numbers | {"subject": subject, "value": 0.1 + place, "rows_used": 90 + place}
            )
            connection.execute(insert(measurements).values(**value))
