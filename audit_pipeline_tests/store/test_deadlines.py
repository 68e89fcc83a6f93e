"""What the dead man's switch reads and keeps, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta, timezone

from audit_pipeline.domain.measurement import Json
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.deadlines import (
    complete_windows,
    watch_since,
    watched_since,
    working,
)
from audit_pipeline.store.owner import this_process
from audit_pipeline.store.store import Store

SINCE = datetime(2024, 3, 31, 3, 30, tzinfo=timezone(timedelta(hours=2)))


def claim(store: Store, window: str, *, complete: bool | None) -> None:
    """Claim a window, and seal it unless `complete` is None."""
    granted = store.claim(
        Wanted(audit="loans", window=window, content=window), this_process(window)
    )
    record: dict[str, Json] = {"verdict": "gap", "snapshot": None, "outcomes": []}
    if complete is not None:
        store.seal(granted, record, complete=complete)


def test_since_when_an_audit_counts_is_kept_and_moves_on(store: Store) -> None:
    with store.engine.begin() as connection:
        assert watched_since(connection, "loans") is None
        watch_since(connection, "loans", SINCE)
    with store.engine.begin() as connection:
        assert watched_since(connection, "loans") == SINCE
        watch_since(connection, "loans", SINCE + timedelta(days=1))
        assert watched_since(connection, "loans") == SINCE + timedelta(days=1)
        assert watched_since(connection, "other") is None


def test_a_window_is_complete_once_one_of_its_revisions_is(store: Store) -> None:
    claim(store, "2024-01", complete=True)
    claim(store, "2024-02", complete=False)
    claim(store, "2024-03", complete=None)
    asked = ["2024-01", "2024-02", "2024-03", "2024-04"]
    with store.engine.begin() as connection:
        assert complete_windows(connection, "loans", asked) == {"2024-01"}
        assert complete_windows(connection, "loans", []) == set()
        assert complete_windows(connection, "other", asked) == set()


def test_who_still_works_is_told_with_the_times_it_was_heard_of(store: Store) -> None:
    claim(store, "2024-01", complete=True)
    claim(store, "2024-02", complete=None)
    now = datetime.now(UTC)
    (found,) = working(store.engine, now)
    assert (found.audit, found.window, found.alive) == ("loans", "2024-02", True)
    assert now - found.claimed < timedelta(minutes=1)
    assert found.beat == found.claimed
