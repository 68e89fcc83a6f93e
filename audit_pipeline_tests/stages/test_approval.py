"""What somebody approved is what windows are compared with, until somebody approves another."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.comparability import Fingerprints
from audit_pipeline.domain.record import Approval
from audit_pipeline.stages import work
from audit_pipeline.stages.approval import approvals, approve, read_candidate
from audit_pipeline.stages.approved import standing_approval
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.past import KEPT, read_past
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.owner import this_process
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    NAME,
    ROWS,
    audit,
    begin,
    changed,
    columns,
    people,
    settings,
    write_audit,
    write_home,
)

OLD, NEW = people(seed=0), changed(people(seed=7), income=people(seed=7)["income"].to_numpy() + 900)


def approved(home: Home, by: str = "Ann", reason: str = "Release 4") -> Approval:
    return approve(home, read_candidate(home, load_audit_file(home, NAME)), by, reason)


def replace_baseline(home: Home, rows: pa.Table) -> None:
    pq.write_table(rows, home.path / "baseline.parquet")


def baseline_facts(home: Home) -> Mapping[str, object]:
    """Return what the baseline's own step found."""
    return work.baseline(home, load_audit_file(home, NAME)).facts


def both_months() -> pa.Table:
    return pa.concat_tables([people(), people(month=date(2024, 2, 1), seed=2)])


def test_as_long_as_nobody_approved_it_is_said(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    audited = audit(home)
    assert audited.verdict == "pass"
    assert audited.record["approval"] is None
    assert "nobody approved this baseline" in audited.report
    assert approvals(home, NAME) == []


def test_an_approval_stands_in_record_and_report(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    given = approved(home, "Ann <ann@example.org>", "Release 4\nof the model")
    audited = audit(home)
    assert audited.record["approval"]["number"] == given.number == 1
    assert audited.record["approval"]["by"] == "Ann <ann@example.org>"
    assert audited.record["baseline"]["fingerprint"] == given.fingerprint
    told = f"by Ann &lt;ann@example.org&gt; on {given.at[:10]} (approval 1): Release 4 of the model"
    assert told in audited.report


def test_what_is_approved_is_shown_with_how_it_differs(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    first = read_candidate(home, load_audit_file(home, NAME))
    assert first.record.rows == ROWS
    assert (first.in_force, first.difference, first.affirms) == (None, None, False)
    approve(home, first, "Ann", "Release 4")
    same = read_candidate(home, load_audit_file(home, NAME))
    assert (same.affirms, same.difference) == (True, None)
    replace_baseline(home, changed(NEW, region=["south"] * ROWS))
    other = read_candidate(home, load_audit_file(home, NAME))
    assert not other.affirms
    assert other.difference is not None
    assert (other.difference.beyond, other.difference.compared) == (0.1, 6)
    assert list(other.difference.moved) == ["region", "income"]


def test_to_approve_what_was_compared_already_audits_nothing_anew(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    audit(home)
    approved(home)
    assert approved(home, "Bob", "Looked at once more").number == 2
    assert [a.by for a in approvals(home, NAME)] == ["Bob", "Ann"]
    assert audit(home).state == "already_audited"


def test_approved_rows_are_used_when_the_source_changes(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD, current=both_months())
    given = approved(home)
    replace_baseline(home, NEW)
    february = audit(home, FEBRUARY)
    assert february.record["baseline"]["fingerprint"] == given.fingerprint
    assert february.outcome("population_stability_index", "income")["verdict"] == "pass"
    said = (
        f"the baseline's source changed since it was approved: the rows approved by Ann on"
        f" {given.at[:10]} (approval 1) are used; audit-pipeline baseline approve loans takes what"
        " it holds now"
    )
    assert said in february.record["baseline"]["notes"]
    assert "source changed since it was approved" in february.report


def test_approved_rows_are_used_when_the_source_is_gone(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    approved(home)
    (tmp_path / "baseline.parquet").unlink()
    audited = audit(home)
    assert audited.verdict == "pass"
    assert (
        "source cannot be read now (there is no file at" in audited.record["baseline"]["notes"][0]
    )


def test_a_new_baseline_starts_a_new_comparison_and_old_reports_stay(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD, current=both_months())
    approved(home)
    january = audit(home)
    assert january.record["baseline"]["notes"] == []
    kept = {path: path.read_bytes() for path in january.folder.rglob("*") if path.is_file()}
    replace_baseline(home, NEW)
    approved(home, "Bob", "Incomes rose")
    february = audit(home, FEBRUARY)
    assert february.record["approval"]["number"] == 2
    assert february.record["new_baseline"]
    (said,) = february.record["changes"]
    old, new = (x.record["baseline"]["fingerprint"][:12] for x in (january, february))
    assert said == (
        f"The baseline is another (approval 1, fingerprint {old}, then approval 2, fingerprint"
        f" {new}): numbers against the baseline, drift among them, are not comparable, nor are"
        " verdicts on a change from it."
    )
    assert february.report.count(said) == 1  # at one place, and not at two
    assert "2024-02, this report, new baseline</span>" in february.report
    assert february.outcome("population_stability_index", "income")["verdict"] == "fail"
    again = audit(home)
    assert (again.state, again.revision) == ("granted", 2)
    assert again.record["changes"] == []  # nothing was audited before January
    assert {path: path.read_bytes() for path in kept} == kept
    assert january.record["approval"]["number"] == 1


def test_the_trend_marks_where_the_baseline_changed(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    run = begin(home, "2024-03")
    for window, fingerprint in (("2023-11", "a"), ("2024-01", None), ("2024-02", "b")):
        baseline = fingerprint and {"fingerprint": fingerprint, "sources": [{"sha256": ""}]}
        seal(run, window, {"baseline": baseline, "window": {"key": window}})
    past = read_past(run)
    assert [(each.window, each.new_baseline) for each in past.verdicts] == [
        ("2023-11", False),
        ("2024-01", False),  # it had none
        ("2024-02", True),
    ]
    assert past.baseline == Fingerprints(rows="b", tables=("",))
    assert past.last is None  # such a record cannot be read, and that costs nothing


def test_the_two_equal_hours_of_an_autumn_night_are_in_the_order_of_time(tmp_path: Path) -> None:
    hourly = {"every": "hour", "start": "2024-10-01", "timezone": "Europe/Berlin"}
    home = write_home(tmp_path, settings(window=hourly))
    first, second, third = "2024-10-27T02+0200", "2024-10-27T02+0100", "2024-10-27T03+0100"
    for window in (second, third, first):
        seal(begin(home, window), window, {"baseline": None})
    assert [each[0] for each in begin(home, first).store.history(NAME)] == [first, second, third]

    def before(window: str) -> list[str]:
        return [each.window for each in read_past(begin(home, window)).verdicts]

    assert (before(first), before(second), before(third)) == ([], [first], [first, second])


def test_a_record_lists_the_last_windows_and_not_thousands(tmp_path: Path) -> None:
    home = write_home(tmp_path, settings(window={"every": "day", "start": "2024-01-01"}))
    days = [str(date(2024, 1, 1) + timedelta(days=n)) for n in range(KEPT + 5)]
    for day in days[:-1]:
        seal(begin(home, day), day, {"baseline": None})
    listed = [each.window for each in read_past(begin(home, days[-1])).verdicts]
    assert listed == days[-KEPT - 1 : -1]


def seal(run: AuditRun, window: str, record: dict[str, object]) -> None:
    """Put a finished audit into the store."""
    wanted = Wanted(audit=NAME, window=window, content=window)
    claim = run.store.claim(wanted, this_process(window))
    whole = {"verdict": "pass", "snapshot": None, "outcomes": [], **record}
    run.store.seal(claim, whole, complete=True)


def test_settings_that_name_columns_for_people_keep_the_approved_rows(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    given = approved(home)
    replace_baseline(home, NEW)
    features = {"income": {"kind": "numeric", "title": "Income"}, "region": "categorical"}
    write_audit(tmp_path, settings(columns=columns(features=features)))
    facts = baseline_facts(home)
    assert facts["made by this run"]
    assert facts["fingerprint"] == given.fingerprint
    assert str(facts["approved"]).startswith("by Ann on")


def test_other_columns_of_the_same_source_are_approved_too(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    given = approved(home)
    write_audit(tmp_path, settings(columns=columns(features={"income": "numeric"})))
    audited = audit(home)
    assert audited.verdict == "pass"
    assert audited.record["approval"]["number"] == 1
    assert audited.record["baseline"]["fingerprint"] != given.fingerprint  # of fewer columns


def test_what_nobody_approved_is_never_compared_with(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    given = approved(home)
    replace_baseline(home, NEW)
    write_audit(tmp_path, settings(columns=columns(features={"income": "numeric"})))
    audited = audit(home)
    assert audited.verdict == "gap"
    assert audited.record["baseline"] is None
    assert audited.outcome("row_count")["verdict"] == "pass"
    assert audited.tells(
        f"there is no baseline to compare with: the baseline approved by Ann on {given.at[:10]}"
        " (approval 1) is not kept under these settings, and its source holds other rows now;"
        " approve what is to count from now on: audit-pipeline baseline approve loans"
    )
    second = approved(home, "Bob", "Fewer columns")
    assert baseline_facts(home)["fingerprint"] == second.fingerprint


@pytest.mark.parametrize(
    ("rows", "words"),
    [(people(0), "the baseline has no rows"), (changed(OLD, id=None), "the id column 'id' is")],
)
def test_what_cannot_be_compared_with_cannot_be_approved(
    tmp_path: Path, rows: pa.Table, words: str
) -> None:
    home = write_home(tmp_path, baseline=rows)
    with pytest.raises(MissingError, match=words):
        read_candidate(home, load_audit_file(home, NAME))
    assert approvals(home, NAME) == []


def test_a_baseline_that_the_model_could_not_score_is_not_approved(tmp_path: Path) -> None:
    model = {"path": "gone.json", "format": "xgboost_json", "sha256": "a" * 64}
    rows = changed(OLD, score=None, approved=None)
    home = write_home(tmp_path, settings(model=model), baseline=rows)
    with pytest.raises(MissingError, match="a baseline without predictions is not approved"):
        read_candidate(home, load_audit_file(home, NAME))


def test_an_approval_needs_a_name_and_a_reason(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    candidate = read_candidate(home, load_audit_file(home, NAME))
    with pytest.raises(ValueError, match="--by is empty: say who approves"):
        approve(home, candidate, " \n", "Release 4")
    with pytest.raises(ValueError, match="--reason has 2001 characters; 2000 will do"):
        approve(home, candidate, "Ann", "x" * 2001)


def test_the_standing_of_an_approval_says_what_it_covers(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=OLD)
    file = load_audit_file(home, NAME)
    assert standing_approval(home, file).source.startswith("not approved")
    given = approved(home)
    standing = standing_approval(home, file)
    assert (standing.approval, standing.source, standing.days) == (given, "unchanged since", 0)
    assert standing.record is not None
    assert standing.record.rows == ROWS
    replace_baseline(home, NEW)
    assert standing_approval(home, file).source == "changed since; audits use the approved rows"
    (tmp_path / "baseline.parquet").unlink()
    assert standing_approval(home, file).source.startswith("cannot be read: there is no file at")


IN_A_DATABASE = {"table": {"kind": "sql", "url": "sqlite:///../rows.db", "table": "loans"}}


def fill_database(home: Home, rows: pa.Table) -> None:
    """Put rows into the database, in place of those that are there."""
    with closing(sqlite3.connect(home.path / "rows.db")) as database:
        database.execute("DROP TABLE IF EXISTS loans")
        database.execute(
            "CREATE TABLE loans (id INTEGER, day TEXT, income REAL, region TEXT, sex INTEGER,"
            " score REAL, approved INTEGER, repaid INTEGER)"
        )
        listed = [
            (*row[:1], str(row[1]), *row[2:])
            for row in zip(*rows.to_pydict().values(), strict=True)
        ]
        database.executemany("INSERT INTO loans VALUES (?, ?, ?, ?, ?, ?, ?, ?)", listed)
        database.commit()


def test_a_database_is_read_once_until_somebody_approves(tmp_path: Path) -> None:
    home = write_home(tmp_path, settings(baseline=IN_A_DATABASE))
    fill_database(home, OLD)
    first = audit(home)
    assert first.record["approval"] is None
    fill_database(home, NEW)
    assert audit(home).state == "already_audited"
    given = approved(home)
    assert given.digest == ""
    second = audit(home)
    assert (second.revision, second.record["baseline"]["fingerprint"]) == (2, given.fingerprint)
    assert second.record["baseline"]["fingerprint"] != first.record["baseline"]["fingerprint"]
    assert standing_approval(home, load_audit_file(home, NAME)).source == (
        "only reading it all could tell: approve does"
    )


def test_approved_rows_of_a_database_are_told_by_their_fingerprint(tmp_path: Path) -> None:
    home = write_home(tmp_path, settings(baseline=IN_A_DATABASE))
    fill_database(home, OLD)
    approved(home)
    kept = home.private / NAME / "baselines"
    shutil.rmtree(kept)  # as on another machine
    file = load_audit_file(home, NAME)
    assert work.baseline(home, file).facts["made by this run"]
    assert not work.baseline(home, file).facts["made by this run"]
    shutil.rmtree(kept)
    fill_database(home, NEW)
    result = work.baseline(home, file)
    assert result.record.status == "missing"
    assert "its source holds other rows or columns now" in str(result.record.reason)
    assert [path.name for path in kept.iterdir()] == ["last.json"]
