from dataclasses import replace
from datetime import date

from audit_pipeline.domain.finding import State
from audit_pipeline.site import findings
from audit_pipeline.site.findings import render_findings
from audit_pipeline_tests.report.whole_audits import HOSTILE
from audit_pipeline_tests.site.hand_made import audited, site, told


def test_a_finding_says_what_since_when_by_when_whose_and_where() -> None:
    page = render_findings(site(audited("loans"), findings=(told(7),)))

    for words in (
        "<b>Population stability index of income</b>",
        'in <a href="loans/trends.html">Loans</a>',
        "the value 0.31 is above the failure limit 0.25",
        "3 days ago",
        "2026-03-17",
        "finding 7",
        "lending@example.org",
        'href="loans/2026-02-03/revision-1/report.html">report of 2026-02-03</a>',
    ):
        assert words in page
    assert "overdue" not in page.partition("<main>")[2]


def test_overdue_is_said_in_words_and_can_be_asked_for() -> None:
    page = render_findings(site(findings=(told(1, due=date(2026, 3, 9)), told(2))))

    assert '<span class="sub overdue">overdue</span>' in page
    assert 'id="only-overdue"> overdue (1)' in page


def test_waived_findings_stand_apart_with_who_answers_and_why() -> None:
    waived = told(3, state=State.WAIVED, until=date(2026, 4, 1))
    waived = replace(waived, waived_by="bob@example.org", waived_because="known at the source")
    page = render_findings(site(findings=(waived,)))

    assert "Nothing is left to be settled." in page
    _, _, below = page.partition("<h2>Waived</h2>")
    for words in ("2026-04-01", "bob@example.org", "known at the source"):
        assert words in below


def test_of_very_many_the_worst_are_there_and_the_others_are_counted() -> None:
    many = tuple(told(n) for n in range(findings.MOST + 5))
    page = render_findings(site(findings=many))

    assert page.count('<tr class="row') == findings.MOST
    assert "And 5 less severe ones" in page


def test_hostile_words_stay_text() -> None:
    hostile = replace(told(1, reason=HOSTILE, owner=HOSTILE, since=HOSTILE), title=HOSTILE)
    page = render_findings(site(findings=(hostile,)))

    assert page.count("<script") == 1
    assert "<img" not in page


def test_a_finding_of_an_audit_that_has_no_page_leads_to_none() -> None:
    page = render_findings(site(audited("late", ""), findings=(told(7, "late"), told(8, "gone"))))

    assert "trends.html" not in page
    assert "in Gone</span>" in page
