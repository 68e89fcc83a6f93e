"""What was ever written to be told, read before it is swept out of the store."""

import zlib
from dataclasses import dataclass, field

from sqlalchemy import select

from audit_pipeline.alerts.notice import read
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.outbox import ALERTS, LINEAGE, in_utc
from audit_pipeline.store.store import Store

Item = tuple[int, str, str]
"""A finding's number, why it is told of, and when that happened."""


@dataclass(slots=True)
class Alert:
    """An alert for one address, or for nobody yet: what it tells, and how it stands."""

    stream: str
    items: tuple[Item, ...]
    state: str = "waiting"
    problem: str | None = None
    round: int | None = None
    """The round in which it was noted as told; None: it went to another address, or waits."""


@dataclass(slots=True)
class Books:
    """Every alert by its number in the outbox, and the key of every lineage event."""

    alerts: dict[int, Alert] = field(default_factory=dict[int, Alert])
    events: set[str] = field(default_factory=set[str])
    _last: int = 0

    def read(self, store: Store) -> None:
        """Read on from where it was left."""
        query = select(outbox.c.number, outbox.c.key).where(
            outbox.c.channel == LINEAGE, outbox.c.number > self._last
        )
        with store.engine.connect() as connection:
            rows = connection.execute(query.order_by(outbox.c.number)).all()
        self.events |= {row.key for row in rows}
        self._last = rows[-1].number if rows else self._last

    def read_alerts(self, store: Store, round_: int) -> None:
        """Read how all alerts stand after a round of delivering them."""
        query = select(outbox).where(outbox.c.channel == ALERTS)
        with store.engine.connect() as connection:
            for row in connection.execute(query).mappings():
                if row["number"] not in self.alerts:
                    notice = read(zlib.decompress(row["body"]))
                    items = tuple(
                        (i.finding.number, i.why.value, in_utc(i.at).isoformat())
                        for i in notice.items
                    )
                    self.alerts[row["number"]] = Alert(row["stream"], items)
                known = self.alerts[row["number"]]
                now_told = known.state != row["state"] == "delivered"
                known.state, known.problem = row["state"], row["problem"]
                if now_told and not (known.problem or "").startswith("went to"):
                    known.round = round_
