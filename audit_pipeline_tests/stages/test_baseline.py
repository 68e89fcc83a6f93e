import shutil
from pathlib import Path

import pytest

from audit_pipeline.stages import baseline_rows, work
from audit_pipeline_tests.stages.small import (
    NAME,
    audit,
    begin,
    changed,
    finish,
    people,
    write_home,
)


def test_without_a_baseline_the_window_itself_is_measured(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=people(seed=0))
    (tmp_path / "baseline.parquet").unlink()
    audited = audit(home)
    assert audited.verdict == "gap"
    assert audited.tells(
        "45 checks could not be made: there is no baseline to compare with: there is no file at"
        f" {tmp_path}/baseline.parquet"
    )
    assert audited.outcome("missing_share", "income")["verdict"] == "pass"
    # measured all the same, though there is nothing to judge it by
    assert audited.outcome("accuracy")["measurement"]["value"] > 0.5


def test_a_baseline_without_rows_is_a_gap(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, baseline=people(0)))
    assert audited.verdict == "gap"
    assert audited.tells("income has no rows in the baseline")


def test_a_column_that_the_baseline_lacks_is_a_gap(tmp_path: Path) -> None:
    audited = audit(write_home(tmp_path, baseline=changed(people(seed=0), income=None)))
    assert audited.verdict == "gap"
    assert audited.tells("the column income is missing from the baseline")


def test_a_baseline_that_was_never_made_says_what_to_do(tmp_path: Path) -> None:
    run = begin(write_home(tmp_path))
    taken = work.snapshot(run)
    work.profile(run)
    work.metrics(run, "drift")
    audited = finish(run, taken)
    assert audited.verdict == "gap"
    assert audited.tells("it was not profiled yet: materialize the asset `baseline`")


def test_a_baseline_that_vanishes_while_a_window_is_audited_is_a_gap(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=people(seed=0))
    run = begin(home)
    work.baseline(home, run.file)
    taken = work.snapshot(run)
    work.profile(run)
    shutil.rmtree(home.private / NAME / "baselines")
    for asset in ("drift", "performance", "fairness"):
        work.metrics(run, asset)
    audited = finish(run, taken)
    assert (audited.verdict, audited.record["baseline"]) == ("gap", None)
    assert "there is no baseline to compare with: it was kept at" in audited.headlines
    assert "which is gone or cannot be read; audit the window again" in audited.headlines


def test_a_baseline_that_crashes_turns_the_run_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("value 31415 of 'Jane Doe'")

    monkeypatch.setattr(baseline_rows, "plan_columns", broken)
    audited = audit(write_home(tmp_path, baseline=people(seed=0)))
    assert audited.verdict == "gap"
    assert audited.red is not None
    assert "baseline crashed (ZeroDivisionError in baseline_rows.py:" in audited.red
    assert "31415" not in audited.red + audited.report
    assert "Jane" not in audited.red + audited.report
    assert audited.tells("baseline crashed: ZeroDivisionError")
    assert audited.outcome("row_count")["verdict"] == "pass"


def test_a_baseline_is_made_again_when_its_file_changes(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=people(seed=0))
    first = audit(home)
    write_home(tmp_path, baseline=people(seed=7))
    second = audit(home)
    assert second.revision == 2
    assert first.record["baseline"]["fingerprint"] != second.record["baseline"]["fingerprint"]


def test_rows_held_against_themselves_are_said_to_be_so(tmp_path: Path) -> None:
    rows = people()
    audited = audit(write_home(tmp_path, current=rows, baseline=rows))
    assert audited.record["changes"] == [
        "the baseline is the very rows of this window: drift is nil, and says nothing"
    ]
    assert "The baseline is the very rows of this window" in audited.report
