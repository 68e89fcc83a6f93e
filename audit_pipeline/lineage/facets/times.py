"""Times as events carry them."""

from datetime import UTC, datetime


def utc(at: datetime) -> str:
    """Return a time as ISO 8601 in UTC, which every reader of events understands.

    The offsets of zones before standard time have seconds, which the specification does not know.

    Raises:
        ValueError: The time has no zone: it could be any of twenty-four.

    >>> from datetime import timedelta, timezone
    >>> utc(datetime(2024, 3, 1, 2, 30, tzinfo=timezone(timedelta(hours=2))))
    '2024-03-01T00:30:00+00:00'
    """
    if at.tzinfo is None:
        raise ValueError(f"the time {at.isoformat()} of a lineage event has no zone: give it one")
    return at.astimezone(UTC).isoformat()
