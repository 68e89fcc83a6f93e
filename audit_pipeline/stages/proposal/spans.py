"""How long a window is, where windows begin, and which of the first rows are the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from audit_pipeline.domain.window import Every
from audit_pipeline.profiles.engine import IbisTable, IbisValue

LENGTHS = {Every.HOUR: "h", Every.DAY: "D", Every.WEEK: "W", Every.MONTH: "M", Every.YEAR: "Y"}
PROPOSED = (Every.DAY, Every.WEEK, Every.MONTH, Every.YEAR)
ROWS_A_WINDOW = 500
MOST_WINDOWS = 60
BASELINE_SHARE = 0.2
HISTORIC = 3
"""Windows without rows after which data counts as ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """The rows of each window of one length, oldest first."""

    every: Every
    starts: tuple[datetime, ...]
    rows: tuple[int, ...]

    @property
    def typical(self) -> int:
        """Rows of the middle window."""
        return sorted(self.rows)[len(self.rows) // 2]

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
    """Return the windows of one length that have rows, by the times `when`."""
    cut = table.select(w=when.cast("timestamp").truncate(LENGTHS[every]))
    counted = cut.filter(cut.w.notnull()).group_by("w").aggregate(n=lambda t: t.count())
    found = counted.order_by("w").to_pyarrow().to_pylist()
    starts = tuple(_moment(row["w"]) for row in found)
    return Spans(every=every, starts=starts, rows=tuple(row["n"] for row in found))


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
