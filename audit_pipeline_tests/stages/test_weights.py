from pathlib import Path

import numpy as np
import pytest

from audit_pipeline_tests.stages.small import (
    ROWS,
    Audited,
    audit,
    changed,
    columns,
    people,
    settings,
    write_home,
)

ONES = np.ones(ROWS)


def audit_of(folder: Path, weights: object, baseline: object = ONES) -> Audited:
    """Audit rows of these weights."""
    home = write_home(
        folder,
        settings(columns=columns(weight="w")),
        current=changed(people(), w=weights),
        baseline=changed(people(seed=0), w=baseline),
    )
    return audit(home)


def first(count: int, value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return weights of 1, the first few of another value."""
    weights = ONES.copy()
    weights[:count] = value
    return weights


def test_rows_of_weight_zero_are_left_out_and_counted(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, first(50, 0.0))
    coverage = audited.outcome("accuracy")["measurement"]["coverage"]
    assert (coverage["rows"], coverage["used"]) == (1500, 1450)
    assert coverage["left_out"] == {"zero weight": 50}


def test_weights_change_shares(tmp_path: Path) -> None:
    right = (people()["repaid"].to_numpy() == people()["approved"].to_numpy()).astype(float)
    audited = audit_of(tmp_path, 1 + 2 * right)
    # each right row counts three times
    exact = 3 * right.sum() / (3 * right.sum() + (1 - right).sum())
    value = audited.outcome("accuracy")["measurement"]["value"]
    assert value == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_a_weight_that_is_no_weight_is_a_gap_of_every_check(tmp_path: Path, value: float) -> None:
    audited = audit_of(tmp_path, first(3, value))
    assert audited.verdict == "gap"
    assert audited.tells(
        "61 checks could not be made: 3 rows have a weight in w that is negative, missing or no"
        " number"
    )


def test_a_window_of_weight_zero_is_a_gap(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, 0 * ONES)
    assert audited.verdict == "gap"
    assert audited.tells("all 1,500 rows of the window have weight zero")


def test_weights_of_text_are_a_gap_and_no_crash(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, ["heavy"] * ROWS)
    assert audited.verdict == "gap"
    assert audited.red is None
    assert audited.tells("the weight column w is string, not a number")


def test_a_negative_weight_in_the_baseline_leaves_the_window_measured(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, ONES, first(3, -1.0))
    assert audited.verdict == "gap"
    assert audited.tells("there is no baseline to compare with: 3 rows have a weight in w")
    assert audited.outcome("row_count")["verdict"] == "pass"
    assert audited.outcome("missing_share", "income")["verdict"] == "pass"
