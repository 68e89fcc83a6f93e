import re
from dataclasses import replace

import pytest

from audit_pipeline.domain.comparison import compare
from audit_pipeline.domain.measurement import Coverage
from audit_pipeline.domain.record import PastVerdict, VersionRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window
from audit_pipeline.report.base import Before
from audit_pipeline.report.page import render
from audit_pipeline.report.sections.changes import write_changes
from audit_pipeline_tests.report.hand_made import outcome, record, report, snapshot, words
from audit_pipeline_tests.report.whole_audits import HOSTILE

OLD = VersionRecord(rows=700, place=1, first="2018-01-01", last="2018-06-30")
NEW = VersionRecord(rows=800, place=2, first="2018-07-01", last="2018-12-31")
PASS, WARN, FAIL, GAP = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.GAP


def revised(before: object, after: object, **parts: object) -> str:
    """Return the section of a second revision, in words."""
    comparison = compare(before, after)  # type: ignore[arg-type] # records of the test
    return words(write_changes(report(before=Before(since_revision=comparison), **parts)))


def test_an_audit_that_nothing_came_before_has_no_such_section() -> None:
    assert write_changes(report()) is None
    assert write_changes(report(before=Before())) is None
    assert write_changes(report(snapshot=snapshot(versions={"v1": OLD}))) is None
    assert write_changes(report(snapshot=None)) is None


def test_what_changed_besides_the_data_is_said_in_sentences_without_markup() -> None:
    html = write_changes(report(changes=("the model <changed>", "The baseline is another.")))

    assert html is not None
    assert "<li>The model &lt;changed&gt;.</li>\n<li>The baseline is another.</li>" in html
    assert "<table" not in html


def test_versions_stand_in_the_order_they_appeared() -> None:
    html = words(write_changes(report(snapshot=snapshot(versions={"a": NEW, "b": OLD}))))

    assert html.index('<th scope="row">b</th>') < html.index('<th scope="row">a</th>')
    assert '<td class="n">700</td><td>2018-01-01</td><td>2018-06-30</td>' in html


def test_versions_of_few_rows_are_counted_as_few() -> None:
    few = VersionRecord(rows=3, place=2, together=2)
    versions = {"v1": OLD, "2 further versions": few}
    html = words(write_changes(report(snapshot=snapshot(versions=versions))))

    assert '<td class="n">&lt; 10</td>' in html
    assert '<td class="n">withheld</td>' in html


def test_late_labels_are_said_with_the_rows_before_and_after() -> None:
    html = revised(
        record(
            outcome(
                asset="performance", name="accuracy", subject="all rows", verdict=GAP, value=None
            ),
            verdict=GAP,
            snapshot=snapshot(labelled=0),
        ),
        record(
            outcome(asset="performance", name="accuracy", subject="all rows", value=0.75),
            revision=2,
            snapshot=snapshot(labelled=69126, fingerprint="8" * 64),
        ),
    )

    assert "What changed since revision 1" in html
    assert "labels came late" in html
    assert "<td>0</td><td>69,126 (100 %) <b>changed</b>" in html
    assert "<td>0 of 1</td><td>1 of 1 <b>changed</b>" in html
    assert "Verdicts that changed (1)" in html
    assert 'href="../../2018/revision-1/report.html"' in html


@pytest.mark.parametrize(
    ("first", "second", "words_said"),
    [
        (snapshot(), snapshot(), "the very same rows"),
        (snapshot(), snapshot(fingerprint="8" * 64, rows=70000), "other rows than the last one"),
        (snapshot(), snapshot(fingerprint="8" * 64), "with other values in them"),
        (None, snapshot(), "could not be read"),
    ],
)
def test_why_there_is_another_revision_is_said(
    first: object, second: object, words_said: str
) -> None:
    assert words_said in revised(record(snapshot=first), record(snapshot=second, revision=2))


def test_a_number_is_written_as_its_metric_is_on_both_sides() -> None:
    html = revised(
        record(outcome(name="accuracy", subject="a", value=0.75, verdict=WARN)),
        record(outcome(name="accuracy", subject="a", value=0.875), revision=2),
        units={"accuracy": "share of rows"},
    )

    assert "75 %" in html
    assert "87.5 %" in html
    assert "+12.5 percentage points" in html


def test_only_the_largest_moves_are_listed_and_the_others_counted() -> None:
    before = [outcome(subject=f"c{n}", value=1.0) for n in range(9)]
    after = [outcome(subject=f"c{n}", value=1.0 + n) for n in range(9)]
    html = revised(record(*before), record(*after, revision=2))

    assert re.findall(r'"sub">(c\d)', html) == ["c8", "c7", "c6", "c5", "c4"]
    assert "3 more numbers moved less. Checks that stayed as they were: 1." in html
    assert "audit-pipeline diff employment_ma 2018@1 2018@2 --all" in html


def test_what_keeps_numbers_from_being_compared_comes_before_them() -> None:
    html = revised(
        record(outcome(value=0.1)),
        record(outcome(value=0.9, verdict=FAIL), baseline=snapshot(sources=()), revision=2),
    )

    assert html.index("The baseline is another") < html.index("Verdicts that changed")
    assert "another baseline" in html
    assert "+0.8" not in html


def test_few_rows_are_nowhere_a_number() -> None:
    few = Coverage(rows=1000, used=7)
    html = revised(
        record(outcome(value=0.4321, coverage=few), snapshot=snapshot(labelled=7)),
        record(outcome(value=0.5), snapshot=snapshot(labelled=69126), revision=2),
    )

    assert "0.4321" not in html
    assert "<td>fewer than 10</td>" in html
    assert "0.0679" not in html  # the difference would give it away


def test_the_window_before_is_said_in_a_line_with_what_got_worse() -> None:
    window = Window(
        key="2017", start=record().window.start.replace(year=2017), end=record().window.start
    )
    interval = {"asset": "performance", "name": "accuracy"}
    before = record(
        outcome(**interval, value=0.9, interval=(0.85, 0.95)),  # type: ignore[arg-type] # by name
        outcome(subject="b"),
        verdict=WARN,
        window=window,
    )
    after = record(
        outcome(**interval, value=0.5, interval=(0.4, 0.6), verdict=FAIL),  # type: ignore[arg-type] # by name
        outcome(subject="b"),
    )
    html = words(write_changes(report(before=Before(since_window=compare(before, after)))))
    told = re.sub(r"<[^>]*>", "", html)

    assert "Since the previous window, 2017" in told
    assert "The verdict was Warn. Since then 1 worse, 1 with the same verdict." in told
    assert "Accuracy, AGEP: Pass to Fail, 0.9 to 0.5 (the intervals do not overlap)" in told


def test_distances_from_two_baselines_are_not_told_as_a_change() -> None:
    before = record(outcome(value=0.0371))
    after = record(outcome(value=0.7182, verdict=FAIL), baseline=snapshot(sources=()))
    said = Before(since_window=compare(before, after))
    html = words(write_changes(report(before=said, changes=("The baseline is another.",))))

    assert "against another baseline</li>" in html
    assert "0.7182" not in html
    assert html.index("The baseline is another.") < html.index("<h3>Since the previous window")


def test_a_record_that_cannot_be_read_is_said() -> None:
    assert "cannot be read" in words(
        write_changes(report(before=Before(unread=("Revision 1 cannot be read.",))))
    )


def test_the_head_of_the_page_links_to_the_windows_around_it() -> None:
    previous = PastVerdict(window="2017", revision=2, verdict=WARN)
    page = render(report(before=Before(previous=previous)))

    assert 'rel="prev" href="../../2017/revision-2/report.html"' in page
    assert 'href="../../index.html">All windows' in page
    assert 'rel="next" href="../../index.html#2018"' in page
    assert "index.html" not in render(report())


def test_hostile_text_stays_text() -> None:
    first = record(outcome(name=HOSTILE, subject=HOSTILE, reason=HOSTILE, verdict=PASS))
    second = record(outcome(name=HOSTILE, subject=HOSTILE, reason=HOSTILE, verdict=FAIL))
    second = replace(second, revision=2, version=HOSTILE, audit=HOSTILE)
    compared = compare(first, second)
    previous = PastVerdict(window=HOSTILE, revision=1, verdict=PASS)
    before = Before(
        since_revision=compared, since_window=compared, previous=previous, unread=(HOSTILE,)
    )
    page = render(report(before=before))

    assert "<script" not in page
    assert "<img" not in page
