"""Deliver lineage events to where they are to go; nothing of an audit waits for it."""

from dataclasses import dataclass, replace
from datetime import datetime

from audit_pipeline import clock
from audit_pipeline.audits.destination import Transport
from audit_pipeline.audits.destination_reader import DestinationError, read_destination
from audit_pipeline.audits.home import Home, SecretError
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.lineage.destinations.base import Unreachable
from audit_pipeline.lineage.destinations.opening import open_destination
from audit_pipeline.lineage.shipper import Patience, Round, Shipper
from audit_pipeline.stages.lineage.reconciling import reconcile
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.channels import a_holder, channel_of, note
from audit_pipeline.store.delivery import Unwanted, put_back, unwanted
from audit_pipeline.store.engine import in_words
from audit_pipeline.store.outbox import LINEAGE, Tally, tally, waiting_since
from audit_pipeline.store.store import Store
from audit_pipeline.store.sweeping import sweep

NOWHERE = "no destination is named: openlineage.yml in the home, or OPENLINEAGE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What came of one attempt. `place` is where to; None: none is named, or not as it should be.

    `set_aside` are all that ever were and are still kept; `problem` is why something waits;
    `next_try` when it is tried again, None: at the next attempt.
    """

    place: str | None
    delivered: int = 0
    waiting: int
    set_aside: int = 0
    problem: str | None = None
    next_try: datetime | None = None

    @property
    def told(self) -> str:
        """All of it in a sentence."""
        parts = []
        if self.delivered:
            parts.append(f"{_events(self.delivered)} delivered to {self.place}")
        if self.waiting:
            parts.append(
                f"{_events(self.waiting)} waiting" + (f" for {self.place}" * bool(self.place))
            )
        if self.problem:
            parts.append(self.problem)
        if self.next_try and self.waiting:
            parts.append(f"next try at {self.next_try:%Y-%m-%d %H:%M:%S} UTC")
        if self.set_aside:
            parts.append(f"{_events(self.set_aside)} set aside: see audit-pipeline lineage status")
        return "; ".join(parts) or "no event waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How delivery stands: `unwanted` are the events set aside, `problem` why something waits.

    Without a `place`, a `problem` is that of `openlineage.yml`, and without one none is named.
    """

    place: str | None
    tally: Tally
    waiting_since: datetime | None
    failures: int
    problem: str | None
    next_try: datetime | None
    unwanted: tuple[Unwanted, ...]


def ship(
    home: Home, seconds: float, *, at_once: bool = False, patience: Patience | None = None
) -> Shipped:
    """Deliver what waits, within `seconds`; end what a crash left open; delete what is too old.

    A backend that failed is left alone until its next try, unless it is to be tried `at_once`. No
    failure of a backend, or of its settings, raises: `problem` says it.

    Raises:
        StoreError: The results store cannot be used; what waits there still waits.
    """
    store = open_store(home.store_url)
    with in_words(store.engine):
        reconcile(store)
        return _attempt(home, store, seconds, None if at_once else clock.now(), patience)


def _attempt(
    home: Home, store: Store, seconds: float, at: datetime | None, patience: Patience | None
) -> Shipped:
    try:
        transport = read_destination(home)
    except DestinationError as error:
        return _left(store, None, problem=str(error))
    sweep(store.engine, LINEAGE, for_nobody=transport is None)
    if transport is None:
        return _left(store, None, problem=NOWHERE)
    standing = channel_of(store.engine, LINEAGE)
    if waiting_since(store.engine, LINEAGE) is None:
        return _left(store, transport.place)
    if at is not None and standing.is_left_alone(at):
        return _left(store, transport.place, problem=standing.problem, next_try=standing.next_try)
    return _ship(store, transport, seconds, patience)


def _ship(store: Store, transport: Transport, seconds: float, patience: Patience | None) -> Shipped:
    shipper = Shipper(store.engine, LINEAGE, a_holder(), patience)
    if not shipper.hold():
        until = channel_of(store.engine, LINEAGE).held_until
        died = f"; if it died, the next one may from {until:%H:%M:%S} UTC on" if until else ""
        return _left(store, transport.place, problem=f"another process delivers{died}")
    reached(CrashPoint.EVENTS_TAKEN)
    try:
        destination = open_destination(transport)
        try:
            done = shipper.ship(destination, seconds)
        finally:
            destination.close()
    except (Unreachable, SecretError) as error:
        standing = channel_of(store.engine, LINEAGE)
        note(store.engine, LINEAGE, replace(standing, problem=str(error)))  # for `status`
        return _left(store, transport.place, problem=str(error))
    finally:
        shipper.let_go()
    standing = channel_of(store.engine, LINEAGE)
    return _left(store, transport.place, done, standing.problem, standing.next_try)


def _left(
    store: Store,
    place: str | None,
    done: Round | None = None,
    problem: str | None = None,
    next_try: datetime | None = None,
) -> Shipped:
    left = tally(store.engine, LINEAGE)
    return Shipped(
        place=place,
        delivered=done.delivered if done else 0,
        waiting=left.waiting,
        set_aside=left.set_aside,
        problem=problem if left.waiting or done is None else None,
        next_try=next_try,
    )


def status(home: Home) -> Status:
    """Return how delivery stands; nothing is delivered, and no backend asked."""
    store = open_store(home.store_url)
    standing, counted = channel_of(store.engine, LINEAGE), tally(store.engine, LINEAGE)
    place, problem = None, None
    try:
        transport = read_destination(home)
        if transport is not None:
            place, problem = transport.place, standing.problem if counted.waiting else None
    except DestinationError as error:
        problem = str(error)
    return Status(
        place=place,
        tally=counted,
        waiting_since=waiting_since(store.engine, LINEAGE),
        failures=standing.failures,
        problem=problem,
        next_try=standing.next_try if place else None,  # of no place, nothing is tried
        unwanted=tuple(unwanted(store.engine, LINEAGE)),
    )


def retry_refused(home: Home) -> int:
    """Let the events that were set aside wait again, and return how many they are."""
    return put_back(open_store(home.store_url).engine, LINEAGE)


def _events(number: int) -> str:
    return f"{number:,} event{'s' * (number != 1)}"
