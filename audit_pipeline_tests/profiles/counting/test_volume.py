"""Rows by hour, whatever the type of their times."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from audit_pipeline_tests.profiles.tables import audit, profile

TIMES = [
    datetime(2024, 3, 31, 0, 59, 59),  # noqa: DTZ001 (as they are written)
    datetime(2024, 3, 31, 1, 0, 0),  # noqa: DTZ001
    datetime(2024, 3, 31, 1, 30, 0),  # noqa: DTZ001
    datetime(1969, 12, 31, 23, 59, 0),  # noqa: DTZ001
    None,
]


def volume(seen: Any) -> dict[str, int]:  # noqa: ANN401 (a column)
    found = profile(audit(timestamp="seen"), {"x": [0.5] * len(seen), "seen": seen}).volume
    return dict(found)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_rows_are_counted_by_the_hour_of_their_time(unit: str) -> None:
    assert volume(pa.array(TIMES, pa.timestamp(unit))) == {
        "1969-12-31T23": 1,
        "2024-03-31T00": 1,
        "2024-03-31T01": 2,
    }


def test_times_with_a_zone_are_counted_by_their_hour_in_utc() -> None:
    zoned = pa.array(TIMES[:2], pa.timestamp("us")).cast(pa.timestamp("us", tz="Europe/Berlin"))
    assert volume(zoned) == {"2024-03-31T00": 1, "2024-03-31T01": 1}


def test_dates_years_and_text_have_no_hour() -> None:
    assert volume(pa.array(TIMES[:2], pa.timestamp("s")).cast(pa.date32())) == {}
    assert volume([2023, 2024]) == {}
    assert volume(["2024-03-31 00:00", "2024-03-31 01:00"]) == {}
    assert profile(audit(), {"x": [0.5]}).volume == {}
