"""Exactly once, on SQLite and PostgreSQL, between real processes that live and die."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text, update

from audit_pipeline.store.owner import Owner, _started, this_process
from audit_pipeline.store.schema import claims
from audit_pipeline.store.store import Store
from audit_pipeline_tests.store.conftest import Start
from audit_pipeline_tests.store.records import A, B, claimed, record, sealed, states, wanted

ROOT = Path(__file__).parents[2]
PRINTED = """
import time
began = time.clock_gettime(time.CLOCK_BOOTTIME)
from audit_pipeline.store.owner import this_process
print(began, this_process("a").pid_started, time.clock_gettime(time.CLOCK_BOOTTIME))
"""


def heard_of(store: Store, when: datetime) -> None:
    with store.engine.begin() as connection:
        connection.execute(update(claims).values(beat=when))


def elsewhere(run_id: str) -> Owner:
    return replace(this_process(run_id), host="another-machine")


def test_the_first_comer_is_granted_revision_1(store: Store) -> None:
    claim = claimed(store, "one")
    assert (claim.state, claim.revision, claim.run_id, claim.sealed) == ("granted", 1, "one", False)
    assert states(store) == [(1, "claimed", "one")]


def test_the_same_run_may_ask_twice(store: Store) -> None:
    assert claimed(store, "one") == claimed(store, "one")
    assert len(states(store)) == 1


def test_content_that_was_audited_is_refused(store: Store) -> None:
    sealed(store, "one")
    claim = claimed(store, "two")
    assert (claim.state, claim.revision, claim.run_id) == ("already_audited", 1, "one")
    assert claim.sealed
    assert states(store) == [(1, "sealed", "one")]


def test_other_content_is_a_new_revision(store: Store) -> None:
    sealed(store, "one")
    claim = claimed(store, "two", B)
    assert (claim.state, claim.revision) == ("granted", 2)


def test_content_that_comes_back_is_a_new_revision(store: Store) -> None:
    sealed(store, "one")
    sealed(store, "two", B)
    claim = claimed(store, "three", A)  # the last verdict is of B, which is gone
    assert (claim.state, claim.revision) == ("granted", 3)
    assert claimed(store, "four", B).state == "already_audited"  # until the third is sealed


def test_again_is_a_new_revision_of_the_same_content(store: Store) -> None:
    sealed(store, "one")
    claim = claimed(store, "two", again=True)
    assert (claim.state, claim.revision, claim.content) == ("granted", 2, A)


def test_another_window_and_another_audit_have_revisions_of_their_own(store: Store) -> None:
    sealed(store, "one")
    for other in (replace(wanted(), window="2016-01-02"), replace(wanted(), audit="debit")):
        claim = store.claim(other, this_process("two"))
        assert (claim.state, claim.revision) == ("granted", 1)


def test_an_audit_that_did_not_complete_does_not_block_the_next(store: Store) -> None:
    sealed(store, "one", complete=False)
    claim = claimed(store, "two")
    assert (claim.state, claim.revision) == ("granted", 2)


def test_a_living_process_keeps_its_claim(store: Store, url: str, claimant: Start) -> None:
    assert claimant(url, "child", A).claim() == ["granted", 1, "child"]
    for again in (False, True):
        claim = claimed(store, "two", again=again)
        assert (claim.state, claim.revision, claim.run_id) == ("in_progress", 1, "child")


def test_the_claim_of_a_killed_process_is_taken_over(
    store: Store, url: str, claimant: Start
) -> None:
    child = claimant(url, "child", A)
    assert child.claim() == ["granted", 1, "child"]
    child.kill()
    claim = claimed(store, "two")
    assert (claim.state, claim.revision, claim.run_id) == ("granted", 1, "two")
    assert states(store) == [(1, "claimed", "two")]
    assert store.open_claims() == [(claim, True)]


def test_the_claim_of_a_killed_process_is_abandoned_when_the_content_has_changed(
    store: Store, url: str, claimant: Start
) -> None:
    child = claimant(url, "child", A)
    child.claim()
    child.kill()
    claim = claimed(store, "two", B)
    assert (claim.state, claim.revision) == ("granted", 2)
    assert states(store) == [(1, "abandoned", "child"), (2, "claimed", "two")]


def test_the_claim_of_a_living_process_stands_beside_other_content(
    store: Store, url: str, claimant: Start
) -> None:
    claimant(url, "child", A).claim()
    assert claimed(store, "two", B).revision == 2
    assert states(store) == [(1, "claimed", "child"), (2, "claimed", "two")]


def test_a_process_id_that_was_given_anew_is_another_process(store: Store) -> None:
    before = replace(this_process("one"), pid_started=this_process("one").pid_started - 3600)
    store.claim(wanted(), before)
    assert claimed(store, "two").state == "granted"


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux has this clock")
def test_a_process_is_known_by_a_clock_that_nobody_sets() -> None:
    child = subprocess.run(
        [sys.executable, "-c", PRINTED], capture_output=True, text=True, check=True, cwd=ROOT
    )
    began, started, ended = map(float, child.stdout.split())

    assert began - 60 < started < ended


def test_a_process_that_ended_and_was_not_waited_for_is_dead() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # ended, and still in the table
    zombie = replace(this_process("one"), pid=child, pid_started=_started(psutil.Process(child)))
    now = datetime.now(UTC)
    try:
        assert not zombie.is_alive(now, now)
    finally:
        os.waitpid(child, 0)


def test_another_machine_is_alive_as_long_as_it_is_heard_of(store: Store) -> None:
    store.claim(wanted(), elsewhere("far"))
    now = datetime.now(UTC)
    heard_of(store, now - timedelta(seconds=60))
    assert claimed(store, "two").state == "in_progress"
    heard_of(store, now - timedelta(seconds=130))
    assert claimed(store, "two").state == "granted"


def test_a_heartbeat_keeps_the_claim_of_another_machine(store: Store) -> None:
    held = store.claim(wanted(), elsewhere("far"))
    heard_of(store, datetime.now(UTC) - timedelta(seconds=130))
    store.beat(held)
    assert claimed(store, "two").state == "in_progress"


def test_a_run_that_lost_its_claim_beats_no_longer(store: Store) -> None:
    held = store.claim(wanted(), elsewhere("far"))
    long_ago = datetime.now(UTC) - timedelta(seconds=130)
    heard_of(store, long_ago)
    assert store.claim(wanted(), elsewhere("farther")).state == "granted"
    heard_of(store, long_ago)
    store.beat(held)
    assert claimed(store, "two").state == "granted"


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_database_in_another_time_zone_does_not_age_a_claim(
    zone: str, postgres_database: str
) -> None:
    first = Store(postgres_database)
    name = first.engine.url.database
    with first.engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET timezone = '{zone}'"))
    first.close()
    store = Store(postgres_database)
    store.claim(wanted(), elsewhere("far"))
    assert claimed(store, "two").state == "in_progress"
    heard_of(store, datetime.now(UTC) - timedelta(seconds=130))
    assert claimed(store, "two").state == "granted"
    store.close()


def test_a_run_adopts_its_own_claim_the_dead_one_or_the_last(
    store: Store, url: str, claimant: Start
) -> None:
    def adopted(run_id: str) -> list[object]:
        claim = store.adopt("credit", "2016-01-01", this_process(run_id))
        return [] if claim is None else [claim.state, claim.revision, claim.run_id]

    assert adopted("one") == []
    child = claimant(url, "child", A)
    child.claim()
    assert adopted("one") == ["in_progress", 1, "child"]
    child.kill()
    assert adopted("one") == ["granted", 1, "one"]
    assert adopted("one") == ["granted", 1, "one"]
    store.seal(claimed(store, "one"), record(), complete=True)
    assert adopted("one") == ["already_audited", 1, "one"]
    assert adopted("two") == ["already_audited", 1, "one"]
