from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import (
    Change,
    Finding,
    FindingError,
    Severity,
    Sighting,
    State,
    severity_of,
)
from audit_pipeline.domain.finding_answers import acknowledged, expired, owned, waived
from audit_pipeline.domain.finding_changes import opened, seen, unasked
from audit_pipeline.domain.verdict import Verdict

CHECK = Check(asset="drift", name="population_stability_index", subject="income")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DUE = date(2026, 3, 9)


def sighting(day: int = 0, verdict: Verdict = Verdict.FAIL, revision: int = 1) -> Sighting:
    """Return what became of the check on a day after Monday."""
    start = MONDAY + timedelta(days=day)
    return Sighting(
        audit="loans",
        check=CHECK,
        window=f"{start:%Y-%m-%d}",
        start=start,
        revision=revision,
        verdict=verdict,
        required=True,
        reason="the value 0.4 is above the failure limit 0.2",
        at=start + timedelta(days=1, hours=2),
    )


def a_finding(severity: Severity = Severity.HIGH) -> Finding:
    """Return a finding opened on Monday."""
    return opened(1, sighting(), "ann@example.org", severity, DUE)[0]


def test_a_failure_on_the_next_night_continues_the_same_finding() -> None:
    after, happened = seen(a_finding(), sighting(1), Severity.HIGH, date(2026, 3, 10))
    assert happened is not None
    assert happened.change is Change.CONTINUED
    assert (after.number, after.since, after.window) == (1, "2026-03-02", "2026-03-03")
    assert after.due == DUE  # another night gives no more time


def test_only_an_audit_that_passes_resolves_it() -> None:
    for verdict in (Verdict.WARN, Verdict.GAP, Verdict.INCONCLUSIVE):
        after, _ = seen(a_finding(), sighting(1, verdict), Severity.MEDIUM, DUE)
        assert after.state is State.OPEN
    after, happened = seen(a_finding(), sighting(1, Verdict.PASS), Severity.LOW, DUE)
    assert after.state is State.RESOLVED
    assert happened is not None
    assert happened.change is Change.RESOLVED


def test_a_pass_of_an_earlier_window_resolves_nothing() -> None:
    late = opened(1, sighting(5), "ann@example.org", Severity.HIGH, DUE)[0]
    assert seen(late, sighting(2, Verdict.PASS), Severity.LOW, DUE) == (late, None)


def test_a_new_revision_of_the_same_window_counts_and_an_old_one_does_not() -> None:
    second = opened(1, sighting(revision=2), "ann@example.org", Severity.HIGH, DUE)[0]
    assert seen(second, sighting(verdict=Verdict.PASS), Severity.LOW, DUE) == (second, None)
    third = sighting(verdict=Verdict.PASS, revision=3)
    assert seen(second, third, Severity.LOW, DUE)[0].state is State.RESOLVED


def test_what_comes_back_is_the_same_finding_opened_again() -> None:
    resolved, _ = seen(a_finding(), sighting(1, Verdict.PASS), Severity.LOW, DUE)
    later = date(2026, 3, 12)
    after, happened = seen(resolved, sighting(3), Severity.CRITICAL, later)
    assert happened is not None
    assert happened.change is Change.REOPENED
    assert (after.number, after.state, after.since) == (1, State.OPEN, "2026-03-05")
    assert (after.severity, after.due) == (Severity.CRITICAL, later)


def test_worse_is_said_and_is_due_sooner() -> None:
    sooner = DUE - timedelta(days=3)
    after, happened = seen(a_finding(), sighting(1), Severity.CRITICAL, sooner)
    assert happened is not None
    assert happened.change is Change.WORSENED
    assert after.due == sooner
    after, happened = seen(a_finding(), sighting(1, Verdict.WARN), Severity.LOW, DUE)
    assert happened is not None
    assert happened.change is Change.EASED


def test_an_acknowledged_finding_stays_so_until_it_passes() -> None:
    mine, happened = acknowledged(a_finding(), "bob", "retraining", MONDAY)
    assert (mine.state, happened.by) == (State.ACKNOWLEDGED, "bob")
    assert seen(mine, sighting(1), Severity.HIGH, DUE)[0].state is State.ACKNOWLEDGED
    with pytest.raises(FindingError, match="finding 1 is resolved"):
        acknowledged(replace(mine, state=State.RESOLVED), "bob", "", MONDAY)


def test_a_waiver_is_by_another_than_the_owner_with_a_reason_for_days_to_come() -> None:
    day = MONDAY.date() + timedelta(days=10)
    after, happened = waived(a_finding(), "bob", "known at the source", day, MONDAY)
    assert (after.state, after.until, after.stands) == (State.WAIVED, day, False)
    assert happened.words == "until 2026-03-12: known at the source"
    with pytest.raises(FindingError, match="somebody else must answer"):
        waived(a_finding(), " Ann@Example.org ", "known", day, MONDAY)
    with pytest.raises(FindingError, match="is past"):
        waived(a_finding(), "bob", "known", MONDAY.date() - timedelta(days=1), MONDAY)
    with pytest.raises(FindingError, match="needs a reason"):
        waived(a_finding(), "bob", "  ", day, MONDAY)


@pytest.mark.parametrize("by", ["", " \u200b", "audit-pipeline", " Audit-Pipeline "])
def test_nobody_and_we_ourselves_answer_for_nothing(by: str) -> None:
    with pytest.raises(FindingError, match="say who you are"):
        acknowledged(a_finding(), by, "seen", MONDAY)
    with pytest.raises(FindingError, match="say who you are"):
        waived(a_finding(), by, "known", MONDAY.date(), MONDAY)


def test_a_waiver_without_an_end_in_sight_is_none() -> None:
    waived(a_finding(), "bob", "known", MONDAY.date(), MONDAY)  # today is the last day that may be
    for day in (date(9999, 12, 31), MONDAY.date() + timedelta(days=367)):
        with pytest.raises(FindingError, match="within 366 days, by 2027-03-03"):
            waived(a_finding(), "bob", "known", day, MONDAY)


def test_the_day_of_a_waiver_is_that_of_utc_wherever_it_is_asked() -> None:
    evening = datetime(2026, 3, 1, 20, tzinfo=timezone(timedelta(hours=-8)))  # in UTC the 2nd
    with pytest.raises(FindingError, match="2026-03-01 is past, in UTC it is 2026-03-02"):
        waived(a_finding(), "bob", "known", date(2026, 3, 1), evening)
    quiet, _ = waived(a_finding(), "bob", "known", date(2026, 3, 2), evening)
    assert expired(quiet, evening) is None
    assert expired(quiet, evening + timedelta(hours=20)) is not None


def test_a_check_that_was_taken_out_is_said_once_and_resolves_nothing() -> None:
    done = unasked(a_finding(), sighting(1, Verdict.PASS))
    assert done is not None
    gone, line = done
    assert (gone.state, gone.verdict, gone.window) == (State.OPEN, Verdict.GAP, "2026-03-03")
    assert line.change is Change.CONTINUED
    assert "no such check any more" in line.words
    assert unasked(gone, sighting(2)) is None
    assert unasked(a_finding(), sighting(-1)) is None  # an older window tells nothing
    back, _ = seen(gone, sighting(3, Verdict.PASS), Severity.LOW, DUE)
    assert back.state is State.RESOLVED
    assert unasked(back, sighting(4)) is None


def test_a_new_owner_is_written_down() -> None:
    done = owned(a_finding(), "eve@example.org", MONDAY)
    assert done is not None
    assert done[0].owner == "eve@example.org"
    assert done[1].words == "eve@example.org owns it now; before, ann@example.org did"
    assert owned(a_finding(), "ann@example.org", MONDAY) is None


def test_a_waiver_ends_after_its_last_day_and_the_finding_opens_again() -> None:
    day = MONDAY.date() + timedelta(days=1)
    quiet, _ = waived(a_finding(), "bob", "known", day, MONDAY)
    assert expired(quiet, datetime(2026, 3, 3, 23, 59, tzinfo=UTC)) is None
    done = expired(quiet, datetime(2026, 3, 4, tzinfo=UTC))
    assert done is not None
    assert (done[0].state, done[0].until, done[1].change) == (State.OPEN, None, Change.EXPIRED)


def test_a_waived_finding_is_still_looked_at_and_may_pass() -> None:
    day = MONDAY.date() + timedelta(days=9)
    quiet, _ = waived(a_finding(), "bob", "known", day, MONDAY)
    assert seen(quiet, sighting(1), Severity.HIGH, DUE)[0].state is State.WAIVED
    assert seen(quiet, sighting(1, Verdict.PASS), Severity.LOW, DUE)[0].state is State.RESOLVED


@pytest.mark.parametrize(
    ("verdict", "risk", "severity"),
    [
        (Verdict.FAIL, "high", "critical"),
        (Verdict.GAP, "high", "critical"),
        (Verdict.WARN, "high", "high"),
        (Verdict.FAIL, "medium", "high"),
        (Verdict.WARN, "medium", "medium"),
        (Verdict.FAIL, "low", "medium"),
        (Verdict.WARN, "low", "low"),
        (Verdict.INCONCLUSIVE, "high", "low"),
    ],
)
def test_severity_is_of_verdict_and_risk(verdict: Verdict, risk: str, severity: str) -> None:
    assert severity_of(verdict, risk) == severity  # type: ignore[arg-type]  # one of the three


def test_what_nobody_requires_is_low() -> None:
    assert severity_of(Verdict.GAP, "high", required=False) is Severity.LOW
