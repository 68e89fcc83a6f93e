"""The outbox keeps what waits, says what became of it, and forgets what is old."""

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import update

from audit_pipeline.store.channels import Channel, channel_of, hold, let_go, note
from audit_pipeline.store.delivery import (
    mark_delivered,
    note_trouble,
    put_back,
    set_aside,
    troubles,
    unwanted,
)
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.outbox import LINEAGE, Tally, in_utc, tally, these, waiting, waiting_since
from audit_pipeline.store.store import Store
from audit_pipeline.store.sweeping import sweep
from audit_pipeline_tests.lineage.queued import event, queue

LEASE = timedelta(seconds=60)


def age(store: Store, days: float, *, state: str) -> None:
    """Make all entries of a state as old as that."""
    at = datetime.now(UTC) - timedelta(days=days)
    with store.engine.begin() as connection:
        query = update(outbox).where(outbox.c.state == state)
        connection.execute(query.values(written=at, changed=at))


def numbers(store: Store, *without: str) -> list[int]:
    return [w.number for w in waiting(store.engine, LINEAGE, 100, without=without)]


def test_entries_wait_in_the_order_of_writing_and_come_back_whole(store: Store) -> None:
    queue(store, event("a", 0), event("b", 0), event("a", 1))
    first, *_ = waiting(store.engine, LINEAGE, 2)

    assert (first.number, first.key, first.body) == (1, "a-0", event("a", 0).body)
    assert numbers(store) == [1, 2, 3]
    assert numbers(store, "a") == [2]
    assert [each.key for each in these(store.engine, LINEAGE, [3, 2, 9])] == ["b-0", "a-1"]
    assert waiting_since(store.engine, LINEAGE) == first.written
    assert waiting(store.engine, "alerts", 9) == []


def test_a_batch_is_no_larger_than_asked_but_for_a_first_that_is(store: Store) -> None:
    queue(store, event("a", 0, 5000), event("a", 1, 100), event("a", 2, 100))

    assert len(waiting(store.engine, LINEAGE, 9, largest=5300)) == 2
    assert len(waiting(store.engine, LINEAGE, 9, largest=10)) == 1
    assert len(waiting(store.engine, LINEAGE, 1)) == 1


def test_what_became_of_entries_is_counted_and_told(store: Store) -> None:
    queue(store, *[event("a", place) for place in range(4)])
    mark_delivered(store.engine, [1])
    mark_delivered(store.engine, [])
    set_aside(store.engine, 2, "too large")
    note_trouble(store.engine, 3, "boom", alone=True)
    note_trouble(store.engine, 3, "bang", alone=False)

    assert tally(store.engine, LINEAGE) == Tally(waiting=2, delivered=1, set_aside=1)
    (trouble,) = troubles(store.engine, LINEAGE)
    assert (trouble.number, trouble.attempts) == (3, 1)
    (found,) = unwanted(store.engine, LINEAGE)
    assert (found.key, found.problem, found.size) == ("a-1", "too large", len(event("a", 1).body))
    assert put_back(store.engine, LINEAGE) == 1
    assert numbers(store) == [2, 3, 4]


def test_what_was_delivered_is_kept_a_week_and_what_was_set_aside_a_year(store: Store) -> None:
    queue(store, *[event("a", place) for place in range(3)])
    mark_delivered(store.engine, [1])
    set_aside(store.engine, 2, "too large")
    for state, days, left in (("delivered", 6.9, 3), ("delivered", 7.1, 2)):
        age(store, days, state=state)
        sweep(store.engine, LINEAGE)
        assert tally(store.engine, LINEAGE).written == left
    for days, left in ((364, 2), (366, 1)):
        age(store, days, state="set_aside")
        sweep(store.engine, LINEAGE)
        assert tally(store.engine, LINEAGE).written == left


def test_what_waits_grows_old_only_where_there_is_no_destination(store: Store) -> None:
    queue(store, *[event("a", place) for place in range(1200)])
    age(store, 31, state="waiting")
    queue(store, event("b", 0))

    assert sweep(store.engine, LINEAGE) == 0
    assert sweep(store.engine, LINEAGE, for_nobody=True) == 1200
    assert [each.key for each in waiting(store.engine, LINEAGE, 9)] == ["b-0"]


def test_one_holds_a_channel_until_it_lets_go_or_its_lease_ends(store: Store) -> None:
    engine = store.engine

    assert hold(engine, LINEAGE, "one", LEASE)
    assert hold(engine, LINEAGE, "one", LEASE)
    assert not hold(engine, LINEAGE, "two", LEASE)
    let_go(engine, LINEAGE, "two")  # it is not its own
    assert not hold(engine, LINEAGE, "two", LEASE)
    let_go(engine, LINEAGE, "one")
    assert hold(engine, LINEAGE, "two", timedelta(seconds=-1))
    assert hold(engine, LINEAGE, "one", LEASE)


def test_how_a_channel_does_is_kept(store: Store) -> None:
    assert channel_of(store.engine, LINEAGE) == Channel()
    hold(store.engine, LINEAGE, "one", LEASE)
    next_try = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    note(store.engine, LINEAGE, Channel(failures=3, next_try=next_try, problem="down"))
    found = channel_of(store.engine, LINEAGE)

    assert (found.failures, found.next_try, found.problem) == (3, next_try, "down")
    assert found.held_until is not None


def test_a_time_is_told_in_utc_whatever_the_zone_of_the_database() -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    at = in_utc(datetime(2026, 11, 22, 19, 41, tzinfo=kolkata))

    assert f"{at:%H:%M}" == "14:11"
    assert in_utc(datetime(2026, 11, 22, 14, 11)) == at  # noqa: DTZ001 (as SQLite gives it)
