from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.stages.small import (
    ROWS,
    audit,
    changed,
    columns,
    people,
    settings,
    write_home,
)

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
    assert audited.tells("20 checks could not be made: no row has a label yet")
    assert audited.notes == ["1,500 ids of the labels table not in the table of rows: left out"]


def test_a_missing_labels_file_costs_only_what_needs_labels(tmp_path: Path) -> None:
    audited = audit(home_of(tmp_path, None, PREDICTIONS))
    assert audited.verdict == "gap"
    assert audited.tells(
        "20 checks could not be made: the column 'repaid' is missing: there is no file at"
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


def test_large_ids_of_integers_and_of_text_are_told_apart(tmp_path: Path) -> None:
    ids = [2**53 + n for n in range(ROWS)]
    told = changed(people(), score=None, approved=None, repaid=None, id=ids)
    labels = changed(LABELS, id=[str(i) for i in ids]).slice(1)
    home = home_of(tmp_path, labels, changed(PREDICTIONS, id=ids))
    pq.write_table(told, tmp_path / "current.parquet")
    audited = audit(home)
    assert audited.record["snapshot"]["labelled"] == ROWS - 1
    assert audited.notes == []


def test_ids_of_integers_join_ids_of_floats(tmp_path: Path) -> None:
    floats = changed(LABELS, id=pa.array(LABELS["id"].to_numpy().astype("float64")))
    audited = audit(home_of(tmp_path, floats, PREDICTIONS))
    assert audited.record["snapshot"]["labelled"] == ROWS
    assert audited.notes == []


@pytest.mark.parametrize(("kind", "first"), [("float64", 2**53), ("float32", 2**24)])
def test_float_ids_that_are_not_exact_are_a_gap_of_their_role_alone(
    tmp_path: Path, kind: str, first: int
) -> None:
    ids = [first + n for n in range(ROWS)]
    told = changed(people(), score=None, approved=None, repaid=None, id=ids)
    labels = changed(LABELS, id=pa.array(np.array(ids, dtype=kind)))
    home = home_of(tmp_path, labels, changed(PREDICTIONS, id=ids))
    pq.write_table(told, tmp_path / "current.parquet")
    audited = audit(home)
    assert audited.verdict == "gap"
    assert audited.tells(
        "the column 'repaid' is missing: 1,500 rows of the labels table with an id in 'id' that is"
        f" not exact: the column is {kind}, where numbers from {first:,} on run into each other"
    )
    assert audited.record["snapshot"]["labelled"] == 0
    assert audited.outcome("kolmogorov_smirnov", "score")["verdict"] == "pass"


def test_rows_without_an_id_do_not_share_the_label_of_one_without(tmp_path: Path) -> None:
    for number, (kind, none) in enumerate((("string", ""), ("float64", float("nan")))):
        ids = [none, none, *range(2, ROWS)]
        known = pa.array([str(i) if kind == "string" else float(i) for i in ids])
        nameless = changed(LABELS, id=known).slice(1)  # one row of labels without an id
        home = home_of(tmp_path / str(number), nameless, changed(PREDICTIONS, id=known))
        told = changed(people(), score=None, approved=None, repaid=None, id=known)
        pq.write_table(told, tmp_path / str(number) / "current.parquet")
        audited = audit(home)
        assert audited.record["snapshot"]["labelled"] == ROWS - 2
        assert "1 row of the labels table without an id" in audited.notes


def test_columns_may_be_called_as_ours_are(tmp_path: Path) -> None:
    names = {"income": "_TIMES", "region": "_theirs", "sex": "_key", "id": "by"}
    said = columns(
        id="by", features={"_TIMES": "numeric", "_theirs": "categorical"}, groups=["_key"]
    )
    tables = {
        role: {"kind": "parquet", "path": f"../{name}.parquet"}
        for role, name in (("table", "current"), ("labels", "labels"))
    }
    renamed = [names.get(name, name) for name in people().column_names]
    rows, baseline = (people(seed=seed).rename_columns(renamed) for seed in (1, 0))
    home = write_home(
        tmp_path,
        settings(columns=said, current=tables),
        current=changed(rows, repaid=None),
        baseline=baseline,
    )
    pq.write_table(rows.select(["by", "repaid"]), tmp_path / "labels.parquet")
    audited = audit(home)
    assert audited.notes == []
    assert audited.record["snapshot"]["labelled"] == ROWS
    of_usual = audit(write_home(tmp_path / "usual", baseline=people(seed=0)))
    for name in ("accuracy", "roc_auc"):
        assert (
            audited.outcome(name)["measurement"]["value"]
            == of_usual.outcome(name)["measurement"]["value"]
        )


def test_a_label_is_not_mistaken_for_a_column_of_its_name_in_other_letters(tmp_path: Path) -> None:
    turned = changed(people(), Repaid=[1 - n for n in people()["repaid"].to_pylist()], repaid=None)
    home = home_of(tmp_path, LABELS, PREDICTIONS)
    pq.write_table(changed(turned, score=None, approved=None), tmp_path / "current.parquet")
    of_usual = audit(write_home(tmp_path / "usual"))
    assert (
        audit(home).outcome("accuracy")["measurement"]["value"]
        == of_usual.outcome("accuracy")["measurement"]["value"]
    )
