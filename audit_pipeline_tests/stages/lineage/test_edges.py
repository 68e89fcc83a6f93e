"""What each stage makes of what, worked out by hand for one small audit after another."""

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.stages.lineage.edges import columns_counted, rows_taken
from audit_pipeline.stages.lineage.names import made_by
from audit_pipeline_tests.stages.lineage.audits import (
    BEFORE,
    COLUMNS,
    LABELS,
    MODEL,
    PREDICTIONS,
    ROWS,
    audit,
    snapshot,
    source,
    told,
)
from audit_pipeline_tests.stages.small import columns


def taken(of: Audit, record: SnapshotRecord | None = None) -> set[str]:
    return told(rows_taken(of, of.current, made_by("loans", "snapshot"), record))


def taken_before(of: Audit, record: SnapshotRecord | None = None) -> set[str]:
    return told(rows_taken(of, of.baseline, made_by("loans", "baseline"), record))


def own(*names: str) -> set[str]:
    """Return the edges of columns that are taken over as they are, and of the rows as such."""
    rows = {"rows.* -> snapshot.*", "rows.day -> snapshot.* FILTER"}
    return rows | {f"rows.{name} -> snapshot.{name}" for name in names}


def test_every_column_of_one_table_is_taken_over_and_the_time_decides_on_rows() -> None:
    assert taken(audit()) == own(*COLUMNS)
    assert taken(audit(), snapshot()) == own(*COLUMNS)


def test_no_time_decides_on_the_rows_of_a_baseline() -> None:
    expected = {f"before.{name} -> baseline.{name}" for name in COLUMNS}

    assert taken_before(audit()) == expected | {"before.* -> baseline.*"}


def test_a_column_that_was_missing_comes_from_nowhere() -> None:
    there = [name for name in COLUMNS if name != "income"]
    record = snapshot(source(columns=there), columns=there)

    assert taken(audit(), record) == own(*there)


def joined(role: str, name: str) -> set[str]:
    return {
        f"{role}.{name} -> snapshot.{name}",
        f"{role}.id -> snapshot.{name} JOIN",
        f"rows.id -> snapshot.{name} JOIN",
    }


def test_labels_of_another_table_rest_on_both_ids_and_nothing_else_does() -> None:
    of = audit(current={"table": ROWS, "labels": LABELS})
    here = [name for name in COLUMNS if name != "repaid"]
    expected = own(*here) | joined("labels", "repaid")
    record = snapshot(source(columns=here), source("labels", ["id", "repaid"]))

    assert taken(of) == expected
    assert taken(of, record) == expected


def test_predictions_of_another_table_rest_on_both_ids() -> None:
    of = audit(current={"table": ROWS, "predictions": PREDICTIONS})
    here = [name for name in COLUMNS if name not in {"approved", "score"}]

    assert taken(of) == (
        own(*here) | joined("predictions", "approved") | joined("predictions", "score")
    )


def test_labels_that_could_not_be_read_decide_nothing() -> None:
    of = audit(current={"table": ROWS, "labels": LABELS})
    here = [name for name in COLUMNS if name != "repaid"]

    assert taken(of, snapshot(source(columns=here), columns=here)) == own(*here)


def test_what_the_model_says_rests_on_its_file_and_on_the_features() -> None:
    of = audit(model=MODEL)
    logged = [name for name in COLUMNS if name not in {"approved", "score"}]
    scored = {
        f"{one} -> snapshot.{said} TRANSFORMATION"
        for said in ("approved", "score")
        for one in ("model.json.*", "rows.income", "rows.region")
    }
    record = snapshot(source(columns=logged), predictions="model")

    assert taken(of) == own(*logged) | scored
    assert taken(of, record) == own(*logged) | scored


def test_a_model_whose_predictions_are_logged_makes_none() -> None:
    assert taken(audit(model=MODEL), snapshot()) == own(*COLUMNS)


def test_a_baseline_with_logged_predictions_is_not_scored_because_the_window_is() -> None:
    logged = BEFORE | {"predictions": PREDICTIONS}

    edges = taken_before(audit(model=MODEL, baseline=logged))

    assert "predictions.score -> baseline.score" in edges
    assert not [edge for edge in edges if edge.startswith("model")]


def test_a_class_made_at_the_threshold_rests_on_the_logged_score() -> None:
    logged = [name for name in COLUMNS if name != "approved"]

    edges = taken(audit(), snapshot(source(columns=logged)))

    assert edges == own(*logged) | {"rows.score -> snapshot.approved TRANSFORMATION"}


def test_a_class_made_from_a_score_of_another_table_rests_on_that_table() -> None:
    of = audit(current={"table": ROWS, "predictions": PREDICTIONS})
    here = [name for name in COLUMNS if name not in {"approved", "score"}]
    record = snapshot(source(columns=here), source("predictions", ["id", "score"]))

    assert "predictions.score -> snapshot.approved TRANSFORMATION" in taken(of, record)


def test_the_weight_of_a_row_decides_how_much_every_column_counts() -> None:
    of = audit(columns=columns(weight="weight"))

    counted = told(columns_counted(of, [*COLUMNS, "weight"]))

    assert "snapshot.weight -> profile.* CONDITIONAL" in counted
    assert "before.weight -> baseline.* CONDITIONAL" in taken_before(of)
    assert "rows.weight -> snapshot.weight" in taken(of)


def test_a_profile_counts_what_is_audited_and_is_there() -> None:
    of = audit(columns=columns(latency="seconds"))
    counted = ("id", "income", "region", "sex", "approved", "score", "repaid")
    every = {f"snapshot.{name} -> profile.{name}" for name in counted}
    every |= {"snapshot.* -> profile.*", "snapshot.seconds -> profile.seconds"}

    assert told(columns_counted(of, [*COLUMNS, "seconds"])) == every
    assert told(columns_counted(of, ["id", "day", "income"])) == {
        "snapshot.* -> profile.*",
        "snapshot.id -> profile.id",
        "snapshot.income -> profile.income",
    }
