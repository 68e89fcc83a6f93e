"""Say every few seconds that the holder of a claim is alive, for those who watch from elsewhere."""

import contextlib
import threading

from sqlalchemy.exc import SQLAlchemyError

from audit_pipeline.store.claims import Claim
from audit_pipeline.store.owner import HEARTBEAT
from audit_pipeline.store.store import Store

_beating: dict[tuple[str, str, int], threading.Event] = {}


def keep_beating(store: Store, claim: Claim) -> None:
    """Beat for `claim` until `stop_beating`, or until this process ends."""
    key = (claim.audit, claim.window, claim.revision)
    if key in _beating:
        return
    stop = _beating[key] = threading.Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT.total_seconds()):
            with contextlib.suppress(SQLAlchemyError):  # the next beat tries again
                store.beat(claim)

    threading.Thread(target=beat, name="heartbeat", daemon=True).start()


def stop_beating(claim: Claim) -> None:
    """Stop beating for `claim`."""
    stop = _beating.pop((claim.audit, claim.window, claim.revision), None)
    if stop is not None:
        stop.set()
