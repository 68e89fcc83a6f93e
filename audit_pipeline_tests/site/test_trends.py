import re

from audit_pipeline.site.content import Limits
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


def test_limits_are_drawn_where_they_lie_and_told_in_words() -> None:
    limits = Limits(warn=0.3, fail=0.1, lower_is_worse=True)
    page = render_trends(audited("loans", "PPP", series=(course(3, limits=limits),)))

    assert "warns below 30\u00a0%, fails below 10\u00a0%" in page
    heights = dict(re.findall(r'class="limit (\w+)" d="M46,([\d.]+)H', page))
    points = [
        float(y) for y in re.findall(r",([\d.]+)", re.findall(r'"course" d="([^"]+)', page)[0])
    ]
    assert points == [float(heights["fail"]), points[1], float(heights["warn"])]  # 0.1, 0.2, 0.3


def test_where_nothing_is_limited_no_line_is_drawn() -> None:
    page = render_trends(audited("loans", "PPP", series=(course(3),)))

    assert 'class="limit' not in page
    assert "warns" not in page
