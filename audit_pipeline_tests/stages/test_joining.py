from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.stages.small import ROWS, audit, changed, people, settings, write_home

LABELS = people().select(["id", "repaid"])
PREDICTIONS = people().select(["id", "score", "approved"])


def home_of(folder: Path, labels: pa.Table | None, predictions: pa.Table | None) -> Home:
    """Write a home whose window's predictions and labels stand in tables of their own."""
    roles = ("table", "labels", "predictions")
    names = ("current", "labels", "predictions")
    tables = {
        role: {"kind": "parquet", "path": f"../{name}.parquet"}
        for role, name in zip(roles, names, strict=True)
    }
    told = changed(people(), score=None, approved=None, repaid=None)
    home = write_home(folder, settings(current=tables), current=told)
    for name, table in (("labels", labels), ("predictions", predictions)):
        if table is not None:
            pq.write_table(table, folder / f"{name}.parquet")
    return home


def test_predictions_and_labels_are_joined_by_id(tmp_path: Path) -> None:
    turned = PREDICTIONS.take(pa.array(np.arange(ROWS)[::-1]))
    apart = audit(home_of(tmp_path, LABELS, turned))
    together = audit(write_home(tmp_path / "together"))
    assert apart.verdict == "pass"
    assert apart.notes == []
    for name in ("roc_auc", "accuracy", "brier_score"):
        assert (
            apart.outcome(name)["measurement"]["value"]
            == together.outcome(name)["measurement"]["value"]
        )


def test_label_ids_that_are_doubled_or_unknown_are_left_out_and_said(tmp_path: Path) -> None:
    strangers = changed(LABELS.slice(0, 30), id=np.arange(30) + 999_000)
    nameless = changed(LABELS.slice(0, 2), id=pa.nulls(2, pa.int64()))
    audited = audit(
        home_of(
            tmp_path,
            pa.concat_tables([LABELS, LABELS.slice(0, 20), strangers, nameless]),
            PREDICTIONS,
        )
    )
    assert audited.notes == [
        (
            "20 ids more than once in the labels table: which row is right cannot be known, so"
            " their labels count as missing"
        ),
        "2 rows of the labels table without an id",
        "30 ids of the labels table not in the table of rows: left out",
    ]
    assert audited.record["snapshot"]["labelled"] == ROWS - 20
    assert audited.record["snapshot"]["rows"] == ROWS  # a join neither adds nor loses rows
    assert all(note in audited.report for note in audited.notes)


def test_ids_of_text_join_ids_of_numbers(tmp_path: Path) -> None:
    text = changed(LABELS, id=[str(i) for i in LABELS["id"].to_pylist()])
    audited = audit(home_of(tmp_path, text, PREDICTIONS))
    assert audited.verdict == "pass"
    assert audited.record["snapshot"]["labelled"] == ROWS


def test_labels_of_other_rows_only_are_a_gap(tmp_path: Path) -> None:
    strangers = changed(LABELS, id=np.arange(ROWS) + 999_000)
    audited = audit(home_of(tmp_path, strangers, PREDICTIONS))
    assert audited.verdict == "gap"
    assert audited.tells("19 checks could not be made: no row has a label yet")
    assert audited.notes == ["1,500 ids of the labels table not in the table of rows: left out"]


def test_a_missing_labels_file_costs_only_what_needs_labels(tmp_path: Path) -> None:
    audited = audit(home_of(tmp_path, None, PREDICTIONS))
    assert audited.verdict == "gap"
    assert audited.tells(
        "19 checks could not be made: the column 'repaid' is missing: there is no file at"
        f" {tmp_path}/labels.parquet"
    )
    assert audited.outcome("kolmogorov_smirnov", "score")["verdict"] == "pass"
    assert audited.outcome("demographic_parity_difference", "sex")["verdict"] == "pass"


def test_a_missing_predictions_file_costs_only_what_needs_predictions(tmp_path: Path) -> None:
    audited = audit(home_of(tmp_path, LABELS, None))
    assert audited.verdict == "gap"
    assert audited.tells("the column 'approved' is missing: there is no file at")
    assert audited.outcome("kolmogorov_smirnov", "income")["verdict"] == "pass"
    assert audited.outcome("label_coverage")["verdict"] == "pass"


def test_a_labels_table_without_its_columns_says_so(tmp_path: Path) -> None:
    audited = audit(home_of(tmp_path, LABELS.select(["id"]), PREDICTIONS))
    assert audited.tells("the column 'repaid' is missing from the labels table")
    audited = audit(home_of(tmp_path / "other", LABELS.select(["repaid"]), PREDICTIONS))
    assert audited.tells("the column 'repaid' is missing: the labels id column 'id' is missing")
