"""How long a window is, where windows begin, and which of the first rows are the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

from audit_pipeline.domain.window import Every
from audit_pipeline.profiles.engine import IbisTable, IbisValue

LENGTHS = {Every.HOUR: "h", Every.DAY: "D", Every.WEEK: "W", Every.MONTH: "M", Every.YEAR: "Y"}
PROPOSED = (Every.DAY, Every.WEEK, Every.MONTH, Every.YEAR)
ROWS_A_WINDOW = 500
MOST_WINDOWS = 60
MOST_SPREAD = 10_000
BASELINE_SHARE = 0.2
SHORT = 0.1
"""Share of a window by which the data may begin later in it, or end sooner, than in the others."""
HISTORIC = 3
"""Windows without rows after which data counts as ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """The rows of each window of one length, oldest first."""

    every: Every
    starts: tuple[datetime, ...]
    rows: tuple[int, ...]
    reach: tuple[tuple[float, float], ...] = ()
    """Where in each window its first and its last row are, from 0 to 1; empty if not known."""
    counted: bool = True
    """Whether `rows` were counted, and are not the whole table's spread evenly."""

    @property
    def typical(self) -> int:
        """Rows of the middle window."""
        return sorted(self.rows)[len(self.rows) // 2]

    def whole(self, *, first: bool = True) -> "Spans":
        """Return the windows without the last, and the `first`, where the data has part of them.

        A window is judged by the others: of those, the rows reach from one end to the other. All
        are returned where none would be left.
        """
        low, high = 0, len(self.rows)
        if len(self.reach) > 1:
            low += first and self.reach[0][0] > median(r[0] for r in self.reach[1:]) + SHORT
            high -= self.reach[-1][1] < median(r[1] for r in self.reach[:-1]) - SHORT
        return self.part(low, high) if low < high else self

    def part(self, low: int, high: int | None = None) -> "Spans":
        """Return the windows from number `low` to before `high`."""
        kept = slice(low, high)
        return replace(self, starts=self.starts[kept], rows=self.rows[kept], reach=self.reach[kept])

    def ended(self, now: datetime) -> datetime | None:
        """Return where the data ended, if it clearly has; else None: it goes on."""
        after = [self.starts[-1]]
        for _ in range(HISTORIC + 1):
            after.append(following(self.every, after[-1]))
        naive = now.astimezone(UTC).replace(tzinfo=None)
        return after[1] if after[-1] < naive else None

    def baseline_windows(self) -> int | None:
        """Return how many of the first windows make a baseline; None if no window is left then."""
        enough, seen = max(ROWS_A_WINDOW, BASELINE_SHARE * sum(self.rows)), 0
        for number, rows in enumerate(self.rows[:-1], 1):
            seen += rows
            if seen >= enough:
                return number
        return len(self.rows) - 1 or None


def spans_of(table: IbisTable, when: IbisValue, every: Every) -> Spans:
    """Return the windows of one length that have rows, by the clock times `when`."""
    rows = table.select(t=when).filter(lambda t: t.t.notnull())
    cut = rows.mutate(w=rows.t.truncate(LENGTHS[every]))
    counted = cut.group_by("w").aggregate(
        n=lambda t: t.count(), low=lambda t: t.t.min(), high=lambda t: t.t.max()
    )
    found = counted.order_by("w").to_pyarrow().to_pylist()
    starts = tuple(_moment(row["w"]) for row in found)
    reach = tuple(
        (_share(every, start, row["low"]), _share(every, start, row["high"]))
        for start, row in zip(starts, found, strict=True)
    )
    return Spans(every=every, starts=starts, rows=tuple(row["n"] for row in found), reach=reach)


def spread_evenly(first: datetime, last: datetime, rows: int, every: Every) -> Spans | None:
    """Return the windows from one time to another, as if each had as many rows.

    None where they would be more than anybody audits.
    """
    start = truncated(every, first)
    starts = []
    while start <= last:
        starts.append(start)
        start = following(every, start)
        if len(starts) > MOST_SPREAD:
            return None
    each = (rows // len(starts),) * len(starts)
    return Spans(every=every, starts=tuple(starts), rows=each, counted=False)


def truncated(every: Every, moment: datetime) -> datetime:
    """Return the beginning of the window that a clock time lies in."""
    if every is Every.HOUR:
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if every is Every.WEEK:
        return day - timedelta(days=day.weekday())
    if every is Every.MONTH:
        return day.replace(day=1)
    return day.replace(month=1, day=1) if every is Every.YEAR else day


def _share(every: Every, start: datetime, moment: datetime | date) -> float:
    return (_moment(moment) - start) / (following(every, start) - start)


def choose(candidates: Sequence[Spans], *, split: bool) -> Spans:
    """Return the shortest windows that mostly have rows enough and are not too many.

    Where the baseline is to be split off, at least two windows must remain. If none has rows
    enough, the longest do. Times that tell the year alone, or the month, make no days.
    """
    candidates = [s for s in candidates if not _longer_begin_alike(s, candidates)]
    several = [s for s in candidates if len(s.rows) > 1] if split else list(candidates)
    usable = several or list(candidates)
    for spans in usable:
        if spans.typical >= ROWS_A_WINDOW and len(spans.rows) <= MOST_WINDOWS:
            return spans
    return usable[-1]


def _longer_begin_alike(spans: Spans, candidates: Sequence[Spans]) -> bool:
    """Return whether every window begins where a longer one does: the rows tell no more."""
    longer = candidates[candidates.index(spans) + 1 :]
    return len(spans.rows) > 1 and any(s.starts == spans.starts for s in longer)


def following(every: Every, start: datetime) -> datetime:
    """Return the beginning of the window after the one that begins at `start`."""
    if every is Every.MONTH:
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    if every is Every.YEAR:
        return start.replace(year=start.year + 1)
    steps = {Every.HOUR: timedelta(hours=1), Every.DAY: timedelta(days=1)}
    return start + steps.get(every, timedelta(weeks=1))


def _moment(value: datetime | date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (a clock time of the data)
