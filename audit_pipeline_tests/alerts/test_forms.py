"""What a message says, in every form, and what must never stand in one."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit_pipeline.alerts.forms import message_of
from audit_pipeline.alerts.message import Message, Reports
from audit_pipeline.alerts.notice import Item, Notice, Why, read, together, written
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Finding, Severity, State
from audit_pipeline.domain.prerequisite import ROWS
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline_tests.alerts.made import NOON, finding

HERE = Reports("/srv/home/evidence")
LATE = Check(asset="schedule", name="audited_by_deadline", subject="windows")
HOSTILE = "<script>x</script> @everyone <!channel> *b* [a](http://evil) \u202egnol\nSubject: no"


def item(of: Finding, why: Why = Why.OPENED) -> Item:
    return Item(why=why, finding=of, at=NOON)


def said(*items: Item, reports: Reports = HERE, most: int = 10) -> Message:
    return message_of(Notice(items=items), reports, most)


def test_every_form_says_what_since_when_how_bad_where_and_what_to_do() -> None:
    message = said(item(finding(12)))
    report = "/srv/home/evidence/loans/2026-03-09/revision-1/report.html"
    for form in (message.text, message.markdown, message.html):
        for part in ("population stability index (income_12) failed", "0.31 of at most 0.2"):
            assert part in form
        for part in ("2026-03-17", "lending@example.org", report, "findings show 12", "Mend the"):
            assert part in form
        assert "high" in form.lower()
    assert message.title == "High: loans, population stability index failed: new"


def test_what_many_checks_lacked_is_told_as_what_is_missing() -> None:
    reason = "there is no file at /srv/data/2026-03-09.parquet; 61 checks could not be made"
    lost = finding(check=ROWS, verdict=Verdict.GAP, reason=reason)
    message = said(item(lost))
    assert message.title == "High: loans, rows of the window missing: new"
    for form in (message.text, message.markdown, message.html, message.short):
        assert "rows of the window missing" in form
    assert reason in message.text
    assert "audit-pipeline run loans --window 2026-03-09" in message.text
    there = replace(
        lost, state=State.RESOLVED, verdict=Verdict.PASS, reason="what was missing is there"
    )
    over = said(item(there, Why.RESOLVED))
    assert "rows of the window there again" in over.text
    assert "findings ack" in message.html
    assert "findings ack" not in over.html  # nobody need look after it any more


def test_a_title_says_how_it_ended_and_why_it_is_told() -> None:
    missed = finding(check=LATE, verdict=Verdict.GAP, revision=0)
    title = said(item(missed, Why.REMINDER)).title
    assert title == "High: loans, the audit did not run in time: still open"
    doubt = finding(verdict=Verdict.WARN)
    waited = said(item(doubt, Why.EXPIRED)).title
    assert waited.endswith("stability index is near its limit: its waiver ended")


def test_a_link_is_made_where_reports_are_served() -> None:
    hours = finding(window="2026-10-25T02+0100")
    message = said(item(hours), reports=Reports("https://a.example.org/e/"))
    link = "https://a.example.org/e/loans/2026-10-25T02%2B0100/revision-1/report.html"
    assert f'href="{link}"' in message.html
    assert f"[report]({link})" in message.markdown
    assert link in message.text


def test_a_link_to_the_run_is_made_where_the_file_says_where_dagster_is() -> None:
    hours = finding(window="2026-10-25T02+0100")
    served = Reports("https://a.example.org/e", "https://d.example.org/ui/")
    link = "https://d.example.org/ui/assets/loans/report?view=partitions&partition="
    link += "2026-10-25T02%2B0100"
    message = said(item(hours), reports=served)
    assert f'href="{link}"'.replace("&", "&amp;") in message.html
    assert f"[runs in Dagster]({link})" in message.markdown
    assert f"runs:   {link}" in message.text
    assert "Dagster" not in said(item(hours)).html + said(item(hours)).markdown


def test_where_there_is_room_for_one_link_it_is_one_that_can_be_opened() -> None:
    ui = "https://d.example.org"
    served, local = Reports("https://a.example.org", ui), Reports("/srv/evidence", ui)
    missed = finding(check=LATE, verdict=Verdict.GAP, revision=0)
    page = f"{ui}/assets/loans/report?view=partitions&partition=2026-03-09"
    assert "a.example.org" in said(item(finding()), reports=served).short
    assert page not in said(item(finding()), reports=served).short
    assert page in said(item(finding()), reports=local).short
    assert page in said(item(missed), reports=served).short


def test_what_is_wrong_with_alerts_has_no_run() -> None:
    own = finding(audit="audit-pipeline", revision=0)
    reports = Reports("/srv/evidence", "https://d.example.org")
    assert "d.example.org" not in said(item(own), reports=reports).text


def test_what_stands_in_names_is_text_and_rings_no_bell() -> None:
    check = Check(asset="drift", name="psi", subject=HOSTILE)
    message = said(item(finding(check=check, reason=HOSTILE, owner=HOSTILE)))
    assert "<script" not in message.html
    assert not re.search(r"(?<!\\)\]\(http", message.markdown)
    for form in (message.text, message.markdown, message.html, message.short, message.title):
        assert not re.search(r"@everyone|<!channel>|\u202e|^Subject", form, re.MULTILINE)


def test_a_message_asks_nothing_of_any_network() -> None:
    page = said(item(finding())).html
    assert re.findall(r"https?:|src=|url\(|<script|<link|@import", page) == []


def test_many_findings_are_counted_and_the_worst_are_shown() -> None:
    severities = [Severity.LOW] * 280 + [Severity.CRITICAL] * 20
    found = [finding(n, severity=severity) for n, severity in enumerate(severities, start=1)]
    message = said(*map(item, found), most=5)
    assert "and 295 more; of all that stand: 20 critical, 280 low." in message.text
    assert message.text.count("[CRITICAL]") == 5
    assert "295 more" in message.html
    assert message.severity == "critical"
    assert max(map(len, (message.text, message.markdown, message.html))) < 20_000
    assert len(message.short) < 1000


def test_what_is_resolved_comes_last_and_asks_nothing() -> None:
    over = finding(1, severity=Severity.CRITICAL, state=State.RESOLVED, verdict=Verdict.PASS)
    message = said(item(over, Why.RESOLVED), item(finding(2, severity=Severity.MEDIUM)))
    assert message.text.index("income_2") < message.text.index("income_1")
    assert message.text.startswith("2 findings: 1 new, 1 resolved.")
    alone = said(item(over, Why.RESOLVED))
    assert (alone.title, alone.severity) == ("Resolved: loans, 1 finding", "resolved")
    assert "due" not in alone.text


def test_what_one_cause_takes_is_told_in_one_line_with_the_command_that_mends_it() -> None:
    torn = {"verdict": Verdict.GAP, "reason": "current.parquet is cut short"}
    message = said(*[item(finding(n, **torn)) for n in range(1, 41)], most=3)
    assert message.text.count("current.parquet is cut short") == 1
    for form in (message.text, message.markdown, message.html):
        assert "population stability index (income_1) and 39 more could not be checked" in form
        assert "audit-pipeline run loans --window 2026-03-09" in form
    assert " more; of all that stand" not in message.text
    failed = said(*[item(finding(n)) for n in range(1, 41)], most=3)
    assert "and 37 more" in failed.text  # the same number twice is no cause


def test_of_one_audit_report_owner_and_advice_are_told_once() -> None:
    later = finding(2, window="2026-03-10", start=NOON)
    message = said(item(finding(1)), item(later), reports=Reports("https://a.example.org"))
    assert message.html.count('href="') == 1
    for form in (message.text, message.markdown, message.html):
        assert "https://a.example.org/loans/2026-03-10/revision-1/report.html" in form  # the newest
        assert form.count("lending@example.org") == form.count("Mend the cause") == 1


def test_a_title_names_up_to_two_audits_and_counts_what_stands() -> None:
    found = [item(finding(n, audit=name)) for n, name in enumerate(("loans", "cards", "cards"))]
    over = item(finding(9, audit="fraud"), Why.RESOLVED)
    assert said(*found, over).title == "High: loans and cards, 3 findings, 1 resolved"


def test_an_audit_that_did_not_run_is_told_with_the_commands_that_say_why_and_run_it() -> None:
    text = said(item(finding(check=LATE, verdict=Verdict.GAP, revision=0))).text
    assert "the audit did not run in time" in text
    assert "audit-pipeline health" in text
    assert "audit-pipeline run loans --from 2026-03-09" in text
    assert "report:" not in text


def test_several_notices_tell_the_last_of_each_finding() -> None:
    first = Notice(items=(item(finding(1)), item(finding(2))))
    second = Notice(items=(item(finding(2), Why.WORSENED),), instead_of="ALERTS_PAGER")
    both = together([first, second])
    assert [(i.finding.number, i.why) for i in both.items] == [(1, Why.OPENED), (2, Why.WORSENED)]
    message = message_of(both, HERE, 10)
    assert "because ALERTS_PAGER does not answer" in message.html


def test_a_notice_is_read_as_it_was_written() -> None:
    notice = Notice(items=(item(finding(until=datetime(2026, 3, 1, tzinfo=UTC).date())),))
    assert read(written(notice)) == notice


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_words(verdict: Verdict) -> None:
    assert said(item(finding(verdict=verdict))).text
