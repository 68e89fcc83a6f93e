from dataclasses import replace

from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.pictures.lineage_groups import MOST, grouped
from audit_pipeline.report.resting import resting
from audit_pipeline_tests.report.hand_made import outcome
from audit_pipeline_tests.report.lineages import many, needed, resting_on, small, taken


def titles(columns: int, bad: int) -> list[str]:
    report = many(columns, bad)
    assert report.lineage is not None
    return [group.title for group in grouped(resting(report, report.lineage))]


def test_a_thousand_columns_that_passed_are_one_box() -> None:
    assert titles(1000, 0) == ["1,000 columns"]


def test_the_worst_columns_stand_alone_up_to_a_number_and_the_rest_together() -> None:
    found = titles(100, 20)

    assert len(found) == MOST + 2
    assert found[MOST:] == ["12 more columns", "80 columns"]


def test_one_column_more_than_stand_alone_stands_alone_too() -> None:
    assert titles(100, MOST + 1)[-2:] == ["feature_8", "91 columns"]


def test_folded_columns_go_by_their_role_and_deciding_ones_last() -> None:
    report = small()
    assert report.lineage is not None
    groups = grouped(resting(report, report.lineage))

    assert [(g.title, g.verdict) for g in groups] == [
        ("AGEP", Verdict.FAIL),
        ("said", Verdict.PASS),
        ("came", Verdict.PASS),
        ("SEX", Verdict.PASS),
        ("year", None),
    ]
    assert groups[0].words == "Fail, feature"
    assert groups[-1].words == "decides which rows count"


def test_checks_of_all_rows_stand_among_the_columns_by_their_verdict() -> None:
    few = outcome(asset="rule_results", name="row_count", subject="table", verdict=Verdict.FAIL)
    moved = outcome(verdict=Verdict.WARN)
    report = resting_on([*taken("AGEP"), *needed(moved, "AGEP")], [few, moved])
    assert report.lineage is not None
    groups = grouped(resting(report, report.lineage))

    assert [group.title for group in groups] == ["All rows", "AGEP"]


def test_columns_that_could_not_be_read_share_one_box() -> None:
    report = many(30, 30)
    unread = replace(report, record=replace(report.record, snapshot=None))
    assert unread.lineage is not None
    (group,) = grouped(resting(unread, unread.lineage))

    assert (group.title, len(group.trouble)) == ("30 columns", 30)
    assert group.words == "Fail, nothing was read"
