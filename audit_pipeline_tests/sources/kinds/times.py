"""Rows by three kinds of time, and the window of one day of theirs in Berlin."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from audit_pipeline.domain.window import Window

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = Window(
    key="2024-01-02",
    start=datetime(2024, 1, 2, tzinfo=BERLIN),
    end=datetime(2024, 1, 3, tzinfo=BERLIN),
)
NOONS = [datetime(2024, 1, n, 11, tzinfo=UTC) for n in (1, 2, 4)]
ROWS = pa.table(
    {
        "id": [1, 2, 4, 5],
        "utc": pa.array([*NOONS, None], pa.timestamp("us", "UTC")),
        "local": pa.array([*(n.replace(tzinfo=None) for n in NOONS), None], pa.timestamp("us")),
        "day": pa.array([*(date(2024, 1, n) for n in (1, 2, 4)), None]),
    }
)
"""Three rows of noons in Berlin, the second of them within the window, and one of no time."""
