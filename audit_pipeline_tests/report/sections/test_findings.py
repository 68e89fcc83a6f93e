import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.clock import now
from audit_pipeline.stages.findings.looking import Wanted, acknowledge, findings_wanted, waive
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.findings.test_updating import POOR, of_rule, with_debts


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose one rule failed."""
    home = small.write_home(tmp_path_factory.mktemp("poor"), POOR)
    with_debts(home, debts=True)
    return home


def section(report: str) -> str:
    """Return what stands under the heading of findings."""
    return report.partition('id="h-findings"')[2].partition("</section>")[0]


def test_a_new_finding_is_shown_with_severity_owner_and_due_day(poor: Home) -> None:
    told = section(small.audit(poor).report)
    found = of_rule(poor)
    assert "Income is positive" in told
    assert "critical" in told
    assert "lending@example.org" in told
    assert str(found.due) in told
    assert "gets its number when this audit is sealed" in told


def test_what_people_said_of_it_is_shown_in_the_next_report(poor: Home) -> None:
    small.audit(poor)
    findings = findings_wanted(poor, Wanted())
    other = next(each for each in findings if each.number != of_rule(poor).number)
    acknowledge(poor, of_rule(poor).number, "bob", "asked")
    waive(poor, other.number, "bob", "known", now().date())
    told = section(small.audit(poor, again=True).report)
    assert "acknowledged" in told
    assert f"finding {of_rule(poor).number}" in told
    assert "<h3>Waived</h3>" in told


def test_what_the_audit_resolves_is_said(poor: Home) -> None:
    small.audit(poor)
    with_debts(poor, debts=False)
    told = section(small.audit(poor).report)
    assert "Resolved by this audit (" in told
    assert "Income is positive" in told.partition("Resolved by this audit")[2]
