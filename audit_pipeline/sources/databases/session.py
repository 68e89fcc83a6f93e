"""What is asked of a database, and what each kind of database answers."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from audit_pipeline.domain.window import Window
from audit_pipeline.sources.base import SourceError, Wanted

ArrowSchema = Any  # pyarrow ships no types
ArrowTable = Any
Kind = Literal["date", "local", "zoned", "other"]
"""What a column can say of time: days, times without a zone, instants, or nothing."""


class DroppedError(Exception):
    """The connection ended while it was needed. The same may work the next time."""


class DoubleNeededError(Exception):
    """A column of decimals holds what no decimal is: NaN or an infinity."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(f"the column {column!r} holds more than decimals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What of the table is asked for; all its columns exist."""

    columns: tuple[str, ...]
    timestamp: str | None = None
    """The column by which rows are cut; None: they are not."""
    window: Window | None = None
    limit: int | None = None
    watermark: str | None = None
    doubles: frozenset[str] = frozenset()
    """Columns of decimals to be read as doubles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a database tells without handing out rows."""

    rows: int
    newest: str | None
    """The highest watermark, or time, of the window's rows."""
    filled: tuple[int, ...]
    """Of each column that counts: how many of the rows have a value."""
    complete: bool | None
    """Whether the table's highest watermark has reached the end of the window."""


class Session(Protocol):
    """An open, read-only session about one table."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """All columns, in the table's order."""

    def tables(self, ask: Ask) -> tuple[ArrowSchema, Iterator[ArrowTable]]:
        """Return the schema of the rows, and the rows piece by piece.

        Rows within a day of the window may be among them, and those without a time are.
        """

    def facts(self, ask: Ask) -> Facts:
        """Return what is known of the window's rows."""


def span(kind: Kind, window: Window, days: int) -> tuple[datetime, datetime]:
    """Return the ends of a window, `days` wider: instants, or the zone's wall time without a zone.

    >>> from zoneinfo import ZoneInfo
    >>> day = datetime(2024, 7, 1, tzinfo=ZoneInfo("Europe/Paris"))
    >>> window = Window(key="2024-07-01", start=day, end=day + timedelta(days=1))
    >>> [str(end) for end in span("local", window, 0)]
    ['2024-07-01 00:00:00', '2024-07-02 00:00:00']
    >>> [str(end) for end in span("zoned", window, 1)]
    ['2024-06-29 22:00:00+00:00', '2024-07-02 22:00:00+00:00']
    """
    more, ends = timedelta(days=days), (window.start, window.end)
    if kind == "zoned":
        start, end = (each.astimezone(UTC) for each in ends)
    else:
        start, end = (each.replace(tzinfo=None) for each in ends)
    return start - more, end + more


def ask_for(kinds: Mapping[str, Kind], wanted: Wanted, watermark: str | None) -> Ask:
    """Return what to ask of a table that has the columns `kinds`.

    Raises:
        SourceError: It has no column `watermark`.
    """
    if watermark is not None and watermark not in kinds:
        raise SourceError(
            f"the watermark column {watermark!r} is missing{close_to(watermark, list(kinds))}"
        )
    cut = wanted.window is not None and kinds.get(wanted.timestamp or "", "other") != "other"
    return Ask(
        columns=_chosen(list(kinds), wanted.columns),
        timestamp=wanted.timestamp if cut else None,
        window=wanted.window,
        limit=wanted.limit,
        watermark=watermark,
    )


def _chosen(there: Sequence[str], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the columns to read.

    Of one that is missing, those of a name like it: so that whoever asked can say which was meant.
    """
    if wanted is None:
        return tuple(there)
    missing = [name for name in wanted if name not in there]
    like = {close for name in missing for close in _close(name, there)}
    return tuple(n for n in there if n in wanted or n in like) or tuple(there[:1])


def close_to(name: str, known: Sequence[str]) -> str:
    """Return the end of a sentence that names the closest of `known`, or all if they are few."""
    close = _close(name, known)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are {', '.join(sorted(known))}" if 0 < len(known) <= 10 else ""  # noqa: PLR2004 (a line)


def _close(name: str, known: Sequence[str]) -> list[str]:
    folded = [each for each in known if each.lower() == name.lower()]
    return folded or difflib.get_close_matches(name, known, n=1)


def need_distinct(names: Sequence[str]) -> None:
    """Let columns pass that are told apart by their names.

    Raises:
        SourceError: Two have one name.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(f"the `query` gives two columns the name {twice[0]!r}: rename one (AS)")
