"""Windows audited out of order, checks taken out, owners changed: findings tell the truth."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.clock import now
from audit_pipeline.domain.finding import Change, Finding, FindingError, State
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.findings.looking import (
    Wanted,
    finding_and_history,
    findings_wanted,
    waive,
)
from audit_pipeline.store.outbox import ALERTS, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.findings.test_updating import POOR, changes, of_rule

FEBRUARY_1 = date(2024, 2, 1)


def two_months(home: Home, *, january: bool, february: bool, **file: Any) -> None:  # noqa: ANN401 (parts of a file)
    """Write the rows of two months, each with debts or without."""
    parts = []
    for month, debts in ((date(2024, 1, 1), january), (FEBRUARY_1, february)):
        rows = small.people(400, month, seed=month.month)
        income = np.abs(np.array(rows["income"]))
        parts.append(small.changed(rows, income=-income if debts else income))
    small.write_home(home.path, POOR | file, current=pa.concat_tables(parts))


def waiting(home: Home) -> int:
    """Return how many alerts were written."""
    store = Store(home.store_url)
    try:
        return tally(store.engine, ALERTS).waiting
    finally:
        store.close()


def of_debts(home: Home) -> Finding | None:
    """Return the finding of the rule; None if there is none."""
    found = findings_wanted(home, Wanted(states=frozenset(State)))
    return next((each for each in found if each.check.name == "income_is_positive"), None)


def test_an_older_window_opens_nothing_that_a_newer_one_passed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    two_months(home, january=True, february=False)
    small.audit(home, small.FEBRUARY)
    assert of_debts(home) is None
    before = waiting(home)
    audited = small.audit(home, small.JANUARY)
    assert audited.outcome("income_is_positive", "income")["verdict"] == "fail"
    found = of_rule(home)
    assert (found.state, found.since, found.window) == (State.RESOLVED, "2024-01", "2024-02")
    assert changes(home, found.number) == [Change.OPENED, Change.RESOLVED]
    assert waiting(home) <= before + 1  # of what else January opens: one notice at most
    small.audit(home, small.JANUARY, again=True)
    assert changes(home, found.number) == [Change.OPENED, Change.RESOLVED]
    two_months(home, january=True, february=True)
    small.audit(home, small.FEBRUARY)
    assert of_rule(home).state is State.OPEN  # late rows of the newer window say otherwise


def test_an_older_window_resolves_nothing_that_a_newer_one_found(tmp_path: Path) -> None:
    home = Home(tmp_path)
    two_months(home, january=False, february=True)
    small.audit(home, small.FEBRUARY)
    small.audit(home, small.JANUARY)
    found = of_rule(home)
    assert (found.state, found.window) == (State.OPEN, "2024-02")
    assert changes(home, found.number) == [Change.OPENED]


def test_the_owner_of_today_may_not_waive_and_a_check_taken_out_stays_open(tmp_path: Path) -> None:
    home = Home(tmp_path)
    two_months(home, january=True, february=True)
    small.audit(home, small.JANUARY)
    number, day = of_rule(home).number, now().date() + timedelta(days=3)
    two_months(home, january=True, february=True, owner="Eve <eve@example.org>", rules=[])
    for by in ("lending@example.org", "EVE@example.org"):  # of the last audit; by today's file
        with pytest.raises(FindingError, match="somebody else"):
            waive(home, number, by, "known", day)
    small.audit(home, small.FEBRUARY)
    found, history = finding_and_history(home, number)
    assert (found.state, found.owner) == (State.OPEN, "Eve <eve@example.org>")
    assert (found.verdict, found.window) == (Verdict.GAP, "2024-02")
    told = [line.words for line in history]
    assert told[1] == "Eve <eve@example.org> owns it now; before, lending@example.org did"
    assert "no such check any more" in told[2]
    waive(home, number, "lending@example.org", "the rule was wrong", day)


def test_an_audit_that_was_removed_keeps_its_findings_and_one_that_never_was_is_refused(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    two_months(home, january=True, february=True)
    small.audit(home, small.JANUARY)
    (home.audits / "loans.yaml").unlink()
    number = of_rule(home).number
    assert findings_wanted(home, Wanted(audit="loans"))
    waive(home, number, "bob@example.org", "the model is gone", now().date())
    with pytest.raises(FindingError, match="no audit 'loan'; there are: audit-pipeline, loans"):
        findings_wanted(home, Wanted(audit="loan"))
