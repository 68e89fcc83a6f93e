"""A process that dies before its content is known is missed all the same."""

import os
from dataclasses import replace

from audit_pipeline.store.owner import Owner, this_process
from audit_pipeline.store.store import Store
from audit_pipeline_tests.store.records import A, B, claimed, record, sealed, states, wanted

NEVER = 2**22 + 1
"""No process has this id: Linux counts to 2**22."""
W = wanted()


def dead(run_id: str) -> Owner:
    return Owner(run_id=run_id, host=os.uname().nodename, pid=NEVER, pid_started=0.0)


def test_who_reads_a_window_is_known_and_keeps_its_number(store: Store) -> None:
    held = store.reserve(W.audit, W.window, this_process("one"))
    assert states(store) == [(1, "reading", "one")]
    assert claimed(store, "one").revision == held.revision == 1
    assert states(store) == [(1, "claimed", "one")]


def test_reserving_twice_is_reserving_once(store: Store) -> None:
    for _ in range(2):
        store.reserve(W.audit, W.window, this_process("one"))
    assert states(store) == [(1, "reading", "one")]


def test_a_reader_whose_content_was_audited_leaves_no_trace(store: Store) -> None:
    sealed(store, "one")
    store.reserve(W.audit, W.window, this_process("two"))
    assert claimed(store, "two").state == "already_audited"
    assert states(store) == [(1, "sealed", "one")]


def test_two_readers_of_one_content_make_one_audit(store: Store) -> None:
    for run in ("one", "two"):
        store.reserve(W.audit, W.window, this_process(run))
    assert claimed(store, "two").state == "granted"
    assert claimed(store, "one").state == "in_progress"
    assert states(store) == [(2, "claimed", "two")]


def test_a_process_that_died_while_it_read_is_found_and_finished(store: Store) -> None:
    store.reserve(W.audit, W.window, dead("one"))
    ((claim, alive),) = store.open_claims()
    assert not alive
    assert claim.run_id == "one"
    adopted = store.adopt(W.audit, W.window, this_process("two"))
    assert adopted is not None
    assert (adopted.state, adopted.revision) == ("granted", 1)
    assert states(store) == [(1, "claimed", "two")]


def test_a_reader_that_died_beside_a_finished_audit_costs_it_nothing(store: Store) -> None:
    sealed(store, "one")
    store.reserve(W.audit, W.window, dead("two"))
    adopted = store.adopt(W.audit, W.window, this_process("three"))
    assert adopted is not None
    assert (adopted.state, adopted.revision) == ("already_audited", 1)
    assert states(store) == [(1, "sealed", "one"), (2, "abandoned", "two")]


def test_a_dead_reader_is_abandoned_when_another_run_claims(store: Store) -> None:
    store.reserve(W.audit, W.window, dead("one"))
    assert claimed(store, "two").revision == 2
    assert states(store)[0] == (1, "abandoned", "one")


def test_a_claim_that_was_given_up_is_not_adopted_again(store: Store) -> None:
    claimed(store, "one")
    store.release(W.audit, W.window)
    assert store.adopt(W.audit, W.window, this_process("one")) is None


def test_who_adopts_a_finished_audit_is_told_which(store: Store) -> None:
    claim = claimed(store, "one", B)
    store.seal(claim, record(), complete=True)
    store.adopt(W.audit, W.window, this_process("two"))
    assert store.outcome_of("two", W.audit, W.window) == ("already_audited", 1)
    assert store.outcome_of("one", W.audit, W.window) == ("audited", 1)
    assert replace(W, content=B).content != A
