"""A whole audit whose rows are measured in a real PostgreSQL, and stay there."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.engines.base import EngineError
from audit_pipeline.stages import work
from audit_pipeline.stages.approval import approve, read_candidate
from audit_pipeline.stages.audited_rows import audited_rows
from audit_pipeline.stages.checking import check_audit
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.snapshot import take_snapshot
from audit_pipeline.store.atomic import read_json
from audit_pipeline_tests.stages.loaded import in_place, in_postgres, load
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    JANUARY,
    NAME,
    ROWS,
    Audited,
    audit,
    begin,
    changed,
    columns,
    judged,
    make_baseline,
    measured,
    people,
    settings,
    write_audit,
    write_home,
)

BEFORE = people(month=date(2023, 12, 1), seed=0)
ASSETS = ("drift", "performance", "fairness")
RULES = [
    {"expect": "expect_column_values_to_not_be_null", "kwargs": {"column": "income"}},
    {
        "expect": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "region", "value_set": ["north"]},
    },
]
TAG = f"audit-pipeline/{NAME}"


@pytest.fixture
def database(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        load(connection, {"loans": people(), "approved_on": BEFORE})
        yield connection


@pytest.fixture
def home(database: psycopg.Connection, postgres_url: str, tmp_path: Path) -> Home:
    return write_home(tmp_path, in_place(postgres_url))


def private(home: Home, revision: int = 1, window: str = JANUARY) -> Path:
    return Path(home.private / NAME / "windows" / window / str(revision))


def without_engine(audited: Audited) -> list[dict[str, Any]]:
    """Return what was measured, but for the engine that did."""
    found = [dict(outcome) for outcome in audited.outcomes]
    for outcome in found:
        if outcome["measurement"]:
            coverage = outcome["measurement"]["coverage"] | {"engine": ""}
            outcome["measurement"] = outcome["measurement"] | {"coverage": coverage}
    return found


def test_rows_that_stay_in_the_database_are_audited_from_ingest_to_sealed_evidence(
    home: Home, postgres_url: str, tmp_path: Path
) -> None:
    write_audit(home.path, in_place(postgres_url, rules=RULES))
    audited = audit(home)
    assert audited.red is None
    snapshot = audited.record["snapshot"]
    assert (snapshot["rows"], snapshot["labelled"], snapshot["kept"]) == (ROWS, ROWS, "sample")
    assert snapshot["engine"].startswith("postgres ")
    assert audited.notes == []
    assert not list(home.path.rglob("snapshot.parquet"))
    reference = read_json(private(home) / "reference.json")
    assert reference["content"]["rows"] == ROWS
    assert reference["window"] == JANUARY
    assert "Reference to the rows of this window" in audited.report
    of_files = audit(write_home(tmp_path / "files", settings(rules=RULES), baseline=BEFORE))
    assert without_engine(audited) == without_engine(of_files)


def test_the_same_rows_are_audited_once_and_changed_ones_again(
    home: Home, database: psycopg.Connection
) -> None:
    first = audit(home)
    assert audit(home).state == "already_audited"
    database.execute("UPDATE lending.loans SET income = income + 1 WHERE id = 10000")
    second = audit(home)
    assert second.revision == first.revision + 1
    database.execute("UPDATE lending.loans SET income = income - 1 WHERE id = 10000")
    assert audit(home, again=True).measurements == first.measurements


def test_rows_that_change_between_stages_are_gaps_and_never_numbers(
    home: Home, database: psycopg.Connection, postgres_url: str
) -> None:
    write_audit(home.path, in_place(postgres_url, rules=RULES))
    run = begin(home)
    make_baseline(home, run.file)
    taken = work.snapshot(run)
    database.execute("UPDATE lending.loans SET region = 'east' WHERE id = 10000")
    audited = measured(run, taken)
    assert audited.red is None
    assert audited.verdict == "gap"
    why = "of the 1,500 rows at least one has other values now"
    assert f"the rows changed since the snapshot was taken: {why}" in audited.headlines
    assert {o["verdict"] for o in audited.outcomes} == {"gap"}
    assert all(o["measurement"] is None for o in audited.outcomes)


@contextmanager
def dropping(url: str, times: int) -> Iterator[list[int]]:
    """End the audit's connection while it waits for a table, so many times; then let it through."""
    ended: list[int] = []

    def drop() -> None:
        with psycopg.connect(url) as locking, psycopg.connect(url, autocommit=True) as killing:
            locking.execute("LOCK TABLE lending.loans IN ACCESS EXCLUSIVE MODE")
            locked.set()
            until = time.monotonic() + 30
            while len(ended) < times and time.monotonic() < until:
                found = killing.execute(
                    "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = %s AND wait_event_type = 'Lock'",
                    [TAG],
                ).fetchall()
                ended.extend(pid for pid, _ in found)
                time.sleep(0.02)

    locked = threading.Event()
    dropper = threading.Thread(target=drop)
    dropper.start()
    assert locked.wait(10)
    yield ended
    dropper.join()


def test_a_connection_dropped_in_the_middle_costs_nothing(home: Home, postgres_url: str) -> None:
    right = audit(home).measurements
    run = begin(home, again=True)
    taken = work.snapshot(run)
    with dropping(postgres_url, times=1) as ended:
        work.profile(run)
    assert len(ended) == 1
    audited = judged(run, taken)
    assert audited.measurements == right
    assert audited.red is None


def test_a_connection_dropped_each_time_is_a_gap_and_no_crash(
    home: Home, postgres_url: str
) -> None:
    run = begin(home)
    make_baseline(home, run.file)
    taken = work.snapshot(run)
    with dropping(postgres_url, times=2) as ended:
        ran = work.profile(run)
    assert len(set(ended)) == 2
    assert ran.result.record.status == "missing"
    assert "again at the second try" in str(ran.result.record.reason)
    audited = judged(run, taken)
    assert audited.red is None
    assert audited.verdict == "gap"


def test_a_database_that_is_down_is_a_gap(home: Home) -> None:
    nowhere = "postgresql://reader@127.0.0.1:1/loans"
    write_audit(home.path, in_place(nowhere))
    audited = audit(home)
    assert audited.red is None
    assert audited.verdict == "gap"
    assert "127.0.0.1:1" in audited.headlines


def test_labels_are_joined_and_classes_made_in_the_database(
    database: psycopg.Connection, postgres_url: str, tmp_path: Path
) -> None:
    everyone, february = people(), people(month=date(2024, 2, 1), seed=2)
    tables = {
        "applications": everyone.select(["id", "day", "income", "region", "sex", "score"]),
        "repayments": february.select(["id", "repaid"]),
        "approved_on": BEFORE,
    }
    load(database, tables)
    database.execute("INSERT INTO lending.repayments SELECT id, 1 FROM lending.applications")
    database.execute("INSERT INTO lending.repayments VALUES (10000, 0)")
    where = in_postgres(postgres_url, *tables)
    current = {
        "table": where["applications"],
        "labels": where["repayments"],
    }
    home = write_home(tmp_path, in_place(postgres_url, current=current))
    audited = audit(home)
    assert audited.red is None
    assert audited.record["snapshot"]["labelled"] == ROWS - 1
    assert audited.notes == [
        (
            "1 id more than once in the labels table: which row is right cannot be known, so their"
            " labels count as missing"
        )
    ]
    approved = sum(score >= 0.5 for score in everyone["score"].to_pylist())
    kept = pq.read_table(private(home) / "sample.parquet")
    assert sum(kept["approved"].to_pylist()) == approved  # all rows are fewer than a sample has


def test_a_model_that_would_have_to_score_is_a_gap_that_says_what_to_do(
    database: psycopg.Connection, postgres_url: str, tmp_path: Path
) -> None:
    bare = changed(people(), score=None, approved=None)
    load(database, {"loans": bare, "approved_on": BEFORE})
    model = {"path": "model.json", "format": "xgboost_json", "sha256": "0" * 64}
    home = write_home(tmp_path, in_place(postgres_url, model=model))
    audited = audit(home)
    assert audited.record["snapshot"]["predictions"] == "none"
    assert "with the engine postgres the rows stay where they are" in audited.headlines
    assert "log its predictions" in audited.headlines
    assert "current: no predictions are logged" in "\n".join(check_audit(home, NAME))


def test_an_approved_baseline_keeps_its_profile_when_its_source_changes(
    home: Home, database: psycopg.Connection
) -> None:
    file = begin(home).file
    approval = approve(home, read_candidate(home, file), "Ann", "as trained")
    database.execute("DELETE FROM lending.approved_on WHERE id % 2 = 0")
    audited = audit(home)
    assert audited.record["baseline"]["fingerprint"] == approval.fingerprint
    assert audited.outcome("kolmogorov_smirnov", "income")["verdict"] == "pass"
    candidate = read_candidate(home, file)
    assert candidate.record.rows == ROWS // 2
    assert candidate.difference is not None
    assert candidate.difference.compared > 0
    titled = columns(features={"income": {"kind": "numeric", "title": "Income"}, "region": {}})
    said = read_audit_file(home) | {"columns": titled}
    write_audit(home.path, said)  # it is to be counted anew, and its rows are no longer there
    assert "the rows changed since the snapshot was taken" in str(
        work.baseline(home, begin(home).file).record.reason
    )


def read_audit_file(home: Home) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 (only here)

    said: dict[str, Any] = yaml.safe_load((home.audits / f"{NAME}.yaml").read_text())
    return said


def test_the_drill_down_has_the_kept_sample_and_no_other(home: Home) -> None:
    audited = audit(home)
    rows = audited_rows(home, audited.record)
    assert (rows.current.kept, rows.current.count) == ("sample", ROWS)
    assert rows.current.path.name == rows.baseline.path.name == "sample.parquet"
    rows.current.path.write_bytes(rows.baseline.path.read_bytes())
    with pytest.raises(MissingError, match="are not those that were audited"):
        audited_rows(home, audited.record)


def test_what_an_engine_cannot_measure_is_said_by_check_and_by_the_run(
    home: Home, tmp_path: Path, postgres_url: str
) -> None:
    said = settings(engine="postgres")
    write_audit(home.path, said)
    why = "the engine postgres cannot measure the table where it is: its kind is 'parquet'"
    assert why in "\n".join(check_audit(home, NAME))
    audited = audit(home)
    assert audited.red is None
    assert why in audited.headlines
    timed = columns(timestamp={"column": "day", "format": "%d.%m.%Y"})
    write_audit(home.path, in_place(postgres_url, columns=timed))
    assert "cannot read the text in 'day' as '%d.%m.%Y'" in "\n".join(check_audit(home, NAME))


def test_a_column_dropped_in_the_database_is_one_finding_until_it_is_back(
    home: Home, database: psycopg.Connection, postgres_url: str
) -> None:
    write_audit(home.path, in_place(postgres_url, rules=RULES))
    database.execute("ALTER TABLE lending.loans RENAME COLUMN income TO salary")
    audited = audit(home)
    lacks = [outcome["lacks"] for outcome in audited.outcomes if outcome["verdict"] == "gap"]
    gone = {"asset": "snapshot", "name": "column", "subject": "income"}
    assert len(lacks) > 5
    assert all(each == gone for each in lacks)
    database.execute("ALTER TABLE lending.loans RENAME COLUMN salary TO income")
    assert audit(home).gaps() == set()


def test_two_databases_are_refused(home: Home, postgres_url: str) -> None:
    here = in_postgres(postgres_url, "loans")["loans"]
    there = in_postgres("postgresql://reader@db.example.org/other", "labels")["labels"]
    write_audit(home.path, in_place(postgres_url, current={"table": here, "labels": there}))
    run = begin(home)
    with pytest.raises(EngineError, match=r"in another database.*db\.example\.org"):
        take_snapshot(run.audit, run.audit.current, home.path / "taken", run.window)


def test_check_looks_at_the_tables_in_place(home: Home, postgres_url: str) -> None:
    assert check_audit(home, NAME) == []
    here = in_postgres(postgres_url, "loan")["loan"]
    write_audit(home.path, in_place(postgres_url, current={"table": here}))
    assert "there is no table 'lending.loan'" in "\n".join(check_audit(home, NAME))


def test_another_window_has_its_own_rows(home: Home, database: psycopg.Connection) -> None:
    database.execute(
        "INSERT INTO lending.loans SELECT id + 50000, day + 31, income, region, sex, score,"
        " approved, repaid FROM lending.loans WHERE id < 10100"
    )
    january, february = audit(home), audit(home, FEBRUARY)
    assert january.record["snapshot"]["rows"] == ROWS
    assert february.record["snapshot"]["rows"] == 100
