"""What is sealed is whole: verdicts, measurements and the record in one transaction."""

import math
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from audit_pipeline.store import schema
from audit_pipeline.store.engine import StoreError
from audit_pipeline.store.owner import this_process
from audit_pipeline.store.store import Store
from audit_pipeline_tests.store.records import A, B, claimed, record, sealed, wanted


def rows(store: Store, table: Table) -> list[dict[str, object]]:
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_a_sealed_audit_is_found_whole(store: Store) -> None:
    sealed(store, "one")
    (found,) = store.sealed("credit", "2016-01-01")
    assert (found.revision, found.verdict, found.rows, found.complete) == (1, "gap", 10, True)
    assert found.record == record()
    assert datetime.now(UTC) - found.sealed < timedelta(minutes=1)
    assert store.sealed("credit", "2016-01-02") == store.sealed("debit") == []


def test_each_verdict_and_each_measurement_is_a_row(store: Store) -> None:
    sealed(store, "one")
    key = {"audit": "credit", "window": "2016-01-01", "revision": 1}
    about = {row["name"]: row for row in rows(store, schema.verdicts)}
    assert about["roc_auc"] == key | {
        "asset": "performance",
        "name": "roc_auc",
        "subject": "window",
        "verdict": "pass",
        "required": True,
        "reason": "within the limit",
    }
    assert about["chi_square"]["verdict"] == "gap"
    assert rows(store, schema.measurements) == [
        key
        | {
            "metric": "roc_auc",
            "subject": "window",
            "value": 0.25,
            "low": 0.125,
            "high": 0.375,
            "baseline_value": None,
            "rows": 10,
            "rows_used": 8,
            "error_bound": 0.5,
        }
    ]


def test_revisions_are_listed_oldest_first(store: Store) -> None:
    sealed(store, "one")
    sealed(store, "two", B)
    assert [(found.revision, found.window) for found in store.sealed("credit")] == [
        (1, "2016-01-01"),
        (2, "2016-01-01"),
    ]


def test_a_seal_that_breaks_in_the_middle_leaves_nothing(store: Store) -> None:
    claim = claimed(store, "one")
    broken = record()
    broken["outcomes"] += broken["outcomes"][:1]  # one measurement twice: the rows clash
    with pytest.raises(IntegrityError):
        store.seal(claim, broken, complete=True)
    assert rows(store, schema.verdicts) == rows(store, schema.measurements) == []
    assert store.sealed("credit") == []
    store.seal(claim, record(), complete=True)
    assert len(store.sealed("credit")) == 1


def test_a_record_with_a_number_that_is_none_is_not_sealed(store: Store) -> None:
    claim = claimed(store, "one")
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.seal(claim, record(value=math.nan), complete=True)
    assert store.sealed("credit") == []


def test_a_run_whose_claim_was_taken_over_cannot_seal(store: Store) -> None:
    dead = replace(this_process("one"), pid_started=0.0)
    lost = store.claim(wanted(), dead)
    taken = claimed(store, "two")
    with pytest.raises(StoreError, match="was taken over by another run"):
        store.seal(lost, record(), complete=True)
    assert rows(store, schema.verdicts) == []
    store.seal(taken, record(), complete=True)
    assert len(store.sealed("credit")) == 1


def test_an_audit_cannot_be_sealed_twice(store: Store) -> None:
    claim = sealed(store, "one")
    with pytest.raises(StoreError, match="nothing was written"):
        store.seal(claim, record(), complete=True)


def test_what_came_of_each_run_is_noted(store: Store) -> None:
    claim = claimed(store, "one")
    claimed(store, "two")
    assert store.outcome_of("one", "credit", "2016-01-01") == ("claimed", 1)
    assert store.outcome_of("two", "credit", "2016-01-01") == ("in_progress", 1)
    store.seal(claim, record(), complete=True)
    claimed(store, "three")
    assert store.outcome_of("one", "credit", "2016-01-01") == ("audited", 1)
    assert store.outcome_of("three", "credit", "2016-01-01") == ("already_audited", 1)
    assert store.outcome_of("four", "credit", "2016-01-01") is None


def test_an_audit_is_described_once(store: Store) -> None:
    about = {"name": "credit", "purpose": "p", "owner": "o", "risk": "low", "file_sha256": A}
    store.describe(about)
    store.describe(about | {"owner": "another"})
    (row,) = rows(store, schema.audits)
    assert row["owner"] == "another"


def test_a_store_is_found_again_with_what_it_held(url: str) -> None:
    first = Store(url)
    sealed(first, "one")
    first.close()
    second = Store(url)
    assert len(second.sealed("credit")) == 1
    second.close()


def test_a_store_of_another_version_is_refused(url: str) -> None:
    store = Store(url)
    with store.engine.begin() as connection:
        connection.execute(schema.versions.update().values(version=99))
    store.close()
    with pytest.raises(StoreError, match="has version 99, this program works with version 1"):
        Store(url)


def test_a_postgresql_that_cannot_be_reached_is_named_without_its_password() -> None:
    url = "postgresql://auditor:hunter2@127.0.0.1:1/results"
    with pytest.raises(StoreError, match=r"auditor:\*\*\*@127\.0\.0\.1:1/results") as caught:
        Store(url)
    assert "hunter2" not in str(caught.value)
    assert "Connection refused" in str(caught.value)


@pytest.mark.parametrize("url", ["results.db", "", "postgresql://u:hunter2@h:port/d", "what://x"])
def test_what_is_no_database_url_is_said_to_be_none(url: str) -> None:
    with pytest.raises(StoreError, match="is no database URL; write one like") as caught:
        Store(url)
    assert "hunter2" not in str(caught.value)


def test_an_sqlite_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"none/results\.db cannot be used: unable to open"):
        Store(f"sqlite:///{tmp_path}/none/results.db")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    path.write_text("these are no results " * 100)
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        Store(f"sqlite:///{path}")


def test_a_results_file_is_plain_sqlite_for_any_reader(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/results.db")
    sealed(store, "one")
    store.close()
    with sqlite3.connect(tmp_path / "results.db") as reader:
        found = reader.execute("SELECT metric, value FROM audit_measurements").fetchall()
    reader.close()
    assert found == [("roc_auc", 0.25)]
