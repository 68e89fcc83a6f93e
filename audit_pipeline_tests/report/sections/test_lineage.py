from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.sections.lineage import write_lineage
from audit_pipeline_tests.report.hand_made import outcome, report, words
from audit_pipeline_tests.report.lineages import named, needed, resting_on, small, taken
from audit_pipeline_tests.report.whole_audits import HOSTILE


def test_without_lineage_the_section_is_left_out() -> None:
    assert write_lineage(report(outcome())) is None


def test_the_picture_stands_first_and_its_table_beside_it() -> None:
    html = words(write_lineage(small(written=24, waiting=24)))

    assert html.index("5 checks on 5 columns from 1 table") < html.index("<svg")
    assert html.index("<svg") < html.index("All 5 columns, worst first")
    assert html.index("All 5 columns") < html.index("24 lineage events were written")


def test_the_table_tells_of_each_column_where_it_comes_from_and_what_rests_on_it() -> None:
    html = words(write_lineage(small()))

    assert "AGEP of people.parquet" in html
    assert "model.json; AGEP, SEX of people.parquet (scored by the model)" in html
    assert "Fail: Population stability index (drift)" in html
    assert "decides rows: rows of the window" in html


def test_the_worst_column_is_the_first_of_the_table() -> None:
    html = words(write_lineage(small()))

    assert html.index('<th scope="row">AGEP') < html.index('<th scope="row">SEX')


def test_a_column_that_no_source_has_is_a_gap_and_says_so() -> None:
    asked = outcome(subject="MIG", verdict=Verdict.GAP, value=None)
    html = words(write_lineage(resting_on([*taken("AGEP"), *needed(asked, "MIG")], [asked])))

    assert html.count("not in the source") >= 2  # in the picture and in the table


def test_names_that_are_attacks_are_only_text() -> None:
    html = write_lineage(named([HOSTILE], bad=1))

    assert html is not None
    assert "<script" not in html
    assert "<img" not in html
