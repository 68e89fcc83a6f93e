"""When an audit runs by itself, and when it does not."""

from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.jobs import schedule_of
from audit_pipeline.domain.measurement import Json
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.owner import this_process
from audit_pipeline.store.store import Store
from audit_pipeline_tests.defs.homes import small_audit, write_audit

WINDOW = {"every": "day", "start": "2026-03-01", "timezone": "America/New_York"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "audits").mkdir()
    write_audit(tmp_path, small_audit("late", window=WINDOW, schedule={"cron": "0 2 * * *"}))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return Home(tmp_path)


def tick(home: Home, at: datetime) -> dg.RunRequest | str:
    """Return what the schedule does at a time: the run it asks for, or why there is none."""
    repository = build_definitions(home).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance, scheduled_execution_time=at, repository_def=repository
        )
        done = repository.get_schedule_def("late_schedule").evaluate_tick(context)
    if not done.run_requests:
        return str(done.skip_message)
    (request,) = done.run_requests
    return request


def seal(home: Home, window: str, *, rows: int = 10, complete: bool = True) -> None:
    store = Store(home.store_url)
    wanted = Wanted(audit="late", window=window, content=f"{window}{rows}{complete}")
    claim = store.claim(wanted, this_process("a-run"))
    record: dict[str, Json] = {"verdict": "fail", "snapshot": {"rows": rows}, "outcomes": []}
    store.seal(claim, record, complete=complete)
    store.close()


def test_a_tick_asks_for_the_newest_window_that_has_ended(home: Home) -> None:
    asked = tick(home, datetime(2026, 3, 20, 6, 0, tzinfo=UTC))  # 02:00 in New York

    assert isinstance(asked, dg.RunRequest)
    assert asked.partition_key == "2026-03-19"
    assert asked.tags["audit"] == "late"


def test_a_window_that_ends_a_minute_later_is_not_yet_asked_for(home: Home) -> None:
    asked = tick(home, datetime(2026, 3, 20, 3, 59, tzinfo=UTC))  # 23:59 in New York

    assert isinstance(asked, dg.RunRequest)
    assert asked.partition_key == "2026-03-18"


def test_before_the_first_window_has_ended_a_tick_says_so(home: Home) -> None:
    assert tick(home, datetime(2026, 3, 1, 7, tzinfo=UTC)) == (
        "no window of this audit has ended yet"
    )


def test_a_window_that_is_audited_is_not_asked_for_again_whatever_its_verdict(home: Home) -> None:
    seal(home, "2026-03-19")

    assert tick(home, datetime(2026, 3, 20, 6, tzinfo=UTC)) == (
        "window 2026-03-19 is audited already"
    )


@pytest.mark.parametrize(("rows", "complete"), [(0, True), (10, False)])
def test_a_window_that_was_empty_or_whose_audit_crashed_is_asked_for_again(
    home: Home,
    rows: int,
    complete: bool,  # noqa: FBT001 (pytest passes it by name)
) -> None:
    seal(home, "2026-03-19", rows=rows, complete=complete)

    asked = tick(home, datetime(2026, 3, 20, 6, tzinfo=UTC))

    assert isinstance(asked, dg.RunRequest)
    assert asked.partition_key == "2026-03-19"


def test_a_schedule_is_on_unless_the_audit_file_says_otherwise(home: Home) -> None:
    write_audit(home.path, small_audit("by_hand", schedule={"enabled": False}))

    def status(file: AuditFile) -> dg.DefaultScheduleStatus:
        return schedule_of(file).default_status

    assert status(load_audit_file(home, "late")) is dg.DefaultScheduleStatus.RUNNING
    assert status(load_audit_file(home, "by_hand")) is dg.DefaultScheduleStatus.STOPPED


def test_a_schedule_ticks_in_the_time_zone_of_its_windows(home: Home) -> None:
    schedule = schedule_of(load_audit_file(home, "late"))

    assert schedule.execution_timezone == "America/New_York"
    assert schedule.cron_schedule == "0 2 * * *"


@pytest.mark.parametrize(
    ("every", "timezone", "begin", "end", "number"),
    [
        ("hour", "Europe/Berlin", datetime(2026, 3, 29), datetime(2026, 3, 30), 23),  # noqa: DTZ001 (in that zone)
        ("hour", "Europe/Berlin", datetime(2026, 10, 25), datetime(2026, 10, 26), 25),  # noqa: DTZ001
        ("hour", "America/New_York", datetime(2026, 11, 1), datetime(2026, 11, 2), 25),  # noqa: DTZ001
        ("day", "America/New_York", datetime(2026, 3, 4), datetime(2026, 3, 14), 10),  # noqa: DTZ001
        ("day", "Australia/Lord_Howe", datetime(2026, 4, 1), datetime(2026, 4, 11), 10),  # noqa: DTZ001
        ("day", "Australia/Lord_Howe", datetime(2026, 9, 28), datetime(2026, 10, 8), 10),  # noqa: DTZ001
    ],
)
def test_each_window_is_asked_for_once_where_the_clocks_change(
    home: Home, every: str, timezone: str, begin: datetime, end: datetime, number: int
) -> None:
    window = {"every": every, "start": "2026-01-01", "timezone": timezone}
    write_audit(home.path, small_audit("late", window=window))
    repository = build_definitions(home).get_repository_def()
    schedule, zone = repository.get_schedule_def("late_schedule"), ZoneInfo(timezone)
    first, last = begin.replace(tzinfo=zone), end.replace(tzinfo=zone).timestamp()
    ticks = schedule_execution_time_iterator(
        first.timestamp(), schedule.cron_schedule, timezone, ascending=True
    )
    asked: list[str] = []
    with dg.DagsterInstance.ephemeral() as instance:
        for at in takewhile(lambda tick: tick.timestamp() < last, ticks):
            context = dg.build_schedule_context(
                instance, scheduled_execution_time=at, repository_def=repository
            )
            asked += [
                str(each.partition_key)
                for each in schedule.evaluate_tick(context).run_requests or ()
            ]
    windows = load_audit_file(home, "late").audit.window.windows
    assert len(asked) == number
    assert asked == [w.key for w in windows.between(asked[0], asked[-1], end.replace(tzinfo=zone))]
