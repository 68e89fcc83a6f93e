"""How sources stood when a window was audited is kept, once for each window."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from audit_pipeline.store.arrivals import Known, Noted, known, note
from audit_pipeline.store.store import Store
from audit_pipeline_tests.store.records import claimed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)


def test_a_store_that_saw_no_audit_knows_of_none(store: Store) -> None:
    assert known(store.engine, "credit") == Known(begun=frozenset(), noted={})


def test_what_is_noted_of_a_window_is_found_with_its_time(store: Store) -> None:
    note(store.engine, "credit", "2016-01-01", Noted("a", NOON))
    note(store.engine, "credit", "2016-01-02", Noted("b", NOON))
    note(store.engine, "debit", "2016-01-01", Noted("c", NOON))

    assert known(store.engine, "credit").noted == {
        "2016-01-01": Noted("a", NOON),
        "2016-01-02": Noted("b", NOON),
    }


def test_another_mark_takes_the_place_of_the_first(store: Store) -> None:
    note(store.engine, "credit", "2016-01-01", Noted("a", NOON))
    note(store.engine, "credit", "2016-01-01", Noted("b", LATER))

    assert known(store.engine, "credit").noted == {"2016-01-01": Noted("b", LATER)}


def test_the_same_mark_noted_again_stands_since_the_first_time(store: Store) -> None:
    note(store.engine, "credit", "2016-01-01", Noted("a", NOON))
    note(store.engine, "credit", "2016-01-01", Noted("a", LATER))

    assert known(store.engine, "credit").noted["2016-01-01"].at == NOON


def test_a_window_that_a_run_has_claimed_is_begun_though_nothing_is_noted(store: Store) -> None:
    claimed(store, "one")

    assert known(store.engine, "credit") == Known(begun=frozenset({"2016-01-01"}), noted={})


def test_two_who_note_the_same_window_at_once_leave_one_note(store: Store) -> None:
    def write(number: int) -> None:
        note(store.engine, "credit", "2016-01-01", Noted(str(number % 2), NOON))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))

    assert known(store.engine, "credit").noted["2016-01-01"].mark in {"0", "1"}
