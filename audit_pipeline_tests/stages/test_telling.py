"""What an audit could not tell is never hidden by what it could."""

from pathlib import Path

import numpy as np
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


def lopsided(seed: int, few: int) -> pa.Table:
    """Return rows of one sex but for a few."""
    sex = np.where(np.arange(ROWS) < few, 2, 1)
    return changed(people(seed=seed), sex=sex)


def test_fairness_that_could_not_be_told_at_all_is_the_verdict(tmp_path: Path) -> None:
    home = write_home(tmp_path, current=lopsided(1, few=5), baseline=lopsided(0, few=5))
    audited = audit(home)
    assert audited.outcome("row_count")["verdict"] == "pass"
    assert audited.verdict == "inconclusive"
    assert audited.tells("fairness: all 6 checks are inconclusive: 1 of 2 groups have the 30 rows")


def test_a_protected_attribute_without_values_is_a_gap_and_drifts(tmp_path: Path) -> None:
    home = write_home(tmp_path, current=changed(people(), sex=pa.nulls(ROWS, pa.int64())))
    audited = audit(home)
    assert audited.verdict == "fail"
    assert audited.outcome("missing_share", "sex")["verdict"] == "fail"
    assert audited.outcome("missing_share_change", "sex")["verdict"] == "fail"
    fairness = audited.outcome("demographic_parity_ratio", "sex")
    assert fairness["verdict"] == "gap"
    assert fairness["reason"] == "the protected attribute has no value in any row"


def test_rows_of_one_group_alone_are_a_gap_of_fairness(tmp_path: Path) -> None:
    home = write_home(tmp_path, current=lopsided(1, few=0), baseline=lopsided(0, few=0))
    audited = audit(home)
    assert audited.verdict == "gap"
    assert audited.tells("6 checks could not be made: all rows are of one group")


def test_codes_that_are_neither_class_are_left_out_and_counted(tmp_path: Path) -> None:
    repaid = people()["repaid"].to_numpy().copy()
    repaid[:100] = -1
    audited = audit(write_home(tmp_path, current=changed(people(), repaid=repaid)))
    coverage = audited.outcome("accuracy")["measurement"]["coverage"]
    assert (coverage["rows"], coverage["used"]) == (ROWS, ROWS - 100)


def test_a_score_alone_makes_predictions_of_the_two_named_classes(tmp_path: Path) -> None:
    def two(seed: int) -> pa.Table:
        rows = people(seed=seed)
        return changed(rows, approved=None, repaid=2 - rows["repaid"].to_numpy())

    roles = columns(target={"column": "repaid", "positive": 1, "negative": 2})
    home = write_home(tmp_path, settings(columns=roles), current=two(1), baseline=two(0))
    found = audit(home).outcome("accuracy")["measurement"]
    plain = audit(write_home(tmp_path / "plain", current=people(), baseline=people(seed=0)))
    assert found["coverage"]["used"] == ROWS
    assert found["value"] == plain.outcome("accuracy")["measurement"]["value"]
