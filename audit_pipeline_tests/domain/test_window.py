"""Windows and their keys, across daylight-saving changes, leap years and ends."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from audit_pipeline.domain.window import Every, WindowError, Windows

LATER = datetime(2030, 1, 1, tzinfo=UTC)
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def windows(every: Every, start: str, end: str | None = None, timezone: str = "UTC") -> Windows:
    return Windows(
        every=every,
        start=datetime.fromisoformat(start),
        end=None if end is None else datetime.fromisoformat(end),
        timezone=timezone,
    )


def keys(of: Windows, now: datetime = LATER) -> list[str]:
    return [window.key for window in of.ended(now)]


@pytest.mark.parametrize(
    ("every", "start", "end", "expected"),
    [
        (
            Every.HOUR,
            "2016-01-01",
            "2016-01-01T02:00",
            ["2016-01-01T01+0000", "2016-01-01T00+0000"],
        ),
        (Every.DAY, "2016-01-01", "2016-01-03", ["2016-01-02", "2016-01-01"]),
        (Every.WEEK, "2016-01-04", "2016-01-18", ["2016-01-11", "2016-01-04"]),
        (Every.MONTH, "2015-12-01", "2016-02-01", ["2016-01", "2015-12"]),
        (Every.YEAR, "2016-01-01", "2018-01-01", ["2017", "2016"]),
    ],
)
def test_each_kind_of_window_goes_by_its_key_newest_first(
    every: Every, start: str, end: str, expected: list[str]
) -> None:
    assert keys(windows(every, start, end)) == expected


@pytest.mark.parametrize(
    ("every", "start", "first"),
    [
        (Every.HOUR, "2016-01-01T00:30", "2016-01-01T01+0000"),
        (Every.DAY, "2016-01-01T00:30", "2016-01-02"),
        (Every.WEEK, "2016-01-05", "2016-01-11"),
        (Every.MONTH, "2016-01-02", "2016-02"),
        (Every.YEAR, "2016-07-01", "2017"),
    ],
)
def test_a_start_in_the_middle_of_a_window_begins_with_the_next(
    every: Every, start: str, first: str
) -> None:
    assert keys(windows(every, start), datetime(2019, 1, 1, tzinfo=UTC))[-1] == first


def test_an_end_in_the_middle_of_a_window_leaves_that_window_out() -> None:
    assert keys(windows(Every.MONTH, "2016-01-01", "2016-03-31")) == ["2016-02", "2016-01"]


def test_a_start_after_the_end_or_after_now_leaves_no_window() -> None:
    assert keys(windows(Every.DAY, "2016-01-02", "2016-01-01")) == []
    assert keys(windows(Every.DAY, "2040-01-01")) == []


def test_a_leap_year_has_its_february_29() -> None:
    march = datetime(2016, 3, 1, tzinfo=UTC)
    assert keys(windows(Every.DAY, "2016-02-28"), march) == ["2016-02-29", "2016-02-28"]
    assert len(keys(windows(Every.DAY, "2016-01-01", "2017-01-01"))) == 366
    with pytest.raises(WindowError):
        windows(Every.DAY, "2015-01-01").window("2015-02-29", LATER)


@pytest.mark.parametrize(
    ("timezone", "day", "next_day", "twice"),
    [
        (NEW_YORK, "2015-11-01", "2015-11-02", ["2015-11-01T01-0500", "2015-11-01T01-0400"]),
        (BERLIN, "2015-10-25", "2015-10-26", ["2015-10-25T02+0100", "2015-10-25T02+0200"]),
    ],
)
def test_an_autumn_night_has_one_hour_twice_with_two_keys(
    timezone: str, day: str, next_day: str, twice: list[str]
) -> None:
    found = keys(windows(Every.HOUR, day, next_day, timezone))
    assert len(found) == 25
    assert [key for key in found if twice[0][:13] in key] == twice


@pytest.mark.parametrize(
    ("timezone", "day", "next_day", "absent"),
    [
        (NEW_YORK, "2016-03-13", "2016-03-14", "2016-03-13T02"),
        (BERLIN, "2016-03-27", "2016-03-28", "2016-03-27T02"),
    ],
)
def test_a_spring_night_lacks_one_hour(timezone: str, day: str, next_day: str, absent: str) -> None:
    found = keys(windows(Every.HOUR, day, next_day, timezone))
    assert len(found) == 23
    assert not [key for key in found if key.startswith(absent)]


def test_the_hours_of_a_night_touch_and_each_lasts_an_hour_of_elapsed_time() -> None:
    night = list(windows(Every.HOUR, "2015-11-01", "2015-11-02", NEW_YORK).ended(LATER))
    for later, earlier in pairwise(night):
        assert earlier.end.astimezone(UTC) == later.start.astimezone(UTC)
        assert (earlier.end.astimezone(UTC) - earlier.start.astimezone(UTC)).seconds == 3600


def test_an_end_within_the_doubled_hour_means_its_first_pass() -> None:
    until_one = windows(Every.HOUR, "2015-11-01", "2015-11-01T01:00", NEW_YORK)
    assert keys(until_one) == ["2015-11-01T00-0400"]
    with pytest.raises(WindowError, match="outside this audit"):
        until_one.window("2015-11-01T01-0400", LATER)


def test_now_in_the_zone_itself_does_not_end_the_doubled_hour_too_early() -> None:
    hours = windows(Every.HOUR, "2015-11-01", None, NEW_YORK)
    zone = next(iter(hours.ended(LATER))).start.tzinfo
    first_pass = datetime(2015, 11, 1, 1, 30, tzinfo=zone)
    assert keys(hours, first_pass) == ["2015-11-01T00-0400"]
    assert keys(hours, first_pass.replace(fold=1))[0] == "2015-11-01T01-0400"


def test_a_day_of_a_daylight_saving_change_has_23_or_25_hours() -> None:
    spring = windows(Every.DAY, "2016-03-01", None, NEW_YORK).window("2016-03-13", LATER)
    autumn = windows(Every.DAY, "2015-10-01", None, BERLIN).window("2015-10-25", LATER)
    assert (spring.end.astimezone(UTC) - spring.start.astimezone(UTC)).seconds == 23 * 3600
    autumn_length = autumn.end.astimezone(UTC) - autumn.start.astimezone(UTC)
    assert autumn_length.total_seconds() == 25 * 3600


@pytest.mark.parametrize("timezone", [NEW_YORK, BERLIN, "UTC"])
@pytest.mark.parametrize("every", list(Every))
def test_every_key_leads_back_to_its_window(every: Every, timezone: str) -> None:
    of = windows(
        every, "2015-01-01", "2017-01-09" if every is Every.YEAR else "2016-01-09", timezone
    )
    found = list(of.ended(LATER))
    assert found
    assert all(of.window(window.key, LATER) == window for window in found)


@pytest.mark.parametrize("key", ["yesterday", "", "2016-01", "2016-13-01", "2016-01-01T00"])
def test_a_malformed_key_is_refused_with_an_example(key: str) -> None:
    with pytest.raises(WindowError, match="write it like '2016-01-01'"):
        windows(Every.DAY, "2016-01-01").window(key, LATER)


def test_a_key_within_a_window_leads_to_the_key_of_that_window() -> None:
    with pytest.raises(WindowError, match=r"no week begins at '2016-01-06'.*'2016-01-04'"):
        windows(Every.WEEK, "2016-01-01").window("2016-01-06", LATER)


@pytest.mark.parametrize("key", ["2015-12-31", "2016-01-03"])
def test_a_window_before_the_start_or_after_the_end_is_refused(key: str) -> None:
    with pytest.raises(WindowError, match="begins with '2016-01-01' and ends at 2016-01-03"):
        windows(Every.DAY, "2016-01-01", "2016-01-03").window(key, LATER)


def test_a_window_that_has_not_ended_is_in_the_future() -> None:
    days = windows(Every.DAY, "2016-01-01", None, NEW_YORK)
    with pytest.raises(WindowError, match="in the future"):
        days.window("2016-01-05", datetime(2016, 1, 6, 4, 59, tzinfo=UTC))
    assert days.window("2016-01-05", datetime(2016, 1, 6, 5, tzinfo=UTC)).key == "2016-01-05"


def test_a_range_has_both_its_ends_and_is_told_oldest_first() -> None:
    months = windows(Every.MONTH, "2024-01-01")
    now = datetime(2024, 7, 2, tzinfo=UTC)

    def between(first: str, last: str | None) -> list[str]:
        return [window.key for window in months.between(first, last, now)]

    assert between("2024-02", "2024-04") == ["2024-02", "2024-03", "2024-04"]
    assert between("2024-05", None) == ["2024-05", "2024-06"]
    assert between("2024-06", "2024-06") == ["2024-06"]
    with pytest.raises(WindowError, match="'2024-02' is before '2024-03'"):
        between("2024-03", "2024-02")
    with pytest.raises(WindowError, match="in the future"):
        between("2024-03", "2024-07")


def test_a_range_of_an_autumn_night_has_its_doubled_hour_twice() -> None:
    hours = windows(Every.HOUR, "2024-10-27", timezone="Europe/Berlin")
    night = hours.between("2024-10-27T01+0200", "2024-10-27T03+0100", LATER)

    assert [window.key for window in night] == [
        "2024-10-27T01+0200",
        "2024-10-27T02+0200",
        "2024-10-27T02+0100",
        "2024-10-27T03+0100",
    ]
