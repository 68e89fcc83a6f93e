"""Windows of PostgreSQL's tables, and how they stand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline_tests.sources.databases.places import Place, rows

PARIS = ZoneInfo("Europe/Paris")


def days(first: datetime, last: datetime) -> Window:
    return Window(key="w", start=first, end=last)


def test_the_window_is_pushed_down_by_a_day_more_and_rows_without_a_time_come_too(
    place: Place, everything: Wanted, backend: IbisBackend
) -> None:
    place.run(
        "CREATE TABLE t AS SELECT g AS id, d AS day, d::timestamp AS ts, d::timestamptz AS tz FROM"
        " generate_series(1, 91) g, LATERAL (SELECT date '2024-01-01' + g - 1 AS d) AS x",
        "INSERT INTO t VALUES (0, NULL, NULL, NULL)",
    )
    february = days(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC))
    for name in ("day", "ts", "tz"):
        wanted = replace(everything, window=february, timestamp=name)
        read = SOURCE.read(place.table("t"), backend, wanted)
        # 31 January, 29 days of February, 1 March, and the row without a time
        assert sorted(row["id"] for row in rows(read)) == [0, *range(31, 62)]
        assert not read.whole
        assert SOURCE.state(place.table("t"), wanted).rows == 29
    text = replace(everything, window=february, timestamp="id")
    assert SOURCE.read(place.table("t"), backend, text).whole


def test_a_night_of_23_hours_and_one_of_25_have_their_rows_in_two_zones(
    place: Place, everything: Wanted
) -> None:
    place.run("CREATE TABLE t (tz timestamptz, ts timestamp)")
    for month, day in ((3, 31), (10, 27)):
        # one row an hour from the midnight before to the one after, written in New York's time
        start = datetime(2024, month, day, tzinfo=PARIS).astimezone(UTC)
        for hour in range(30):
            at = (start + timedelta(hours=hour)).astimezone(ZoneInfo("America/New_York"))
            place.run(
                f"INSERT INTO t VALUES ('{at.isoformat()}',"
                f" '{at.astimezone(PARIS).replace(tzinfo=None).isoformat()}')"
            )
    expected = ((3, 31, 23), (10, 27, 25))
    for month, day, hours in expected:
        start = datetime(2024, month, day, tzinfo=PARIS)
        window = days(start, start.replace(day=day) + timedelta(days=1))
        for name in ("tz", "ts"):
            wanted = replace(everything, window=window, timestamp=name)
            assert SOURCE.state(place.table("t"), wanted).rows == hours


def test_a_late_label_changes_the_mark_and_a_row_of_another_window_does_not(
    place: Place, everything: Wanted
) -> None:
    place.run(
        "CREATE TABLE t (id int, day date, label int)",
        "INSERT INTO t VALUES (1, '2024-01-05', NULL)",
    )
    january = days(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC))
    wanted = replace(everything, window=january, timestamp="day", columns=("id", "day", "label"))

    def mark() -> str:
        return SOURCE.state(place.table("t"), wanted).mark

    first = mark()
    assert mark() == first
    place.run("INSERT INTO t VALUES (2, '2024-02-01', 1)")
    assert mark() == first
    place.run("UPDATE t SET label = 0 WHERE id = 1")
    assert mark() != first


def test_a_watermark_says_when_a_window_is_complete_and_that_rows_changed(
    place: Place, everything: Wanted
) -> None:
    place.run(
        "CREATE TABLE t (id int, day date, loaded timestamptz, x int)",
        "INSERT INTO t VALUES (1, '2024-01-05', '2024-01-31 23:59:59+00', 1)",
    )
    january = days(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC))
    wanted = replace(everything, window=january, timestamp="day", columns=("id", "day", "x"))
    settings = place.table("t", watermark="loaded")
    first = SOURCE.state(settings, wanted)
    assert (first.landed, first.complete, first.rows) == (True, False, 1)
    assert SOURCE.state(place.table("t"), wanted).complete is None
    place.run("UPDATE t SET x = 2, loaded = '2024-02-01 00:00:00+00'")
    second = SOURCE.state(settings, wanted)
    assert second.complete
    assert second.mark != first.mark
    with pytest.raises(SourceError, match=r"watermark column 'load' is missing; did you mean 'loa"):
        SOURCE.state(place.table("t", watermark="load"), wanted)
