import re

from audit_pipeline.domain.finding import Severity
from audit_pipeline.site.board import render_board
from audit_pipeline.site.content import Broken, Due
from audit_pipeline_tests.report.whole_audits import HOSTILE
from audit_pipeline_tests.site.hand_made import NOW, audited, site, told


def rows(page: str) -> list[str]:
    return re.findall(r'<tr class="row.*?</tr>', page, re.DOTALL)


def test_the_audits_that_need_somebody_come_first_and_of_those_the_late() -> None:
    late = audited("zebra", "P", due=Due.LATE, missed=2)
    page = render_board(
        site(audited("a", "FP"), audited("b", "PF"), late, audited("c", ""), audited("d", "W"))
    )

    assert re.findall(r"<b>(\w+)</b>", page.partition("<tbody>")[2]) == [
        "B",
        "Zebra",
        "D",
        "A",
        "C",
    ]
    assert "never audited" in rows(page)[-1]


def test_a_row_says_the_verdict_since_when_and_where_the_report_is() -> None:
    (row,) = rows(render_board(site(audited("loans", "PFF"))))

    assert '<a href="loans/2026-02-03/revision-1/report.html">2026-02-03</a>, 2 in a row' in row
    assert "made 2026-03-10 07:00" in row
    assert "<title>2026-02-01: Pass</title>" in row
    assert 'aria-label="The last 3 audited windows: 2 Fail, 1 Pass"' in row
    assert "Accuracy 30\u00a0%" in row


def test_open_findings_are_counted_by_severity_and_overdue_ones_are_named() -> None:
    findings = (
        told(1, severity=Severity.CRITICAL, due=NOW.date()),
        told(2, severity=Severity.LOW, due=NOW.date().replace(day=9)),
    )
    page = render_board(site(audited("loans"), findings=findings))

    assert "1 critical, 1 low; <b>1 overdue</b>." in page
    assert '<b>1</b> critical</span><span class="many-of s-low"><b>1</b> low' in rows(page)[0]


def test_late_paused_ended_and_by_hand_are_said() -> None:
    late = audited("a", due=Due.LATE, missed=3)
    paused = audited("b", due=Due.PAUSED, paused="the source moves")
    over = audited("c", due=Due.OVER, next_window=None, next_end=None)
    by_hand = audited("d", due=Due.BY_HAND)
    found = rows(render_board(site(late, paused, over, by_hand)))

    assert '<b class="late">late</b> 2026-03-10<span class="sub">ended' in found[0]
    assert "and 2 since" in found[0]
    assert "<b>paused</b>: the source moves" in found[1]
    assert "none: it has ended" in found[2]
    assert "started by hand" in found[3]


def test_broken_files_are_named_with_their_reasons() -> None:
    broken = Broken(file="wrong.yaml", why="wrong.yaml:3: risk: found 'big'\nwrong.yaml:4: more")
    page = render_board(site(audited("loans"), broken=(broken,)))

    assert "1 audit file cannot be read, so nothing of it is audited" in page
    assert "wrong.yaml:3: risk: found &#39;big&#39;</span>" in page


def test_a_home_without_audits_says_what_to_do() -> None:
    assert "<code>audit-pipeline init</code>" in render_board(site())


def test_hostile_names_stay_text_and_the_only_script_is_ours() -> None:
    h = HOSTILE
    audit = audited("loans", title=h, purpose=h, owner=h, paused=h, next_window=h)
    page = render_board(site(audit, broken=(Broken(file=h, why=h),)))

    assert page.count("<script") == 1
    assert "<img" not in page
    assert "default-src 'none'" in page.replace("&#39;", "'")
    assert not re.findall(r'(?:href|src)="[^"]*//', page)


def test_a_thousand_audits_are_small_enough_to_open() -> None:
    page = render_board(site(*(audited(f"audit_{n}", "PWFGI" * 4) for n in range(1000))))

    assert len(rows(page)) == 1000
    assert len(page.encode()) < 3_500_000
