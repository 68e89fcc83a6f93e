from audit_pipeline.store.recent import (
    Subject,
    audited_at,
    counted,
    recent_windows,
    store_mark,
    subjects_of,
    worst_of,
)
from audit_pipeline.store.store import Store
from audit_pipeline_tests.store.sealed import AT, seal


def test_the_newest_windows_are_known_by_their_last_revision(store: Store) -> None:
    for window in ("2026-01-01", "2026-01-02", "2026-01-03"):
        seal(store, "loans", window, "pass")
    seal(store, "loans", "2026-01-02", "fail", revision=2)
    seal(store, "churn", "2026-01", "warn")
    found = recent_windows(store.engine, 2)

    assert [(e.window, e.revision, e.verdict) for e in found["loans"]] == [
        ("2026-01-02", 2, "fail"),
        ("2026-01-03", 1, "pass"),
    ]
    assert [each.window for each in found["churn"]] == ["2026-01"]
    assert audited_at(store.engine) == {"loans": AT, "churn": AT}


def test_the_hour_that_comes_twice_is_two_windows_in_their_order(store: Store) -> None:
    for window in ("2024-10-27T01+0200", "2024-10-27T02+0100", "2024-10-27T02+0200"):
        seal(store, "loans", window, "pass")
    found = recent_windows(store.engine, 2)["loans"]

    assert [each.window for each in found] == ["2024-10-27T02+0200", "2024-10-27T02+0100"]


def test_numbers_are_those_of_the_revisions_asked_for(store: Store) -> None:
    seal(store, "loans", "2026-01-01", "pass")
    seal(store, "loans", "2026-01-01", "fail", revision=2)
    seal(store, "churn", "2026-01-01", "warn")
    key = ("loans", "2026-01-01", 2)

    assert counted(store.engine, [key]) == {key: {"fail": 2}}
    (worst,) = worst_of(store.engine, [key], ["missing_share", "row_count"])
    assert (worst.key, worst.value, worst.used) == (key, 1.1, 90)
    assert subjects_of(store.engine, [key], ["missing_share"]) == {
        (key, "missing_share"): Subject(name="income", baseline=None)
    }
    assert counted(store.engine, []) == {}


def test_the_mark_differs_once_something_was_audited(store: Store) -> None:
    before = store_mark(store.engine)
    assert store_mark(store.engine) == before
    seal(store, "loans", "2026-01-01", "pass")
    assert store_mark(store.engine) != before
