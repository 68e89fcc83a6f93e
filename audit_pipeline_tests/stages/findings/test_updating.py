from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.clock import now
from audit_pipeline.domain.finding import Change, Finding, FindingError, State
from audit_pipeline.stages.findings.looking import (
    Wanted,
    acknowledge,
    finding_and_history,
    findings_wanted,
    waive,
)
from audit_pipeline_tests.stages import small

ALL = frozenset(State)
POOR = small.settings(
    rules=[
        {
            "expect": "expect_column_values_to_be_between",
            "kwargs": {"column": "income", "min_value": 0},
            "name": "income_is_positive",
        }
    ]
)


def of_rule(home: Home) -> Finding:
    """Return the finding of the one rule."""
    found = findings_wanted(home, Wanted(states=ALL))
    return next(each for each in found if each.check.name == "income_is_positive")


def changes(home: Home, number: int) -> list[Change]:
    """Return what happened to a finding, the oldest first."""
    return [line.change for line in finding_and_history(home, number)[1]]


def with_debts(home: Home, *, debts: bool) -> None:
    """Write the rows anew, with or without negative incomes."""
    rows = small.people()
    income = np.array(rows["income"])
    small.write_home(
        home.path, POOR, current=small.changed(rows, income=-income if debts else income)
    )


def test_every_check_that_did_not_pass_is_one_finding(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    audited = small.audit(home)
    failed = {
        (o["check"]["name"], o["check"]["subject"])
        for o in audited.outcomes
        if o["verdict"] != "pass"
    }
    found = findings_wanted(home, Wanted())
    assert {(each.check.name, each.check.subject) for each in found} == failed
    assert {each.owner for each in found} == {"lending@example.org"}
    assert all(each.since == small.JANUARY for each in found)


def test_a_finding_opens_continues_is_acknowledged_and_resolved(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    with_debts(home, debts=True)
    small.audit(home)
    first = of_rule(home)
    assert (first.state, first.severity) == (State.OPEN, "critical")  # of an audit of high risk
    assert first.due == first.opened.date() + timedelta(days=2)
    acknowledge(home, first.number, "bob@example.org", "asked the source")
    small.audit(home, again=True)
    assert of_rule(home).state is State.ACKNOWLEDGED
    with_debts(home, debts=False)
    small.audit(home)
    after = of_rule(home)
    assert (after.number, after.state, after.revision) == (first.number, State.RESOLVED, 3)
    told = [Change.OPENED, Change.ACKNOWLEDGED, Change.CONTINUED, Change.RESOLVED]
    assert changes(home, first.number) == told


def test_a_waiver_holds_until_its_day_and_the_finding_opens_again(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    with_debts(home, debts=True)
    small.audit(home)
    number, day = of_rule(home).number, now().date() + timedelta(days=3)
    with pytest.raises(FindingError, match="somebody else"):
        waive(home, number, "lending@example.org", "known", day)
    waive(home, number, "bob@example.org", "known at the source", day)
    assert number not in {each.number for each in findings_wanted(home, Wanted())}
    later = now() + timedelta(days=4)
    with clock.told_by(lambda: later):
        assert number in {each.number for each in findings_wanted(home, Wanted())}
    assert changes(home, number)[-1] is Change.EXPIRED


def test_due_days_are_the_audit_files(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR | {"findings": {"due_days": {"critical": 0}}})
    with_debts(home, debts=True)
    small.write_audit(tmp_path, POOR | {"findings": {"due_days": {"critical": 0}}})
    small.audit(home)
    assert of_rule(home).due == now().date()


def test_another_policy_is_no_reason_to_audit_again(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    small.audit(home)
    small.write_audit(tmp_path, POOR | {"findings": {"due_days": {"low": 1}}})
    assert small.begin(home).audit.findings.due_days.low == 1
    assert small.audit(home).state == "already_audited"


def test_a_number_that_is_none_is_refused_with_advice(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, POOR)
    with pytest.raises(FindingError, match="there is no finding 7: audit-pipeline findings list"):
        finding_and_history(home, 7)
    with pytest.raises(FindingError, match="there is no finding 7"):
        waive(home, 7, "bob", "known", date(2999, 1, 1))
