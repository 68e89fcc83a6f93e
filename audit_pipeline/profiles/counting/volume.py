"""How many rows came in each hour."""

from datetime import datetime, timedelta

import ibis

from audit_pipeline.profiles.counting.exact import floored
from audit_pipeline.profiles.engine import IbisTable

HOUR = 3600
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (of times as they are written)
MOST_HOURS = 100_000
"""Eleven years; a data set of more hours is no window."""
FIRST, LAST = "1678-01-01 00:00:00", "2262-01-01 00:00:00"
"""What 64 bits of nanoseconds hold. Times beyond them, or infinite, have no hour."""


def count_volume(table: IbisTable, name: str) -> dict[str, int]:
    """Return the rows by hour, ISO `2018-03-01T05`, of the times in column `name`.

    As the times are written; in UTC where they have a zone, which the engine is expected to be
    set to. Rows without a time are not counted. Nothing where the column is no timestamp, as dates
    have no hours, or where there are more than `MOST_HOURS`.
    """
    if name not in table.columns or not table[name].type().is_timestamp():
        return {}
    when = table[name]
    zone = when.type().timezone
    first, last = (ibis.timestamp(each, timezone=zone) for each in (FIRST, LAST))
    known = table.select(when=when).filter((when >= first) & (when <= last))
    hours = known.select(hour=floored(known.when.epoch_seconds().cast("float64") / HOUR))
    counted = hours.group_by("hour").aggregate(rows=hours.count()).limit(MOST_HOURS + 1)
    found = counted.to_pyarrow().to_pydict()
    if len(found["hour"]) > MOST_HOURS:
        return {}
    pairs = sorted(zip(found["hour"], found["rows"], strict=True))
    return {_written(hour): rows for hour, rows in pairs}


def _written(hour: int) -> str:
    return (EPOCH + timedelta(hours=hour)).isoformat()[:13]
