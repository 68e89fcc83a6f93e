import re

from audit_pipeline.site.trends import render_trends
from audit_pipeline_tests.report.whole_audits import HOSTILE
from audit_pipeline_tests.site.hand_made import audited, course


def test_links_go_from_the_folder_of_the_audit() -> None:
    links = re.findall(r'href="([^"#]+)', render_trends(audited("loans", "PF")))

    assert {"../index.html", "../findings.html", "index.html"} <= set(links)
    assert "2026-02-02/revision-1/report.html" in links
    assert "2026-02-02/revision-1/manifest.json" in links


def test_a_window_without_the_number_is_a_hole_in_the_line_and_a_dash_in_the_table() -> None:
    page = render_trends(
        audited("loans", "PPPP", series=(course(4, values=(0.1, 0.2, None, 0.4)),))
    )

    (drawn,) = re.findall(r'class="course" d="([^"]+)"', page)
    assert drawn.count("M") == 2
    assert drawn.count("L") == 1
    assert "<td>\u2014</td>" in page
    assert "<td>40\u00a0%</td>" in page


def test_numbers_of_few_rows_are_not_told_and_that_is_said() -> None:
    few = course(2, values=(None, None), few=True)
    page = render_trends(audited("loans", "PP", series=(few,)))

    assert "not told of fewer than 10 rows" in page
    assert 'class="picture"' not in page


def test_a_number_that_never_moved_stands_on_zero() -> None:
    page = render_trends(audited("loans", "PPP", series=(course(3, values=(0.0, 0.0, 0.0)),)))

    assert "\u2212" not in page


def test_there_is_no_script_and_hostile_words_stay_text() -> None:
    page = render_trends(audited("loans", "P", title=HOSTILE, purpose=HOSTILE, owner=HOSTILE))

    assert "<script" not in page
    assert "script-src" not in page
    assert "<img" not in page
