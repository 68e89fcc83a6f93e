from audit_pipeline.domain.measurement import Coverage
from audit_pipeline.domain.record import PastVerdict
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.base import Before
from audit_pipeline.report.sections.summary import SHOWN, write_summary
from audit_pipeline_tests.report.hand_made import outcome, report, words

PASS = Verdict.PASS


def test_the_headlines_stand_under_the_verdict_in_their_order() -> None:
    html = write_summary(report(verdict=Verdict.FAIL, headlines=("worst one", "next one")))

    assert html.index(">Fail <") < html.index("worst one") < html.index("next one")


def test_each_verdict_says_what_to_do() -> None:
    said = {v: write_summary(report(verdict=v)).partition("What to do:")[2][:60] for v in Verdict}

    assert len(set(said.values())) == len(Verdict)


def test_checks_are_counted_by_verdict_and_none_is_left_out() -> None:
    html = write_summary(
        report(outcome(), outcome(subject="SEX"), outcome(name="x", verdict=Verdict.GAP))
    )

    assert '<span class="many">2</span><span class="badge v-pass">' in html
    assert '<span class="many">1</span><span class="badge v-gap">' in html
    assert '<span class="many">0</span><span class="badge v-fail">' in html


def test_rows_and_label_coverage_are_stated() -> None:
    html = words(write_summary(report()))

    assert "69,126" in html
    assert "compared with 20,629" in html
    assert "50 %" in html
    assert "34,563 of 69,126 rows" in html


def test_the_window_is_half_open_and_carries_its_time_zone() -> None:
    assert "from 2018-01-01 until before 2019-01-01, America/New_York" in write_summary(report())


def test_checks_on_fewer_rows_are_said_with_the_least_share() -> None:
    seen = Coverage(rows=1000, used=250)
    html = words(write_summary(report(outcome(), outcome(subject="SEX", coverage=seen))))

    assert "1 of them on every row, the least 25 %" in html


def test_earlier_windows_come_before_this_one() -> None:
    past = (PastVerdict(window="2017", revision=2, verdict=Verdict.WARN),)
    html = write_summary(report(history=past))

    assert html.index("2017, revision 2") < html.index("2018, this report")


def test_the_trend_marks_where_the_baseline_changed() -> None:
    past = (PastVerdict(window="2017", revision=1, verdict=Verdict.PASS, new_baseline=True),)
    html = write_summary(report(history=past))

    assert "2017, new baseline</span>" in html
    assert "2018, this report</span>" in html
    html = write_summary(report(history=past, new_baseline=True))
    assert "2018, this report, new baseline</span>" in html


def test_of_many_windows_the_last_are_shown_with_a_link_to_all() -> None:
    past = [PastVerdict(window=f"{2018 - n}", revision=1, verdict=PASS) for n in range(60, 0, -1)]
    html = write_summary(report(history=tuple(past), before=Before()))

    assert html.count('class="when"') == SHOWN + 1
    assert "2017</span>" in html
    assert "2005</span>" not in html
    assert 'href="../../index.html">All windows' in html
    assert "index.html" not in write_summary(report(history=tuple(past)))


def test_a_headline_that_names_a_check_is_said_with_its_titles() -> None:
    html = write_summary(
        report(
            outcome(subject="AGEP", verdict=Verdict.FAIL),
            titles={"AGEP": "Age (years)"},
            headlines=("population_stability_index of AGEP (and 2 more): it moved",),
        )
    )

    assert "<li>Population stability index, Age (years) (and 2 more): it moved</li>" in html
