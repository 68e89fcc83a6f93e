"""What an audit of a later window found: it may be made before that of an earlier one."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from audit_pipeline.domain.window import LOCAL, in_time
from audit_pipeline.store.schema import claims

OF_ONE_HOUR = 50
"""Revisions looked at: of two windows of one hour, when the clock is set back, both are in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The last revision of the newest window after another one, with its record as it was kept."""

    window: str
    revision: int
    record: dict[str, Any]


def later_audit(connection: Connection, audit: str, window: str) -> Later | None:
    """Return the newest sealed audit of a window after this one; None without one."""
    t = claims
    local = func.substr(t.c.window, 1, LOCAL)
    query = (
        select(t.c.window, t.c.revision)
        .where(t.c.audit == audit, t.c.state == "sealed", local >= window[:LOCAL])
        .order_by(local.desc(), t.c.revision.desc())
        .limit(OF_ONE_HOUR)
    )
    known = [(row.window, row.revision) for row in connection.execute(query)]
    after = [key for key in known if in_time(key[0]) > in_time(window)]
    if not after:
        return None
    newest, revision = max(after, key=lambda key: (in_time(key[0]), key[1]))
    of = (t.c.audit == audit, t.c.window == newest, t.c.revision == revision)
    record = json.loads(connection.execute(select(t.c.record).where(*of)).scalar_one())
    return Later(window=newest, revision=revision, record=record)
