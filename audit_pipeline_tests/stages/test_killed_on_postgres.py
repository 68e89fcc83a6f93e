"""Killed while the store is a PostgreSQL: its transactions end with the process, too."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from audit_pipeline.crash_points import CrashPoint
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.engine import number_alone
from audit_pipeline.store.outbox import Transaction
from audit_pipeline.store.owner import this_process
from audit_pipeline_tests.stages.consistent import assert_all_is_well
from audit_pipeline_tests.stages.killed import audits, delivers, die, ends, recovers, watches
from audit_pipeline_tests.stages.restarted import World, restart, world


@pytest.fixture
def here(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Begin a home whose store is a new database."""
    name = f"audit_{uuid4().hex}"
    server = create_engine(
        postgres_url.replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = postgres_url.replace("/postgres?", f"/{name}?")
    monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", url)
    with world(tmp_path) as begun:
        yield begun
    open_store(url).close()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.mark.parametrize(
    "point",
    [CrashPoint.CLAIMING, CrashPoint.CLAIMED, CrashPoint.SEALING, CrashPoint.SEALED],
    ids=lambda point: point.name,
)
def test_killed_in_an_audit_all_is_well(here: World, point: CrashPoint) -> None:
    die(point, here.home, audits)
    restart(here.home)
    assert_all_is_well(here)


def test_killed_while_it_looks_for_late_windows_all_is_well(here: World) -> None:
    die(CrashPoint.LATE_FOUND, here.home, watches)
    restart(here.home)
    assert_all_is_well(here)


def test_killed_while_it_sends_alerts_all_is_well(here: World) -> None:
    audits(here.home)
    die(CrashPoint.ALERT_SENT, here.home, delivers)
    restart(here.home)
    assert_all_is_well(here)


def test_two_that_start_again_at_once_do_no_harm(here: World) -> None:
    die(CrashPoint.EVIDENCE_IN_PLACE, here.home, audits)
    works = [(recovers, None), (recovers, None), (audits, None)]
    assert ends(works, here.home) == [0, 0, 0]
    restart(here.home)
    assert_all_is_well(here)


def test_who_seals_and_who_asks_for_the_same_window_do_not_wait_for_each_other(
    here: World,
) -> None:
    """Both lock the claim and give out numbers; in another order that would be a deadlock."""
    store, me = here.store, this_process("one")
    store.reserve("loans", "2024-01", me)
    held = store.claim(Wanted(audit="loans", window="2024-01", content="0"), me)
    asked = threading.Thread(target=store.adopt, args=("loans", "2024-01", this_process("two")))

    def also(transaction: Transaction) -> None:
        asked.start()
        asked.join(0.5)  # by then it waits for whoever seals
        number_alone(transaction)

    store.seal(held, {"snapshot": None, "verdict": "gap", "outcomes": []}, complete=True, also=also)
    asked.join()
    assert [each.revision for each in store.sealed("loans")] == [1]
