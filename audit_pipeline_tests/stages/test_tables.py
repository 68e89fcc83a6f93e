from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.stages.checking import check_audit
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    NAME,
    ROWS,
    audit,
    changed,
    columns,
    people,
    settings,
    write_home,
)

ALL = 61  # checks of the small audit


def test_good_data_passes(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path))
    assert audited.verdict == "pass"
    assert len(audited.outcomes) == ALL
    assert all(o["measurement"]["coverage"]["used"] for o in audited.outcomes)
    assert audited.notes == []
    assert audited.red is None


def test_a_missing_file_is_a_gap_of_every_check(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    (tmp_path / "current.parquet").unlink()
    audited = audit(home)
    assert audited.verdict == "gap"
    assert audited.tells(f"{ALL} checks could not be made: there is no file at {tmp_path}/current")
    assert len(audited.gaps()) == ALL
    assert audited.red is None  # nothing broke here: the run is green, the verdict is not


def test_an_empty_file_is_a_gap(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    (tmp_path / "current.parquet").write_bytes(b"")
    audited = audit(home)
    assert audited.verdict == "gap"
    assert audited.tells(f"the file {tmp_path}/current.parquet is empty (0 bytes)")


def test_a_file_of_something_else_is_a_gap(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    (tmp_path / "current.parquet").write_bytes(b"not at all " * 100)
    audited = audit(home)
    assert audited.verdict == "gap"
    assert audited.tells("current.parquet is no readable Parquet")


def test_a_csv_of_a_header_only_is_a_gap(tmp_path: Path) -> None:
    csv = settings(current={"table": {"kind": "csv", "path": "../current.csv"}})
    home = write_home(tmp_path, csv)
    (tmp_path / "current.csv").write_text(",".join(people(0).column_names) + "\n")
    audited = audit(home)
    assert audited.verdict == "gap"
    assert len(audited.gaps()) == ALL


def test_a_table_without_rows_is_a_gap(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, current=people(0)))
    assert audited.verdict == "gap"
    assert audited.tells(f"{ALL} checks could not be made: the window has no rows")


def test_a_window_without_rows_is_a_gap_and_says_what_the_source_has(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path), FEBRUARY)
    assert audited.verdict == "gap"
    assert audited.tells(
        f"{ALL} checks could not be made: the window has no rows; the source has {ROWS:,}"
    )


def test_a_missing_feature_is_a_gap_of_its_own_checks_only(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, current=changed(people(), income=None)))
    assert audited.verdict == "gap"
    assert audited.tells("8 checks could not be made: the column 'income' is missing")
    assert {subject for _, subject in audited.gaps()} == {"income"}
    assert audited.outcome("population_stability_index", "region")["verdict"] == "pass"


def test_a_renamed_feature_is_a_gap_that_names_the_new_name(tmp_path: Path) -> None:
    renamed = changed(people(), income=None, Income=people()["income"])
    audited = audit(write_home(tmp_path, current=renamed))
    assert audited.verdict == "gap"
    assert audited.tells("the column 'income' is missing; the table has 'Income'")


@pytest.mark.parametrize(("role", "column"), [("id", "id"), ("timestamp", "day")])
def test_a_missing_key_column_is_a_gap_of_every_check(
    tmp_path: Path, role: str, column: str
) -> None:
    audited = audit(write_home(tmp_path, current=changed(people(), **{column: None})))
    assert audited.verdict == "gap"
    assert audited.tells(f"{ALL} checks could not be made: the {role} column {column!r} is missing")


def test_a_missing_score_is_a_gap_of_what_needs_scores(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, current=changed(people(), score=None)))
    assert audited.verdict == "gap"
    assert ("roc_auc", "all rows") in audited.gaps()
    assert audited.outcome("accuracy")["verdict"] != "gap"
    assert audited.tells("12 checks could not be made: the column 'score' is missing")


def test_a_missing_group_column_is_a_gap_of_fairness_and_drift(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, current=changed(people(), sex=None)))
    assert audited.verdict == "gap"
    assert audited.tells("13 checks could not be made: the column 'sex' is missing")


def test_numbers_that_became_text_are_a_gap(tmp_path: Path) -> None:
    text = [f"{n} euros" for n in range(ROWS)]
    audited = audit(write_home(tmp_path, current=changed(people(), income=text)))
    assert audited.verdict == "gap"
    assert audited.tells(
        "8 checks could not be made: income is declared numeric and is of type string in this"
        " window"
    )


@pytest.mark.parametrize("kind", [pa.float64(), pa.null(), pa.string()])
def test_a_column_of_nulls_alone_fails(tmp_path: Path, kind: pa.DataType) -> None:
    audited = audit(write_home(tmp_path, current=changed(people(), income=pa.nulls(ROWS, kind))))
    assert audited.verdict == "fail"
    assert "missing_share of income: the value 1 is above the failure limit" in audited.headlines
    assert "pass" not in audited.verdicts("income").values()
    assert audited.outcome("kolmogorov_smirnov", "income")["reason"] == (
        "income has no usable value in the window: 1500 null"
    )


def test_nan_and_infinities_count_as_missing_and_are_told_apart(tmp_path: Path) -> None:
    income = people()["income"].to_numpy().copy()
    income[:150], income[150:200], income[200:225] = np.nan, np.inf, -np.inf
    audited = audit(write_home(tmp_path, current=changed(people(), income=income)))
    assert audited.verdict == "fail"
    assert "missing_share_change of income: the value 0.15 is above" in audited.headlines
    coverage = audited.outcome("kolmogorov_smirnov", "income")["measurement"]["coverage"]
    assert (coverage["rows"], coverage["used"]) == (1500, 1275)
    assert coverage["left_out"] == {"NaN": 150, "infinite": 75}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the overflow is what is tried here
def test_numbers_too_large_to_compute_with_are_a_gap_and_not_nan(tmp_path: Path) -> None:
    huge = changed(people(), income=np.full(ROWS, 1e300))
    audited = audit(write_home(tmp_path, current=huge))
    assert audited.verdict == "fail"
    found = audited.outcome("wasserstein_distance", "income")
    assert found["verdict"] == "gap"
    assert "too large to measure" in found["reason"]
    assert audited.red is None


def test_a_column_that_became_constant_fails_its_drift(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, current=changed(people(), income=np.full(ROWS, 3000.0))))
    assert audited.verdict == "fail"
    assert audited.verdicts("income")["kolmogorov_smirnov"] == "fail"


def test_a_column_that_always_was_constant_passes(tmp_path: Path) -> None:
    constant = np.full(ROWS, 3000.0)
    home = write_home(
        tmp_path,
        current=changed(people(), income=constant),
        baseline=changed(people(seed=0), income=constant),
    )
    assert set(audit(home).verdicts("income").values()) == {"pass"}


def test_an_unseen_category_is_told(tmp_path: Path) -> None:
    region = ["moon"] * 100 + people()["region"].to_pylist()[100:]
    audited = audit(write_home(tmp_path, current=changed(people(), region=region)))
    assert audited.verdict == "fail"
    # 100 of 1,500 rows
    assert audited.outcome("unseen_category_share", "region")["measurement"]["value"] == 100 / 1500
    assert "unseen_category_share of region: the value 0.06667 is above" in audited.headlines


def test_ids_that_stand_twice_fail(tmp_path: Path) -> None:
    ids = people()["id"].to_numpy().copy()
    ids[:50] = ids[50:100]
    audited = audit(write_home(tmp_path, current=changed(people(), id=ids)))
    assert audited.verdict == "fail"
    assert "duplicate_id_share of all rows: the value 0.03333 is above" in audited.headlines


def test_a_score_of_text_is_a_gap_and_no_crash(tmp_path: Path) -> None:
    text = changed(people(), score=["high"] * ROWS, approved=None)
    audited = audit(write_home(tmp_path, current=text))
    assert audited.verdict == "gap"
    assert audited.red is None
    assert audited.tells("score is declared numeric and is of type string in this window")


def test_the_predicted_class_follows_from_a_logged_score(tmp_path: Path) -> None:
    home = write_home(
        tmp_path,
        current=changed(people(), approved=None),
        baseline=changed(people(seed=0), approved=None),
    )
    audited = audit(home)
    logged = audit(write_home(tmp_path / "logged", baseline=people(seed=0)))
    assert audited.notes == []
    assert (
        audited.outcome("accuracy")["measurement"]["value"]
        == logged.outcome("accuracy")["measurement"]["value"]
    )


def test_check_tells_every_problem_of_the_data_at_once(tmp_path: Path) -> None:
    home = write_home(
        tmp_path, current=changed(people(), income=None, sex=None), baseline=people(seed=0)
    )
    (tmp_path / "baseline.parquet").unlink()
    problems = "\n".join(check_audit(home, NAME))
    assert "baseline: there is no file at" in problems
    assert "current: the column 'income' is missing" in problems
    assert "current: the column 'sex' is missing" in problems


def test_check_is_silent_about_a_good_audit(tmp_path: Path) -> None:
    assert check_audit(write_home(tmp_path), NAME) == []


def test_check_tells_a_wrong_format_of_the_timestamp(tmp_path: Path) -> None:
    days = [day.isoformat() for day in people()["day"].to_pylist()]
    stamp = {"column": "day", "format": "%d.%m.%Y"}
    home = write_home(
        tmp_path,
        settings(columns=columns(timestamp=stamp)),
        current=changed(people(), day=days, income=None),
    )
    assert check_audit(home, NAME) == [
        "current: the column 'income' is missing",
        ("current: none of the 1,500 rows has a time in 'day' that can be read as '%d.%m.%Y'"),
    ]


def test_check_does_not_count_notes_as_problems(tmp_path: Path) -> None:
    labels = people().select(["id", "repaid"])
    strangers = changed(labels.slice(0, 30), id=np.arange(30) + 999_000)
    tables = {
        role: {"kind": "parquet", "path": f"../{name}.parquet"}
        for role, name in (("table", "current"), ("labels", "labels"))
    }
    home = write_home(tmp_path, settings(current=tables), current=changed(people(), repaid=None))
    doubled = pa.concat_tables([labels, labels.slice(0, 20), strangers])
    pq.write_table(doubled, tmp_path / "labels.parquet")
    assert len(audit(home).notes) == 2
    assert check_audit(home, NAME) == []
