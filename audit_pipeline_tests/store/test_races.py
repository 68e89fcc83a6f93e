"""Of processes that claim at once, each content is granted to one: on SQLite and PostgreSQL."""

from dataclasses import replace
from pathlib import Path

from audit_pipeline.store.owner import this_process
from audit_pipeline.store.schema import claims
from audit_pipeline.store.store import Store
from audit_pipeline_tests.store.conftest import Start
from audit_pipeline_tests.store.records import A, B, states, wanted


def test_of_two_processes_that_claim_at_once_one_is_granted(
    store: Store, url: str, claimant: Start
) -> None:
    both = [claimant(url, run_id, A) for run_id in ("one", "two")]
    for _ in range(20):
        for child in both:
            child.ask()
        answers = [child.answer() for child in both]
        assert sorted(answer[0] for answer in answers) == ["granted", "in_progress"]
        assert {answer[1] for answer in answers} == {1}
        assert {answer[2] for answer in answers} == {states(store)[0][2]}
        assert len(states(store)) == 1
        _forget(store)


def test_of_two_processes_that_take_over_at_once_one_is_granted(
    store: Store, url: str, claimant: Start
) -> None:
    both = [claimant(url, run_id, A) for run_id in ("one", "two")]
    dead = replace(this_process("dead"), pid_started=0.0)
    for _ in range(20):
        store.claim(wanted(), dead)
        for child in both:
            child.ask()
        answers = [child.answer() for child in both]
        assert sorted(answer[0] for answer in answers) == ["granted", "in_progress"]
        assert len(states(store)) == 1
        _forget(store)


def test_two_processes_that_claim_different_content_at_once_are_both_granted(
    store: Store, url: str, claimant: Start
) -> None:
    both = [claimant(url, "one", A), claimant(url, "two", B)]
    for _ in range(20):
        for child in both:
            child.ask()
        answers = [child.answer() for child in both]
        assert [answer[0] for answer in answers] == ["granted", "granted"]
        assert sorted(answer[1] for answer in answers) == [1, 2]
        _forget(store)


def test_processes_that_open_a_new_store_at_once_all_find_it(
    tmp_path: Path, claimant: Start
) -> None:
    for number in range(3):
        url = f"sqlite:///{tmp_path}/{number}.db"
        both = [claimant(url, run_id, A) for run_id in ("one", "two")]
        for child in both:
            child.ask()
        assert sorted(child.answer()[0] for child in both) == ["granted", "in_progress"]


def _forget(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(claims.delete())
