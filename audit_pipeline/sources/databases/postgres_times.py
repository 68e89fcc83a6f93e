"""Dates and times of PostgreSQL that Python has none for: infinite, before Christ, after 9999."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from psycopg import DataError
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

if TYPE_CHECKING:
    from psycopg import Connection

Text = Any  # bytes, or a view of them
EARLY = b"-", b"BC"
"""How -infinity begins, and how a time before Christ ends."""


def take_all_times(connection: "Connection") -> None:
    """Have a connection hand out the first or last day there is in place of what lies beyond it.

    A sample of rows would be none if one of them could not be handed out.
    """
    connection.adapters.register_loader("date", _Dates)
    connection.adapters.register_loader("timestamp", _Timestamps)
    connection.adapters.register_loader("timestamptz", _ZonedTimestamps)


class _Dates(DateLoader):
    def load(self, data: Text) -> date:
        try:
            return super().load(data)
        except DataError:
            return date.min if _early(data) else date.max


class _Timestamps(TimestampLoader):
    def load(self, data: Text) -> datetime:
        try:
            return super().load(data)
        except DataError:
            return datetime.min if _early(data) else datetime.max  # noqa: DTZ901 (without a zone)


class _ZonedTimestamps(TimestamptzLoader):
    def load(self, data: Text) -> datetime:
        try:
            return super().load(data)
        except DataError:
            return (datetime.min if _early(data) else datetime.max).replace(tzinfo=UTC)  # noqa: DTZ901


def _early(data: Text) -> bool:
    first, last = EARLY
    return bytes(data).startswith(first) or bytes(data).endswith(last)
