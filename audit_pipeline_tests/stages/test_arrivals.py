"""Whether a window is to be audited, decided from how its data stands."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from audit_pipeline.domain.window import Every, Window, Windows
from audit_pipeline.sources.base import State
from audit_pipeline.stages.arrivals import (
    Arrival,
    Judgement,
    Seen,
    arrival_of,
    candidates,
    combined_mark,
    judge,
)
from audit_pipeline.store.arrivals import Known, Noted

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
DAYS = Windows(every=Every.DAY, start=datetime(2026, 1, 1))  # noqa: DTZ001 (in their own zone)
WINDOW = Window(
    key="2026-03-09",
    start=datetime(2026, 3, 9, tzinfo=UTC),
    end=datetime(2026, 3, 10, tzinfo=UTC),
)
NEW, OLD = "new" * 8, "old" * 8
MINUTE = 60.0


def arrival(
    mark: str = NEW, *, landed: bool = True, complete: bool | None = None, counted: bool = False
) -> Arrival:
    return Arrival(window=WINDOW, mark=mark, landed=landed, complete=complete, counted=counted)


def known(**noted: Noted) -> Known:
    """Return what is known of windows of March, by their day as `d09`."""
    marks = {f"2026-03-{day[1:]}": each for day, each in noted.items()}
    return Known(begun=frozenset(marks), noted=marks)


def seen(seconds_ago: float, mark: str = NEW) -> Seen:
    at = NOW.timestamp() - seconds_ago
    return Seen(mark=mark[:12], since=at, first=at)


def judged(
    of: Arrival,
    about: Known | None = None,
    before: Seen | None = None,
    stable: float | None = MINUTE,
) -> Judgement:
    return judge(of, about or known(), before, NOW, stable)


def keys(begun: set[str], at_most: int = 35, windows: Windows = DAYS) -> list[str]:
    return [window.key for window in candidates(windows, begun, NOW, at_most)]


def test_before_the_first_audit_only_the_newest_window_is_looked_at() -> None:
    assert keys(set()) == ["2026-03-09"]


def test_windows_are_looked_at_back_to_the_oldest_that_was_ever_begun() -> None:
    assert keys({"2026-03-07"}) == ["2026-03-09", "2026-03-08", "2026-03-07"]
    assert keys({"2026-03-09", "2026-03-08"}) == ["2026-03-09", "2026-03-08"]


def test_no_more_windows_are_looked_at_than_may_be_opened_again() -> None:
    assert keys({"2026-01-02", "2026-03-09"}, at_most=3) == [
        "2026-03-09",
        "2026-03-08",
        "2026-03-07",
    ]


def test_windows_that_were_begun_under_another_length_are_not_counted() -> None:
    assert keys({"2026-01", "2024"}) == ["2026-03-09"]


def test_before_the_first_window_has_ended_none_is_looked_at() -> None:
    later = Windows(every=Every.MONTH, start=datetime(2026, 3, 1))  # noqa: DTZ001 (its own zone)

    assert keys(set(), windows=later) == []


def test_both_hours_of_an_autumn_night_are_windows_to_look_at() -> None:
    night = Windows(
        every=Every.HOUR,
        start=datetime(2025, 11, 2),  # noqa: DTZ001 (its own zone)
        timezone="America/New_York",
    )
    at = datetime(2025, 11, 2, 2, tzinfo=ZoneInfo("America/New_York"))

    found = [window.key for window in candidates(night, {"2025-11-02T01-0400"}, at, 35)]

    assert found == ["2025-11-02T01-0500", "2025-11-02T01-0400"]
    older = [window.key for window in candidates(night, {"2025-11-02T00-0400"}, at, 2)]
    assert older == found


def test_new_data_waits_at_the_first_look() -> None:
    first = judged(arrival())

    assert first.act == "wait"
    assert first.why == "2026-03-09 has new data, last seen to change at 2026-03-10T06:00:00+00:00"
    assert first.seen == seen(0)


@pytest.mark.parametrize(("ago", "act"), [(59.0, "wait"), (60.0, "audit"), (3600.0, "audit")])
def test_data_that_stood_still_for_a_minute_is_audited(ago: float, act: str) -> None:
    assert judged(arrival(), before=seen(ago)).act == act


def test_data_that_changed_between_two_looks_waits_anew() -> None:
    again = judged(arrival(), before=seen(30, OLD))

    assert again.act == "wait"
    assert again.seen == Seen(mark=NEW[:12], since=NOW.timestamp(), first=seen(30).first)


def test_data_that_changes_once_the_former_stood_still_is_no_piece_of_it() -> None:
    again = judged(arrival(), before=seen(15, OLD), stable=None)

    assert again.seen == seen(0)  # while the former is audited, say: it waits ten seconds
    last = NOW.timestamp() - 15
    pieces = judged(arrival(), before=Seen(mark=OLD[:12], since=last, first=last - 9), stable=None)
    assert pieces.seen == Seen(mark=NEW[:12], since=NOW.timestamp(), first=last - 9)


def test_data_that_need_not_stand_still_is_audited_at_once() -> None:
    assert judged(arrival(), stable=0).act == "audit"


@pytest.mark.parametrize(("ago", "act"), [(9.0, "wait"), (10.0, "audit")])
def test_data_that_came_in_one_piece_need_not_stand_still_for_long(ago: float, act: str) -> None:
    assert judged(arrival(), before=seen(ago), stable=None).act == act


@pytest.mark.parametrize(("ago", "act"), [(59.0, "wait"), (60.0, "audit")])
def test_data_that_was_seen_to_come_in_pieces_must_stand_still_for_a_minute(
    ago: float, act: str
) -> None:
    last = NOW.timestamp() - ago
    in_pieces = Seen(mark=NEW[:12], since=last, first=last - 5)

    assert judged(arrival(), before=in_pieces, stable=None).act == act
    # who says how long it takes is taken at their word
    assert judged(arrival(), before=in_pieces, stable=5).act == "audit"


def test_a_source_that_says_it_is_complete_is_taken_at_its_word() -> None:
    assert judged(arrival(complete=True)).act == "audit"


def test_a_source_that_says_it_is_not_complete_is_waited_for_however_long() -> None:
    long = judged(arrival(complete=False), before=seen(86_400))

    assert long.act == "wait"
    assert long.why == (
        "2026-03-09 waits since 2026-03-09T06:00:00+00:00 for its marker file or watermark, or for"
        " the end of a file that is being written"
    )


def test_since_when_a_window_waits_is_kept_while_its_files_come_in() -> None:
    more = judged(arrival(complete=False), before=seen(1800, OLD))

    assert "waits since 2026-03-10T05:30:00+00:00" in more.why


def test_data_that_was_audited_as_it_is_needs_nothing() -> None:
    noted = known(d09=Noted(NEW, NOW))

    assert judged(arrival(complete=True), noted, seen(3600)) == Judgement(act="nothing")


def test_data_that_changed_after_its_audit_is_audited_again() -> None:
    noted = known(d09=Noted(OLD, NOW))

    assert judged(arrival(), noted).act == "wait"
    assert judged(arrival(), noted, seen(60)).act == "audit"


def test_where_nothing_has_landed_nothing_is_done() -> None:
    assert judged(arrival(landed=False, complete=True), before=seen(3600)).act == "nothing"


def test_data_that_went_away_after_its_audit_opens_nothing_again() -> None:
    assert judged(arrival(landed=False), known(d09=Noted(OLD, NOW)), seen(3600)).act == "nothing"


def test_one_file_for_all_days_that_did_not_change_since_the_day_ended_has_no_rows_of_it() -> None:
    last_night = known(d08=Noted(NEW, WINDOW.end - timedelta(hours=20)))

    assert judged(arrival(), last_night, seen(3600)).act == "nothing"


def test_one_file_for_all_days_that_an_audit_read_after_the_day_may_well_have_its_rows() -> None:
    by_hand = known(d08=Noted(NEW, WINDOW.end + timedelta(hours=1)))

    assert judged(arrival(), by_hand, seen(3600)).act == "audit"


def test_a_source_that_counts_the_windows_own_rows_need_not_differ_from_the_day_before() -> None:
    last_night = known(d08=Noted(NEW, WINDOW.end - timedelta(hours=20)))

    assert judged(arrival(counted=True), last_night, seen(3600)).act == "audit"


def test_a_clock_that_was_set_back_does_not_make_anybody_wait_for_the_time_it_had() -> None:
    ahead = seen(-86_400)

    waits = judged(arrival(), before=ahead)

    assert waits.seen == seen(0)


def state(
    mark: str = "m", *, landed: bool = True, complete: bool | None = None, rows: int | None = None
) -> State:
    return State(mark=mark, landed=landed, complete=complete, rows=rows)


def of(**states: State) -> Arrival:
    return arrival_of(WINDOW, states, timed=True)


def test_the_mark_of_all_tables_differs_when_one_of_them_does() -> None:
    first: Mapping[str, State] = {"table": state("a"), "labels": state("b")}

    assert combined_mark(first) == combined_mark(dict(reversed(list(first.items()))))
    assert combined_mark(first) != combined_mark({"table": state("b"), "labels": state("a")})
    assert combined_mark(first) != combined_mark({"table": state("a")})


def test_tables_are_complete_together_only_if_each_says_so() -> None:
    yes, no, silent = state(complete=True), state(complete=False), state()

    assert of(table=yes, labels=yes).complete is True
    assert of(table=yes, labels=silent).complete is None
    assert of(table=silent, labels=no).complete is False


def test_labels_that_have_not_come_at_all_are_not_waited_for() -> None:
    none_yet = state(landed=False, complete=False)

    assert of(table=state(complete=True), labels=none_yet).complete is True


def test_a_window_has_landed_when_its_main_table_has() -> None:
    assert not of(table=state(landed=False), labels=state()).landed
    assert of(table=state(), labels=state(landed=False)).landed


def test_a_table_that_counts_rows_is_known_to_hold_the_windows_own() -> None:
    assert of(table=state(rows=5)).counted
    assert not of(table=state(), labels=state(rows=5)).counted
    # of one that has no times to go by, it counts all
    assert not arrival_of(WINDOW, {"table": state(rows=5)}, timed=False).counted
