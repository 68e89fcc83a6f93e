from pathlib import Path

import pyarrow as pa

from audit_pipeline_tests.stages.small import (
    ROWS,
    audit,
    changed,
    columns,
    people,
    settings,
    write_home,
)


def test_labels_that_have_not_come_are_gaps_and_no_failure(tmp_path: Path) -> None:
    unlabelled = changed(people(), repaid=pa.nulls(ROWS, pa.int64()))
    audited = audit(write_home(tmp_path, current=unlabelled))
    assert audited.verdict == "gap"
    assert audited.headlines == "20 checks could not be made: no row has a label yet"
    assert audited.tells("no row has a label yet")
    assert audited.outcome("demographic_parity_difference", "sex")["verdict"] == "pass"


def test_labels_that_have_come_in_part_are_measured_on_that_part(tmp_path: Path) -> None:
    labels = people()["repaid"].to_pylist()[:1400] + [None] * 100
    audited = audit(write_home(tmp_path, current=changed(people(), repaid=labels)))
    assert audited.verdict == "warn"
    coverage = audited.outcome("accuracy")["measurement"]["coverage"]
    assert (coverage["rows"], coverage["used"]) == (1500, 1400)
    assert coverage["left_out"] == {"unlabelled": 100}
    assert "label_coverage of all rows: the value 0.9333 is below the warn" in audited.headlines


def test_an_audit_without_a_target_measures_what_needs_none(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, settings(columns=columns(target=None))))
    assert audited.verdict == "pass"
    assert audited.record["not_applicable"]["accuracy"] == "this audit has no labels"
    assert audited.outcome("demographic_parity_difference", "sex")["verdict"] == "pass"
    assert audited.outcome("kolmogorov_smirnov", "score")["verdict"] == "pass"


def test_without_a_target_a_predicted_true_is_the_positive_class(tmp_path: Path) -> None:
    def logged(table: pa.Table) -> pa.Table:
        return changed(table, approved=[bool(v) for v in table["approved"].to_pylist()])

    bare = settings(columns=columns(target=None))
    home = write_home(tmp_path, bare, current=logged(people()), baseline=logged(people(seed=0)))
    said = audit(home).outcome("demographic_parity_difference", "sex")["measurement"]["value"]
    plain = audit(write_home(tmp_path / "plain", bare, baseline=people(seed=0)))
    assert said == plain.outcome("demographic_parity_difference", "sex")["measurement"]["value"] > 0


def test_an_audit_of_predicted_classes_alone_has_no_scores(tmp_path: Path) -> None:
    classes = settings(columns=columns(prediction={"label": "approved", "score": None}))
    audited = audit(write_home(tmp_path, classes))
    assert audited.verdict == "pass"
    assert audited.record["not_applicable"]["roc_auc"] == "this audit has no scores"
