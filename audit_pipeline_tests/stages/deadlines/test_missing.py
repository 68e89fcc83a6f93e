"""Which windows are late, with the clock in the test's hand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from audit_pipeline.audits.timing import DEADLINE_HOURS, Schedule
from audit_pipeline.domain.window import Every, Window, Windows
from audit_pipeline.stages.deadlines.missing import (
    REACH,
    Missing,
    deadline,
    missing,
    windows_counted,
    windows_promised,
)

BERLIN = "Europe/Berlin"
DAYS = Windows(every=Every.DAY, start=datetime(2024, 3, 1), timezone=BERLIN)  # noqa: DTZ001
HOURS = Windows(every=Every.HOUR, start=datetime(2024, 3, 1), timezone=BERLIN)  # noqa: DTZ001


def berlin(*when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(BERLIN), fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


def look(
    windows: Windows, since: datetime, now: datetime, *audited: str, hours: float = 6
) -> Missing:
    counted = windows_counted(windows, since, now)
    promised = windows_promised(counted, windows.every, hours, ())
    due = {window.key for window, until in promised.items() if until <= now}
    return missing(counted, audited, since, due)


def keys(windows: tuple[Window, ...]) -> list[str]:
    return [window.key for window in windows]


def test_a_window_is_late_at_its_deadline_and_not_a_second_before() -> None:
    since = berlin(2024, 3, 10, 12)
    before = look(DAYS, since, berlin(2024, 3, 11, 5, 59, 59))
    assert (keys(before.open), keys(before.late)) == (["2024-03-10"], [])
    at = look(DAYS, since, berlin(2024, 3, 11, 6))
    assert keys(at.late) == ["2024-03-10"]


def test_windows_that_ended_before_the_audit_was_first_seen_are_nobodys_promise() -> None:
    found = look(DAYS, berlin(2024, 3, 10, 12), berlin(2024, 3, 10, 23))
    assert (found.open, found.late, found.newest_due) == ((), (), None)
    assert found.settled == berlin(2024, 3, 10, 12)


def test_late_windows_come_newest_first_and_settled_ends_before_the_oldest() -> None:
    since = berlin(2024, 3, 5)
    found = look(DAYS, since, berlin(2024, 3, 10, 12), "2024-03-05", "2024-03-08")
    assert keys(found.late) == ["2024-03-09", "2024-03-07", "2024-03-06"]
    assert found.settled == berlin(2024, 3, 6)
    again = look(DAYS, found.settled, berlin(2024, 3, 10, 12), "2024-03-08")
    assert again.late == found.late  # nothing is lost by looking at fewer windows


def test_once_all_are_audited_only_later_windows_are_looked_at() -> None:
    found = look(DAYS, berlin(2024, 3, 8), berlin(2024, 3, 10, 12), "2024-03-08", "2024-03-09")
    assert (found.open, found.settled) == ((), berlin(2024, 3, 10))
    assert found.newest_due is not None
    assert found.newest_due.key == "2024-03-09"


def test_six_hours_are_six_oclock_on_days_of_23_and_25_hours() -> None:
    for day in ((2024, 3, 31), (2024, 10, 27)):  # the night before, the window's last hours
        since = berlin(*day) - timedelta(hours=30)
        six = berlin(*day, 6)
        on_time = look(DAYS, since, six - timedelta(seconds=1))
        assert on_time.late[:1] != on_time.open[:1]
        assert keys(look(DAYS, since, six).late)[0] == f"{six - timedelta(days=1):%Y-%m-%d}"
    spring = DAYS.window("2024-03-30", berlin(2024, 4, 1))
    assert deadline(spring, Every.DAY, 6).astimezone(UTC) - spring.end.astimezone(UTC) == (
        timedelta(hours=5)
    )


def test_hours_of_the_night_the_clock_is_set_back_have_each_their_own_deadline() -> None:
    since = berlin(2024, 10, 27, 2)
    found = look(HOURS, since, berlin(2024, 10, 27, 4), hours=1)
    assert keys(found.late) == ["2024-10-27T02+0100", "2024-10-27T02+0200"]
    first = look(HOURS, since, berlin(2024, 10, 27, 4), "2024-10-27T02+0100", hours=1)
    assert keys(first.late) == ["2024-10-27T02+0200"]


def test_nothing_before_the_start_or_after_the_end_is_ever_late() -> None:
    retired = Windows(
        every=Every.DAY,
        start=datetime(2024, 3, 4),  # noqa: DTZ001
        end=datetime(2024, 3, 6),  # noqa: DTZ001
        timezone=BERLIN,
    )
    found = look(retired, berlin(2020, 1, 1), berlin(2026, 1, 1))
    assert keys(found.late) == ["2024-03-05", "2024-03-04"]


def test_not_more_windows_are_looked_at_than_a_look_may_take() -> None:
    assert len(windows_counted(HOURS, berlin(2024, 3, 1), berlin(2024, 6, 1))) == REACH


def test_who_is_run_by_hand_has_a_deadline_only_if_one_is_written() -> None:
    assert Schedule().deadline_for(Every.MONTH) == DEADLINE_HOURS[Every.MONTH] == 72
    assert Schedule(enabled=False).deadline_for(Every.DAY) is None
    assert Schedule(enabled=False, deadline_hours=30).deadline_for(Every.DAY) == 30


@pytest.mark.parametrize(
    ("cron", "every", "hours"),
    [
        ("0 2 * * *", Every.DAY, 12),
        ("30 18 * * *", Every.DAY, 28),  # 16 hours later than at 02:00
        ("*/15 * * * *", Every.DAY, 12),
        ("0 2 * * 3", Every.WEEK, 24 + 48),  # on Wednesdays; a week ends as Monday begins
        ("0 2 * * sun", Every.WEEK, 24 + 144),
        ("0 2 5 * *", Every.MONTH, 72 + 96),
        ("0 2 * * MON", Every.MONTH, 72 + 144),  # the first Monday is the seventh at the latest
        ("0 2 1 feb *", Every.YEAR, 168 + 744),
        ("10 * * * *", Every.HOUR, 3),
        ("@daily", Every.DAY, 12),
    ],
)
def test_a_clock_that_starts_audits_later_has_a_later_deadline(
    cron: str, every: Every, hours: int
) -> None:
    assert Schedule(cron=cron).deadline_for(every) == hours
    assert Schedule(cron=cron, deadline_hours=5).deadline_for(every) == 5


@pytest.mark.parametrize("schedule", [{"paused": " "}, {"deadline_hours": 0}, {"catch_up": -1}])
def test_a_pause_without_a_reason_or_a_deadline_at_once_is_refused(
    schedule: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError):
        Schedule(**schedule)


@pytest.mark.parametrize("every", list(Every))
def test_every_length_of_window_has_a_deadline(every: Every) -> None:
    assert Schedule().deadline_for(every) is not None
