"""Exactly once, and the same again: one content, one audit; the same rows, the same bytes."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.window import WindowError
from audit_pipeline.stages import work
from audit_pipeline_tests.stages.small import (
    NAME,
    ROWS,
    audit,
    begin,
    changed,
    finish,
    people,
    settings,
    write_audit,
    write_home,
)


def replace_rows(home: Home, rows: pa.Table) -> None:
    """Put other rows in the window's table."""
    pq.write_table(rows, home.path / "current.parquet")


def test_the_same_content_is_audited_once(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    first, second = audit(home), audit(home)
    assert (first.state, second.state) == ("granted", "already_audited")
    assert second.revision == 1
    assert second.record == first.record
    assert [p.name for p in first.folder.parent.iterdir()] == ["revision-1"]


def test_the_order_of_rows_in_the_source_is_no_other_content(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    audit(home)
    replace_rows(home, people().take(pa.array(np.random.default_rng(0).permutation(ROWS))))
    assert audit(home).state == "already_audited"


def test_again_makes_a_new_revision_with_the_same_bytes(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    first = audit(home)
    replace_rows(home, people().take(pa.array(np.random.default_rng(0).permutation(ROWS))))
    for revision in (2, 3):
        again = audit(home, again=True)
        assert (again.state, again.revision) == ("granted", revision)
        assert again.measurements == first.measurements


def test_the_same_rows_in_another_home_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = audit(write_home(tmp_path / "a")), audit(write_home(tmp_path / "b"))
    assert first.measurements == second.measurements


def test_changed_rows_are_a_new_revision_and_the_first_stands(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    first = audit(home)
    kept = first.measurements
    replace_rows(home, changed(people(), income=people()["income"].to_numpy() + 1))
    second = audit(home)
    assert (second.state, second.revision) == ("granted", 2)
    assert second.measurements != kept == first.measurements
    replace_rows(home, people())
    third = audit(home)  # else the last verdict would be of rows that are gone
    assert (third.revision, third.measurements) == (3, kept)


def test_labels_that_come_later_are_a_new_revision(tmp_path: Path) -> None:
    home = write_home(tmp_path, current=changed(people(), repaid=pa.nulls(ROWS, pa.int64())))
    assert audit(home).verdict == "gap"
    replace_rows(home, people())
    late = audit(home)
    assert (late.verdict, late.revision) == ("pass", 2)


def test_a_file_that_comes_later_is_a_new_revision(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    (tmp_path / "current.parquet").unlink()
    assert audit(home).verdict == "gap"
    assert audit(home).state == "already_audited"
    replace_rows(home, people())
    late = audit(home)
    assert (late.verdict, late.revision) == ("pass", 2)


def test_another_limit_is_judged_anew_and_another_title_is_not(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    audit(home)
    write_audit(tmp_path, settings(report={"title": "Loans of the month"}))
    assert audit(home).state == "already_audited"
    write_audit(tmp_path, settings(limits={"row_count": {"fail": 10_000}}))
    judged = audit(home)
    assert (judged.revision, judged.verdict) == (2, "fail")


def test_a_window_in_the_future_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WindowError, match="which is in the future: a window is audited once it"):
        begin(write_home(tmp_path), "2199-01")


def test_a_run_beside_another_leaves_the_window_alone(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    first, second = begin(home), begin(home)
    work.baseline(home, first.file)
    taken = work.snapshot(first)
    beside = work.snapshot(second)
    assert (taken.claim.state, beside.claim.state) == ("granted", "in_progress")
    assert not work.profile(second).worked
    assert not work.evidence(second).worked
    assert first.store.sealed(NAME) == []
    standing = work.standing(home, first.file, "2024-01", second.run_id)
    assert (standing.state, standing.verdict, standing.report) == ("in_progress", None, None)
    assert finish(first, taken).revision == 1


def test_a_run_that_was_given_back_is_made_by_the_next(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    first = begin(home)
    work.baseline(home, first.file)
    work.snapshot(first)
    work.release(home, NAME, "2024-01")
    audited = audit(home)
    assert (audited.state, audited.revision, audited.verdict) == ("granted", 2, "pass")


def test_two_runs_at_once_share_one_baseline(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    file = begin(home).file
    first, second = work.baseline(home, file), work.baseline(home, file)
    assert first.facts["made by this run"]
    assert not second.facts["made by this run"]
    assert first.facts["fingerprint"] == second.facts["fingerprint"]


def test_what_killed_runs_left_behind_is_removed_a_day_later(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    private, evidence = home.private / NAME, home.evidence / NAME
    young = private / "windows" / "2024-01" / ".incoming-young"
    old = [
        private / "windows" / "2024-01" / ".incoming-old",
        private / "windows" / "2023-11" / ".1.0a.old",
        private / "baselines" / ".key.0a",
        evidence / "2023-11" / ".revision-1.0a",
    ]
    kept = evidence / "2023-11" / "revision-1"
    for folder in (*old, young, kept):
        folder.mkdir(parents=True)
    for folder in (*old, kept):
        os.utime(folder, (0, 0))
    audit(home)
    assert not [folder for folder in old if folder.exists()]
    assert kept.exists()
    assert young.exists()  # another run may be at work on it
