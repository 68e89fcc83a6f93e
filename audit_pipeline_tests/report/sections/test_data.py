from dataclasses import replace

from audit_pipeline.domain.record import Approval
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.sections.data import write_data
from audit_pipeline_tests.report.hand_made import report, snapshot, words


def test_window_and_baseline_stand_side_by_side() -> None:
    html = write_data(report())

    assert html is not None
    assert "<td>69,126</td>\n<td>20,629</td>" in html


def test_a_missing_column_is_a_gap_in_words() -> None:
    html = write_data(report(snapshot=snapshot(missing_columns=("MIG",))))

    assert html is not None
    assert "<code>MIG</code>" in html
    assert "Gap" in html


def test_predictions_made_by_the_audit_itself_are_said_to_be_so() -> None:
    html = write_data(report(snapshot=snapshot(predictions="model")))

    assert html is not None
    assert "the pinned model scored the rows" in html


def test_rows_that_were_not_copied_are_said_to_be_counted_where_they_are() -> None:
    assert "counted where they are" in words(write_data(report(snapshot=snapshot(kept="sample"))))
    assert "counted where they are" not in words(write_data(report()))


def test_a_column_whose_type_changed_is_marked() -> None:
    html = write_data(report(snapshot=snapshot(columns={"AGEP": "VARCHAR", "SEX": "BIGINT"})))

    assert html is not None
    assert html.count("<b>changed</b>") == 1


def test_a_password_in_an_address_is_not_shown() -> None:
    source = replace(snapshot().sources[0], location="postgresql://me:hunter2@db/loans")
    html = write_data(report(snapshot=snapshot(sources=(source,))))

    assert html is not None
    assert "hunter2" not in html
    assert "postgresql://…@db/loans" in html


def test_notes_of_the_snapshot_are_shown() -> None:
    html = write_data(report(snapshot=snapshot(notes=("31 rows had no label row",))))

    assert html is not None
    assert "31 rows had no label row" in html


def test_a_window_without_rows_has_no_share_of_labels() -> None:
    html = write_data(report(snapshot=snapshot(rows=0, labelled=0, first=None, last=None)))

    assert "no rows" in words(html)


def test_who_approved_the_baseline_is_said() -> None:
    approval = Approval(
        number=3,
        digest="",
        fingerprint="6" * 64,
        rows=20629,
        by="Ann <ann@example.org>",
        reason="Release 4",
        at="2019-01-01T08:00:00+00:00",
    )
    html = write_data(report(approval=approval))

    assert html is not None
    assert "by Ann &lt;ann@example.org&gt; on 2019-01-01 (approval 3): Release 4" in html


def test_that_nobody_approved_the_baseline_is_said() -> None:
    assert "nobody approved this baseline" in str(write_data(report()))
    alone = report()
    alone = replace(alone, record=replace(alone.record, baseline=None))
    assert "nobody approved this baseline" not in str(write_data(alone))


def test_without_any_snapshot_there_is_no_section() -> None:
    assert write_data(report(snapshot=None, baseline=None)) is not None  # the baseline's record
    assert write_data(_nothing_read()) is None


def _nothing_read() -> ReportInput:
    audit = report(snapshot=None)
    return replace(audit, record=replace(audit.record, baseline=None))
