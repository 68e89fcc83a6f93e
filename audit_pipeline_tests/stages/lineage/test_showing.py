"""The columns of what stages make, as they are shown: what each rests on, and what on it."""

from pathlib import Path

import pytest

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.lineage import WHOLE, Field, LineageGraph
from audit_pipeline.domain.record import SnapshotRecord, SourceRecord, StageRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.lineage import showing
from audit_pipeline.stages.lineage.graph import graph_of
from audit_pipeline.stages.lineage.known import Known
from audit_pipeline.stages.lineage.names import made_by
from audit_pipeline.stages.lineage.showing import ColumnShown, columns_shown, shown_of_baseline
from audit_pipeline.stages.revision import StageResult
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.defs.homes import small_audit, write_audit

TYPES = {"id": "int64", "at": "timestamp", "weight": "float64", "late": "int64"}
PSI = "population_stability_index"


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    (tmp_path / "audits").mkdir()
    write_audit(tmp_path, small_audit("orders"))
    return load_audit_file(Home(tmp_path), "orders").audit


def rows(audit: Audit) -> SnapshotRecord:
    """Return the record of a snapshot of all declared columns, from one table."""
    path = str(audit.current.table.settings.model_dump()["path"])
    source = SourceRecord(
        role="table", kind="parquet", location=path, sha256="", rows=9, columns=TYPES
    )
    return SnapshotRecord(
        fingerprint="f",
        rows=9,
        columns=TYPES,
        first=None,
        last=None,
        labelled=0,
        predictions="log",
        sources=(source,),
        engine="duckdb",
    )


def by_name(columns: tuple[ColumnShown, ...]) -> dict[str, ColumnShown]:
    return {column.name: column for column in columns}


def judged(*verdicts: tuple[str, str, Verdict]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(check=Check(asset="drift", name=name, subject=of), verdict=verdict, reason="")
        for name, of, verdict in verdicts
    )


def test_a_column_of_the_snapshot_names_its_source_its_type_and_its_checks(audit: Audit) -> None:
    known = Known(audit=audit, snapshot=rows(audit))

    weight = by_name(columns_shown("snapshot", known, graph_of(audit)))["weight"]

    (source,) = weight.rests_on
    assert source.dataset.name.endswith("/current.parquet")
    assert source.name == "weight"
    assert weight.type == "float64"
    assert Field(made_by("orders", "drift"), f"{PSI}(weight)") in weight.checks
    assert {at.dataset.name for at in weight.checks} == {"orders.rule_results", "orders.drift"}
    assert not [at for at in weight.checks if "(late)" in at.name]


def test_a_check_shows_its_verdict_the_worst_first_and_goes_back_to_its_sources(
    audit: Audit,
) -> None:
    outcomes = judged((PSI, "weight", Verdict.PASS), (PSI, "late", Verdict.FAIL))
    known = Known(audit=audit, snapshot=rows(audit), outcomes=outcomes)

    late, weight = columns_shown("drift", known, graph_of(audit))

    assert (late.name, late.type) == (f"{PSI}(late)", "fail")
    assert weight.type == "pass"
    assert set(weight.rests_on) == {
        Field(made_by("orders", asset), "weight") for asset in ("profile", "baseline")
    }
    assert {(at.dataset.name.rpartition("/")[2], at.name) for at in weight.sources} == {
        ("current.parquet", "weight"),
        ("baseline.parquet", "weight"),
    }


def test_too_many_checks_are_shown_by_metric_with_the_worst_verdict(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "MOST", 1)
    monkeypatch.setattr(showing, "MOST_COLUMNS", 1)
    outcomes = judged((PSI, "weight", Verdict.PASS), (PSI, "late", Verdict.WARN))
    known = Known(audit=audit, outcomes=outcomes)

    (drift,) = columns_shown("drift", known, graph_of(audit))
    (verdict,) = columns_shown("verdicts", known, graph_of(audit), "warn")

    assert (drift.name, drift.type) == (PSI, "warn")
    assert set(drift.rests_on) == {  # two columns of each are more than one: then it is all rows
        Field(made_by("orders", asset), WHOLE) for asset in ("profile", "baseline")
    }
    assert verdict.rests_on == (Field(made_by("orders", "drift"), PSI),)
    assert (verdict.name, verdict.type) == ("verdict", "warn")


def test_a_baseline_is_shown_by_what_its_step_said_and_not_at_all_if_there_is_none(
    audit: Audit,
) -> None:
    record = StageRecord(asset="baseline", status="done")
    said = {
        "rows": 9,
        "labelled rows": 0,
        "first": None,
        "last": None,
        "fingerprint": "f",
        "predictions from": "log",
        "columns": TYPES,
    }

    shown = shown_of_baseline(audit, StageResult(record=record, facts=said))

    (source,) = by_name(shown)["weight"].rests_on
    assert source.dataset.name.endswith("/baseline.parquet")
    assert shown_of_baseline(audit, StageResult(record=record)) == ()


def test_a_stage_that_came_to_nothing_has_no_columns(audit: Audit) -> None:
    assert columns_shown("drift", Known(audit=audit), LineageGraph(())) == ()
