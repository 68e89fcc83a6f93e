"""Approvals are numbered rows that stay: on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from audit_pipeline.domain.comparability import Fingerprints
from audit_pipeline.domain.record import Approval
from audit_pipeline.store.approvals import (
    OvertakenError,
    add_approval,
    approvals_of,
    baselines_compared,
)
from audit_pipeline.store.schema import approvals
from audit_pipeline.store.store import Store
from audit_pipeline_tests.store.records import A, B, claimed, record


def given(by: str = "Ann", *, digest: str = A, fingerprint: str = B) -> Approval:
    return Approval(
        number=0,
        digest=digest,
        fingerprint=fingerprint,
        rows=1500,
        by=by,
        reason="Release 4 — “final”",
        at="",
    )


def test_an_approval_is_kept_with_number_and_time(store: Store) -> None:
    added = add_approval(store.engine, "credit", given())
    assert approvals_of(store.engine, "credit") == [added]
    assert (added.number, added.by, added.reason) == (1, "Ann", "Release 4 — “final”")
    assert (added.digest, added.fingerprint, added.rows) == (A, B, 1500)
    assert datetime.now(UTC) - datetime.fromisoformat(added.at) < timedelta(minutes=1)
    assert added.at.endswith("+00:00")


def test_the_newest_comes_first_and_audits_count_apart(store: Store) -> None:
    for by in ("Ann", "Bob"):
        add_approval(store.engine, "credit", given(by))
    add_approval(store.engine, "debit", given("Cyd"))
    assert [(a.number, a.by) for a in approvals_of(store.engine, "credit")] == [
        (2, "Bob"),
        (1, "Ann"),
    ]
    assert [a.number for a in approvals_of(store.engine, "debit")] == [1]
    assert approvals_of(store.engine, "unknown") == []


def test_people_who_approve_at_once_get_a_number_each(url: str, store: Store) -> None:
    stores = [Store(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        added = list(
            pool.map(
                lambda place: [
                    add_approval(stores[place].engine, "credit", given(f"{place}-{n}")).number
                    for n in range(5)
                ],
                range(4),
            )
        )
    for opened in stores:
        opened.close()
    assert sorted(number for each in added for number in each) == list(range(1, 21))
    with store.engine.connect() as connection:
        assert len(connection.execute(select(approvals)).all()) == 20


def test_of_two_who_saw_the_same_approval_the_second_is_told_of_the_first(store: Store) -> None:
    first = add_approval(store.engine, "credit", given("Ann"), after=0)
    message = "somebody else approved a baseline of 'credit' meanwhile \\(approval 1\\)"
    with pytest.raises(OvertakenError, match=message):
        add_approval(store.engine, "credit", given("Bob"), after=0)
    assert approvals_of(store.engine, "credit") == [first]
    assert add_approval(store.engine, "credit", given("Bob"), after=1).number == 2


def test_it_is_known_what_each_audit_was_compared_with(store: Store) -> None:
    baseline = {"fingerprint": B, "sources": [{"sha256": A}, {"sha256": B}]}
    for run_id, content, compared in (("one", "1" * 64, baseline), ("two", "2" * 64, None)):
        claim = claimed(store, run_id, content)
        store.seal(claim, record() | {"baseline": compared}, complete=True)
    claimed(store, "three", "3" * 64)
    found = baselines_compared(store.engine, "credit", ["2016-01-01"])
    assert found == {("2016-01-01", 1): Fingerprints(rows=B, tables=(A, B))}
    assert baselines_compared(store.engine, "credit", ["2016-01-02"]) == {}
    assert baselines_compared(store.engine, "credit", []) == {}
