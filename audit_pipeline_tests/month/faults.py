"""What goes wrong in a month, drawn from its seed: who is dead and when, who is killed where."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from audit_pipeline.crash_points import CrashPoint
from audit_pipeline_tests.month.draws import drawn

OF_A_DELIVERY = tuple(point for point in CrashPoint if point.name.startswith("ALERT"))
OF_A_SHIPMENT = tuple(point for point in CrashPoint if point.name.startswith("EVENTS_"))
OF_A_LOOK = (CrashPoint.LATE_FOUND,)
OF_OTHERS = {"APPROVING", "WAIVER_ENDED", "PAGE_DRAFTED", "RUN_ABORTED"}
"""Points that no run, delivery or look of a month passes."""
OF_AN_AUDIT = tuple(
    point
    for point in CrashPoint
    if point not in {*OF_A_DELIVERY, *OF_A_SHIPMENT, *OF_A_LOOK} and point.name not in OF_OTHERS
)
KILLED_RUNS, KILLED_DELIVERIES, KILLED_SHIPMENTS, KILLED_LOOKS = 0.15, 0.25, 0.1, 0.5
AT_ANY_MOMENT = 0.25
"""Of the killed runs, those that are killed wherever they are by then."""
MOST = 2
"""Kills of one window's runs: after three runs that fail, somebody has to look, and nobody does."""
FILES_WRITTEN = 14
MONTH = 31


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when something is dead, and how."""

    begins: datetime
    ends: datetime
    manner: str

    def holds(self, at: datetime) -> bool:
        """Return whether it is dead at a time."""
        return self.begins <= at < self.ends

    def holds_day(self, day: date) -> bool:
        """Return whether it is dead at some time of a day, or of the nights around it."""
        return self.begins.date() - timedelta(days=1) <= day <= self.ends.date()


@dataclass(frozen=True, slots=True)
class Death:
    """How a process is to die: at a point, after it passed there, or after so many seconds."""

    point: CrashPoint | None = None
    passing: int = 0
    after: float | None = None

    @property
    def name(self) -> str:
        """What it is called when deaths are counted."""
        return "ANY_MOMENT" if self.point is None else self.point.name


NEVER = Death()


@dataclass(slots=True)
class Faults:
    """All that goes wrong. The same seed draws the same, in whatever order it is asked."""

    seed: int
    alerts: tuple[Stretch, ...]
    lineage: tuple[Stretch, ...]
    daemon: tuple[Stretch, ...]
    over: datetime
    """From when on nothing goes wrong any more."""
    _runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    _kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    _asked: Counter[str] = field(default_factory=Counter)

    def of_run(self, audit: str, window: str, at: datetime) -> Death | None:
        """Return how the next run of a window dies; None: it does not."""
        key = (audit, window)
        self._runs[key] += 1
        draw = drawn(self.seed, audit, window, self._runs[key])
        if at >= self.over or self._kills[key] >= MOST or draw.random() >= KILLED_RUNS:
            return None
        self._kills[key] += 1
        if draw.random() < AT_ANY_MOMENT:
            return Death(after=draw.uniform(0.02, 0.6))
        point = draw.choice(OF_AN_AUDIT)
        passing = draw.randrange(FILES_WRITTEN) if point is CrashPoint.FILE_DRAFTED else 0
        return Death(point, passing)

    def of_delivery(self, at: datetime) -> Death | None:
        """Return how the next delivery of alerts dies."""
        return self._of("delivery", KILLED_DELIVERIES, OF_A_DELIVERY, at)

    def of_shipment(self, at: datetime) -> Death | None:
        """Return how the next delivery of lineage events dies."""
        return self._of("shipment", KILLED_SHIPMENTS, OF_A_SHIPMENT, at)

    def of_look(self, at: datetime) -> Death | None:
        """Return how a look at what is late dies."""
        return self._of("look", KILLED_LOOKS, OF_A_LOOK, at)

    def _of(
        self, what: str, share: float, points: tuple[CrashPoint, ...], at: datetime
    ) -> Death | None:
        self._asked[what] += 1
        draw = drawn(self.seed, what, self._asked[what])
        return Death(draw.choice(points)) if at < self.over and draw.random() < share else None


def draw_faults(seed: int, begins: datetime, ends: datetime) -> Faults:
    """Draw what goes wrong between two times."""
    draw = drawn(seed, "faults")
    days = (ends - begins).days

    def stretches(
        in_a_month: int, hours: tuple[int, int], manners: tuple[str, ...]
    ) -> tuple[Stretch, ...]:
        many = max(1, round(in_a_month * days / MONTH))
        drawn = []
        for _ in range(many):
            at = begins + timedelta(minutes=30 * draw.randrange(24 * 2, (days - 2) * 24 * 2))
            long = timedelta(hours=draw.randint(*hours))
            drawn.append(Stretch(at, at + long, draw.choice(manners)))
        return tuple(sorted(drawn, key=lambda each: each.begins))

    return Faults(
        seed=seed,
        alerts=stretches(3, (2, 9), ("500", "refused", "hang")),
        lineage=stretches(3, (2, 12), ("500", "drop", "hang")),
        daemon=(
            *stretches(2, (3, 9), ("down",)),
            *stretches(1, (26, 50), ("down",)),  # so long that deadlines pass
        ),
        over=ends,
    )
