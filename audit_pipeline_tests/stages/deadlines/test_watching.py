"""Late windows are one finding of their audit, from the first until the last one is audited."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.finding import Change, Finding, State
from audit_pipeline.domain.measurement import Json
from audit_pipeline.stages.deadlines.catching_up import missed_windows
from audit_pipeline.stages.deadlines.finding import CHECK
from audit_pipeline.stages.deadlines.watching import Watched, check_deadlines
from audit_pipeline.stages.findings.looking import waive
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.findings import all_findings, history_of
from audit_pipeline.store.outbox import ALERTS, waiting
from audit_pipeline.store.owner import this_process
from audit_pipeline_tests.stages import small

WINDOW = {"every": "day", "start": "2024-01-01", "timezone": "Europe/Berlin"}
NOON = datetime(2024, 3, 10, 11, tzinfo=UTC)
"""In Berlin; the default deadline of a day is noon of the next."""
DAY = timedelta(days=1)


def home_of(folder: Path, **schedule: object) -> Home:
    small.write_home(folder, small.settings(window=WINDOW, schedule=schedule))
    return Home(folder)


def audit_of(home: Home) -> Audit:
    return load_audit_file(home, small.NAME).audit


def look(home: Home, at: datetime) -> Watched:
    (found,) = check_deadlines(home, [audit_of(home)], at)
    return found


def late(home: Home, at: datetime) -> list[str]:
    return [window.key for window in look(home, at).found.late]


def missed(home: Home, at: datetime) -> list[str]:
    return [each.window.key for each in missed_windows(home, [audit_of(home)], at)]


def seal(home: Home, window: str, *, rows: int = 10, complete: bool = True) -> None:
    store = open_store(home.store_url)
    wanted = Wanted(audit=small.NAME, window=window, content=f"{window}{rows}{complete}")
    claim = store.claim(wanted, this_process(f"run-{window}-{complete}"))
    record: dict[str, Json] = {"verdict": "gap", "snapshot": {"rows": rows}, "outcomes": []}
    store.seal(claim, record, complete=complete)


def finding(home: Home) -> Finding:
    (found,) = all_findings(open_store(home.store_url).engine)
    return found


def changes(home: Home) -> list[Change]:
    return [line.change for line in history_of(open_store(home.store_url).engine, 1)]


def test_an_audit_added_today_owes_nothing_of_the_years_before(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    assert late(home, NOON) == []
    assert missed(home, NOON) == []
    assert all_findings(open_store(home.store_url).engine) == []
    assert late(home, NOON + DAY) == ["2024-03-10"]


def test_late_windows_are_one_finding_that_says_which_and_is_resolved(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    look(home, NOON + DAY)
    look(home, NOON + DAY + timedelta(minutes=1))  # the same again: no news
    first = finding(home)
    assert (first.check, first.state, first.severity) == (CHECK, State.OPEN, "critical")
    assert (first.since, first.owner) == ("2024-03-10", "lending@example.org")
    assert first.reason == ("1 window is not audited, and the deadline has passed: 2024-03-10")
    look(home, NOON + 7 * DAY)
    assert finding(home).reason == (
        "7 windows are not audited, and the deadline has passed: 2024-03-16, 2024-03-15,"
        " 2024-03-14, 2024-03-13, 2024-03-12 and 2 more"
    )
    for day in range(16, 9, -1):  # caught up, newest first
        assert look(home, NOON + 7 * DAY).found.late
        seal(home, f"2024-03-{day}")
    look(home, NOON + 7 * DAY)
    assert finding(home).state is State.RESOLVED
    assert changes(home)[:2] == [Change.OPENED, Change.CONTINUED]
    assert changes(home)[-1] is Change.RESOLVED
    assert len(changes(home)) == 2 + 6 + 1  # each window that was caught up, and the last
    look(home, NOON + 8 * DAY)
    assert (finding(home).state, finding(home).since) == (State.OPEN, "2024-03-17")
    assert changes(home)[-1] is Change.REOPENED


def test_an_alert_is_written_with_the_finding_and_not_again_for_each_further_window(
    tmp_path: Path,
) -> None:
    home = home_of(tmp_path)
    for days in (0, 1, 2, 3):
        look(home, NOON + days * DAY)
    (entry,) = waiting(open_store(home.store_url).engine, ALERTS, 10)
    assert entry.audit == small.NAME
    for window in ("2024-03-10", "2024-03-11", "2024-03-12"):
        seal(home, window)
    look(home, NOON + 3 * DAY)
    assert len(waiting(open_store(home.store_url).engine, ALERTS, 10)) == 2  # it is resolved


def test_a_gap_of_missing_data_is_audited_and_a_crash_is_not(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    seal(home, "2024-03-10", complete=False)
    assert late(home, NOON + DAY) == ["2024-03-10"]
    seal(home, "2024-03-10", rows=0)
    assert late(home, NOON + DAY) == []


def test_a_pause_makes_nothing_late_and_what_it_held_up_has_its_deadline_afterwards(
    tmp_path: Path,
) -> None:
    look(home_of(tmp_path), NOON)
    home = home_of(tmp_path, paused="the model is being rebuilt")
    for day in range(6):
        assert check_deadlines(home, [audit_of(home)], NOON + day * DAY) == []
        assert missed(home, NOON + day * DAY) == []
    home = home_of(tmp_path)
    goes_on = NOON + 5 * DAY + timedelta(hours=1)
    held_up = ["2024-03-14", "2024-03-13", "2024-03-12", "2024-03-11", "2024-03-10"]
    assert missed(home, goes_on) == held_up  # before the deadlines were looked at, too
    assert late(home, goes_on) == []
    assert all_findings(open_store(home.store_url).engine) == []
    assert late(home, goes_on + timedelta(hours=12, minutes=-1)) == []
    assert late(home, goes_on + timedelta(hours=12)) == held_up


def test_after_a_long_pause_only_what_is_caught_up_is_owed(tmp_path: Path) -> None:
    look(home_of(tmp_path, catch_up=3), NOON)
    home = home_of(tmp_path, catch_up=3, paused="the model is being rebuilt")
    check_deadlines(home, [audit_of(home)], NOON)
    home = home_of(tmp_path, catch_up=3)
    look(home, NOON + 60 * DAY)
    last = ["2024-05-08", "2024-05-07", "2024-05-06"]
    assert missed(home, NOON + 60 * DAY) == last
    for window in last:
        seal(home, window)
    assert late(home, NOON + 61 * DAY) == ["2024-05-09"]  # and not one of the pause


def test_what_was_late_before_a_pause_is_late_after_it_and_not_in_it(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    assert late(home, NOON + DAY) == ["2024-03-10"]
    home = home_of(tmp_path, paused="the model is being rebuilt")
    assert check_deadlines(home, [audit_of(home)], NOON + 2 * DAY) == []
    home = home_of(tmp_path)
    assert late(home, NOON + 5 * DAY) == ["2024-03-10"]
    assert changes(home) == [Change.OPENED]
    home = home_of(tmp_path, paused="once more")
    seal(home, "2024-03-10")  # by hand
    check_deadlines(home, [audit_of(home)], NOON + 5 * DAY + timedelta(hours=1))
    assert finding(home).state is State.RESOLVED


def test_two_pauses_do_not_hide_what_each_held_up(tmp_path: Path) -> None:
    hour = timedelta(hours=1)
    look(home_of(tmp_path), NOON)
    for begins in (NOON + DAY - hour, NOON + DAY + 2 * hour):  # over the deadline, and after it
        home = home_of(tmp_path, paused="again")
        check_deadlines(home, [audit_of(home)], begins)
        look(home_of(tmp_path), begins + 2 * hour)
    home = home_of(tmp_path)
    assert late(home, NOON + DAY + 16 * hour - timedelta(minutes=1)) == []
    assert late(home, NOON + DAY + 16 * hour) == ["2024-03-10"]


def test_a_clock_that_was_ahead_hides_nothing_once_it_is_right(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON + 365 * DAY)
    look(home, NOON)
    assert late(home, NOON + DAY) == ["2024-03-10"]


def test_a_clock_set_back_opens_and_resolves_nothing(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    for day in (10, 11):
        seal(home, f"2024-03-{day}")
    look(home, NOON + 2 * DAY)
    for back in (timedelta(hours=1), DAY, timedelta(0)):
        assert late(home, NOON + 2 * DAY - back) == []
    assert all_findings(open_store(home.store_url).engine) == []
    assert late(home, NOON + 3 * DAY) == ["2024-03-12"]


def test_a_waiver_of_late_windows_holds_though_more_become_late(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    look(home, NOON + DAY)
    waive(home, 1, "bob@example.org", "the source is being moved", datetime.now(UTC).date())
    look(home, NOON + 2 * DAY)
    assert finding(home).state is State.WAIVED
    assert finding(home).reason.startswith("2 windows")


def test_windows_cut_anew_leave_a_finding_that_can_be_resolved(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    look(home, NOON + DAY)
    small.write_home(tmp_path, small.settings(window=WINDOW | {"every": "month"}))
    at = datetime(2024, 4, 5, tzinfo=UTC)
    assert late(home, at) == ["2024-03"]
    seal(home, "2024-03")
    assert late(home, at) == []
    assert finding(home).state is State.RESOLVED


def test_two_who_look_at_once_open_one_finding(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    both = [Thread(target=look, args=(home, NOON + DAY)) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert changes(home) == [Change.OPENED]


def test_missed_windows_are_caught_up_newest_first_and_the_newest_left_to_the_clock(
    tmp_path: Path,
) -> None:
    home = home_of(tmp_path, catch_up=3)
    look(home, NOON)
    night = NOON + 5 * DAY - timedelta(hours=10)  # the clock is yet to start 2024-03-14
    assert missed(home, night) == ["2024-03-13", "2024-03-12"]
    in_the_morning = night + timedelta(hours=1)  # and had its turn, but was not there, or paused
    assert missed(home, in_the_morning) == ["2024-03-14", "2024-03-13", "2024-03-12"]
    assert missed(home, NOON + 5 * DAY) == ["2024-03-14", "2024-03-13", "2024-03-12"]
    seal(home, "2024-03-13")
    assert missed(home, NOON + 5 * DAY) == ["2024-03-14", "2024-03-12"]


def test_what_a_living_run_audits_is_not_missed(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    look(home, NOON)
    wanted = Wanted(audit=small.NAME, window="2024-03-10", content="rows")
    open_store(home.store_url).claim(wanted, this_process("a-run"))
    assert missed(home, NOON + 2 * DAY) == ["2024-03-11"]


def test_a_window_of_long_ago_whose_run_was_killed_is_tried_again_for_a_week(
    tmp_path: Path,
) -> None:
    home, now = home_of(tmp_path), datetime.now(UTC)
    look(home, now)
    seal(home, "2024-03-01", complete=False)  # of a back-fill: nobody was owed it
    assert missed(home, now) == ["2024-03-01"]
    assert missed(home, now + 8 * DAY)[-1] != "2024-03-01"
    assert missed(home_of(tmp_path, catch_up=0), now) == []
    seal(home, "2024-03-01")
    assert missed(home_of(tmp_path), now) == []


def test_a_killed_run_of_a_window_that_is_owed_but_given_up_is_tried_again(tmp_path: Path) -> None:
    home, now = home_of(tmp_path, catch_up=1), datetime.now(UTC)
    look(home, now - 6 * DAY)
    killed = (now - 5 * DAY).strftime("%Y-%m-%d")
    assert killed not in missed(home, now)
    seal(home, killed, complete=False)  # of a back-fill of what nobody catches up with
    assert missed(home, now)[-1] == killed
    assert len(set(missed(home, now))) == len(missed(home, now))
    seal(home, killed)
    assert killed not in missed(home, now)


def test_nothing_is_caught_up_where_that_is_turned_off(tmp_path: Path) -> None:
    home = home_of(tmp_path, catch_up=0)
    look(home, NOON)
    assert missed(home, NOON + 3 * DAY) == []
    home = home_of(tmp_path, enabled=False)
    assert missed(home, NOON + 3 * DAY) == []
