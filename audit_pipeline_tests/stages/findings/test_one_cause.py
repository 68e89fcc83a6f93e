"""What one thing keeps from being checked is one finding, which ends when it is there again."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Change, Finding, State
from audit_pipeline.domain.finding_changes import UNASKED
from audit_pipeline.domain.prerequisite import (
    BASELINE,
    CHECKS,
    LABELS,
    ROWS,
    column,
    results_of,
)
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.stages import measuring, work
from audit_pipeline.stages.findings.looking import Wanted, findings_wanted
from audit_pipeline.stages.missing import MissingError
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.findings.test_updating import POOR, changes

SOURCE = "current.parquet"


def known(home: Home) -> dict[Check, Finding]:
    """Return all findings of a home, settled ones too, by their cause."""
    return {each.check: each for each in findings_wanted(home, Wanted(states=frozenset(State)))}


def standing(home: Home) -> set[Check]:
    """Return the causes of what is to be dealt with and is no doubt of too little data."""
    found = findings_wanted(home, Wanted())
    return {each.check for each in found if each.verdict is not Verdict.INCONCLUSIVE}


def gaps(audited: small.Audited, lacks: Check) -> int:
    """Return how many outcomes of an audit lack one thing."""
    return sum(o["lacks"] is not None and Check(**o["lacks"]) == lacks for o in audited.outcomes)


def test_a_file_that_did_not_come_is_one_finding_until_it_is_there(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    (tmp_path / SOURCE).unlink()
    audited = small.audit(home)
    (found,) = known(home).values()
    assert (found.check, found.verdict, found.severity) == (ROWS, Verdict.GAP, "critical")
    assert gaps(audited, ROWS) == len(audited.outcomes) > 50
    assert found.reason.endswith(f"; {len(audited.outcomes)} checks could not be made")
    assert "there is no file" in found.reason
    assert "<b>Rows of the window</b><span" in audited.report
    small.audit(home, again=True)
    small.write_home(tmp_path, POOR, current=small.people())
    small.audit(home)
    assert ROWS not in standing(home)
    assert changes(home, found.number) == [Change.OPENED, Change.CONTINUED, Change.RESOLVED]
    assert known(home)[ROWS].reason == "what was missing is there"


def test_a_window_without_rows_is_the_same_cause_as_a_missing_file(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    small.audit(home, "2024-07")
    assert set(known(home)) == {ROWS}
    (tmp_path / SOURCE).unlink()
    small.audit(home, "2024-08")
    (found,) = known(home).values()
    assert (found.since, found.window) == ("2024-07", "2024-08")


@pytest.mark.parametrize(
    ("without", "lacking"), [("income", column("income")), ("repaid", column("repaid"))]
)
def test_a_column_that_is_gone_is_one_finding(tmp_path: Path, without: str, lacking: Check) -> None:
    rows = small.people()
    home = small.write_home(tmp_path, POOR, current=small.changed(rows, **{without: None}))
    audited = small.audit(home)
    assert standing(home) == {lacking}
    assert gaps(audited, lacking) > 5
    small.write_home(tmp_path, POOR, current=rows)
    small.audit(home)
    assert known(home)[lacking].state is State.RESOLVED


def test_labels_that_are_not_there_yet_are_one_finding(tmp_path: Path) -> None:
    rows = small.people()
    unlabelled = small.changed(rows, repaid=pa.nulls(len(rows), pa.int64()))
    home = small.write_home(tmp_path, POOR, current=unlabelled)
    audited = small.audit(home)
    assert gaps(audited, LABELS) > 5
    of_labels = {check for check in standing(home) if check.asset == "performance"}
    assert of_labels == set()
    assert LABELS in standing(home)
    small.write_home(tmp_path, POOR, current=rows)
    small.audit(home)
    assert known(home)[LABELS].state is State.RESOLVED


def test_a_baseline_that_is_gone_is_one_finding(tmp_path: Path) -> None:
    rows = small.people(400, date(2023, 12, 1), seed=0)
    home = small.write_home(tmp_path, POOR, baseline=rows)
    (tmp_path / "baseline.parquet").rename(tmp_path / "elsewhere.parquet")
    audited = small.audit(home)
    assert standing(home) == {BASELINE}
    assert gaps(audited, BASELINE) > 5
    (tmp_path / "elsewhere.parquet").rename(tmp_path / "baseline.parquet")
    small.audit(home, again=True)
    assert known(home)[BASELINE].state is State.RESOLVED


def test_what_failed_before_goes_on_and_what_was_settled_stays_so(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    _write(tmp_path, debts=True)
    small.audit(home)
    rule = next(each for each in known(home).values() if each.check.name == "income_is_positive")
    (tmp_path / SOURCE).unlink()
    small.audit(home, small.FEBRUARY)
    failing = known(home)[rule.check]
    # nobody mended it, and nobody could look: it is neither settled nor worse
    assert (failing.state, failing.verdict) == (State.OPEN, Verdict.FAIL)
    assert (failing.window, changes(home, failing.number)) == (small.JANUARY, [Change.OPENED])
    assert known(home)[ROWS].state is State.OPEN
    _write(tmp_path, debts=False, month=date(2024, 3, 1))
    small.audit(home, "2024-03")
    assert known(home)[rule.check].state is State.RESOLVED
    (tmp_path / SOURCE).unlink()
    small.audit(home, "2024-04")
    assert known(home)[rule.check].state is State.RESOLVED  # what is missing is no new debt
    assert changes(home, known(home)[ROWS].number)[-1] is Change.REOPENED


def test_of_what_is_read_from_rows_nothing_is_told_without_them(tmp_path: Path) -> None:
    rows = small.people()
    home = small.write_home(tmp_path, POOR, current=small.changed(rows, income=None))
    small.audit(home)
    (tmp_path / SOURCE).unlink()
    small.audit(home, small.FEBRUARY)
    found = known(home)[column("income")]
    assert (found.state, found.window) == (State.OPEN, small.JANUARY)
    assert changes(home, found.number) == [Change.OPENED]


def test_who_takes_out_all_checks_of_a_lost_column_does_not_settle_it(tmp_path: Path) -> None:
    rows = small.changed(small.people(), income=None)
    home = small.write_home(tmp_path, POOR, current=rows)
    small.audit(home)
    columns = small.settings()["columns"]
    without = {k: v for k, v in columns["features"].items() if k != "income"}
    small.write_audit(tmp_path, POOR | {"rules": [], "columns": columns | {"features": without}})
    small.audit(home)
    found = known(home)[column("income")]
    assert (found.state, found.reason) == (State.OPEN, UNASKED)


def test_a_stage_that_broke_is_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = small.write_home(tmp_path, POOR)

    def broken(*_: Any) -> None:  # noqa: ANN401 (whatever it is asked)
        raise MissingError("the rules' process did not answer")

    with monkeypatch.context() as patch:
        patch.setattr("audit_pipeline.stages.validate.ask_rules", broken)
        patch.setattr("audit_pipeline.stages.validate.take", lambda _stage, _place, work: work())
        small.audit(home)
    rules = results_of("rule_results")
    assert known(home)[rules].reason == (
        "the rules could not be run: the rules' process did not answer"
    )
    small.audit(home, again=True)
    assert known(home)[rules].state is State.RESOLVED


def test_an_older_window_that_has_no_rows_opens_nothing_once_a_newer_one_has(
    tmp_path: Path,
) -> None:
    home = small.write_home(tmp_path, POOR, current=small.people(400, date(2024, 2, 1)))
    small.audit(home, small.FEBRUARY)
    small.audit(home, small.JANUARY)
    found = known(home)[ROWS]
    assert (found.state, found.since, found.window) == (State.RESOLVED, "2024-01", "2024-02")
    assert changes(home, found.number) == [Change.OPENED, Change.RESOLVED]


def test_a_process_that_died_leaves_one_finding_not_one_for_each_stage(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    run = small.begin(home)
    small.make_baseline(home, run.file)
    taken = work.snapshot(run)
    work.profile(run)
    work.rules(run)
    small.finish(run, taken)
    assert standing(home) == {results_of("drift")}
    assert known(home)[results_of("drift")].reason.startswith(
        "the process ended before this stage did; "
    )


def test_what_another_thing_hides_is_not_said_to_be_asked_no_more(tmp_path: Path) -> None:
    rows = small.people()
    unlabelled = small.changed(rows, repaid=pa.nulls(len(rows), pa.int64()))
    home = small.write_home(tmp_path, POOR, current=unlabelled)
    small.audit(home)
    small.write_home(tmp_path, POOR, current=small.changed(rows, repaid=None))
    small.audit(home)
    found = known(home)[LABELS]
    assert (found.state, found.reason.partition(";")[0]) == (State.OPEN, "no row has a label yet")
    small.write_home(tmp_path, POOR, current=rows)
    small.audit(home)
    assert {known(home)[each].state for each in (LABELS, column("repaid"))} == {State.RESOLVED}


def test_a_stage_that_broke_is_there_again_though_one_of_its_metrics_crashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small.write_home(tmp_path, POOR)
    run = small.begin(home)
    small.make_baseline(home, run.file)
    taken = work.snapshot(run)
    work.profile(run)
    small.finish(run, taken)
    rules = results_of("rule_results")
    assert known(home)[rules].state is State.OPEN
    judged = measuring._judged

    def broken(evidence: Any, check: Check, *others: Any) -> Any:  # noqa: ANN401 (as it is)
        if check == Check(asset="rule_results", name="missing_share", subject="income"):
            raise RuntimeError("it broke")
        return judged(evidence, check, *others)

    monkeypatch.setattr(measuring, "_judged", broken)
    small.audit(home, again=True)
    assert known(home)[rules].state is State.RESOLVED
    assert [each.name for each in standing(home)] == ["missing_share"]


def test_an_audit_that_asks_nothing_has_a_finding_until_it_asks(tmp_path: Path) -> None:
    nothing = {name: {"skip": True, "reason": "of a trial", "set_by": "Ann"} for name in METRICS}
    home = small.write_home(tmp_path, small.settings(limits=nothing))
    audited = small.audit(home)
    assert (audited.verdict, set(known(home))) == ("gap", {CHECKS})
    assert audited.tells("the audit asks nothing")
    small.write_audit(tmp_path, POOR)
    small.audit(home, again=True)
    assert known(home)[CHECKS].state is State.RESOLVED


def test_rules_name_the_cause_as_metrics_do(tmp_path: Path) -> None:
    pair = {
        "expect": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {"column_A": "score", "column_B": "income"},
        "name": "a_pair",
    }
    settings = POOR | {"rules": [pair]}
    rows = small.changed(small.people(), income=None)
    home = small.write_home(tmp_path, settings, current=rows)
    lacks = small.audit(home).outcome("a_pair", "score, income")["lacks"]
    assert Check(**lacks) == column("income")
    assert known(home)[column("income")].reason.startswith("the column 'income' is missing; ")
    small.audit(home, small.FEBRUARY)
    assert known(home)[ROWS].reason.startswith("the window has no rows; the source has 1,500; ")


def _write(folder: Path, *, debts: bool, month: date = date(2024, 1, 1)) -> None:
    rows = small.people(400, month)
    income = np.abs(np.array(rows["income"]))
    small.write_home(folder, POOR, current=small.changed(rows, income=-income if debts else income))
