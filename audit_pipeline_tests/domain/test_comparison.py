from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit_pipeline.domain.comparability import same_baseline
from audit_pipeline.domain.compared import Change
from audit_pipeline.domain.comparison import compare
from audit_pipeline.domain.limit import Limit, Worse
from audit_pipeline.domain.measurement import ONE_ROWS_VALUE, Coverage
from audit_pipeline.domain.record import Approval, AuditRecord, VersionRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window
from audit_pipeline_tests.report.hand_made import outcome, record, snapshot

FAIL, GAP, WARN, PASS = Verdict.FAIL, Verdict.GAP, Verdict.WARN, Verdict.PASS
VERSIONS = {
    "2": VersionRecord(rows=5000, place=1),
    "3": VersionRecord(rows=1000, place=2),
    "4 further versions": VersionRecord(rows=20, place=3, together=4),
    "not logged": VersionRecord(rows=20, place=4, together=0),
}
FEW = Coverage(rows=1000, used=9)


def later(audit: AuditRecord) -> AuditRecord:
    """Return the record as one of the year after."""
    start, end = datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    return replace(audit, window=Window(key="2019", start=start, end=end))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (PASS, WARN, Change.WORSE),
        (WARN, FAIL, Change.WORSE),
        (PASS, GAP, Change.WORSE),
        (PASS, Verdict.INCONCLUSIVE, Change.WORSE),
        (WARN, GAP, Change.WORSE),
        (GAP, FAIL, Change.WORSE),
        (FAIL, GAP, Change.WORSE),  # it may still fail: nobody knows any more
        (FAIL, Verdict.INCONCLUSIVE, Change.WORSE),
        (GAP, WARN, Change.BETTER),
        (GAP, Verdict.INCONCLUSIVE, Change.BETTER),
        (GAP, PASS, Change.BETTER),
        (Verdict.INCONCLUSIVE, PASS, Change.BETTER),
    ],
)
def test_another_verdict_is_worse_or_better(
    before: Verdict, after: Verdict, change: Change
) -> None:
    compared = compare(record(outcome(verdict=before)), record(outcome(verdict=after)))

    assert [each.change for each in compared.checks] == [change]


def test_the_same_verdict_has_moved_or_is_unchanged() -> None:
    before = record(outcome(subject="a", value=0.25), outcome(subject="b", value=0.25))
    after = record(outcome(subject="a", value=0.125), outcome(subject="b", value=0.25))
    moved, unchanged = compare(before, after).checks

    assert (moved.check.subject, moved.change, moved.difference) == ("a", Change.MOVED, -0.125)
    assert (unchanged.change, unchanged.difference) == (Change.UNCHANGED, 0.0)


def test_a_check_of_one_side_alone_is_new_or_gone() -> None:
    compared = compare(record(outcome(subject="old")), record(outcome(subject="added")))

    assert [(c.check.subject, c.change) for c in compared.checks] == [
        ("old", Change.GONE),
        ("added", Change.NEW),
    ]
    assert [c.difference for c in compared.checks] == [None, None]


def test_not_a_number_twice_is_unchanged_and_has_no_difference() -> None:
    nan = record(outcome(value=float("nan")))
    (each,) = compare(nan, nan).checks

    assert (each.change, each.difference) == (Change.UNCHANGED, None)


def test_the_worst_change_comes_first_and_then_the_worst_verdict() -> None:
    names = ("to_fail", "to_warn", "better", "moved_far", "moved", "same")
    verdicts = {"to_fail": (PASS, FAIL), "to_warn": (PASS, WARN), "better": (FAIL, PASS)}
    values = {"moved": (1.0, 1.5), "moved_far": (1.0, 4.0)}

    def side(at: int) -> AuditRecord:
        return record(
            *(
                outcome(
                    subject=name,
                    verdict=verdicts.get(name, (PASS, PASS))[at],
                    value=values.get(name, (1.0, 1.0))[at],
                )
                for name in sorted(names)
            )
        )

    compared = compare(side(0), side(1))

    assert [each.check.subject for each in compared.checks] == list(names)
    assert compared.counts[Change.WORSE] == 2
    assert [c.check.subject for c in compared.of(Change.BETTER)] == ["better"]


def test_a_change_is_as_large_as_its_share_of_the_limit_or_of_the_number() -> None:
    limit = Limit(warn=None, fail=0.5)
    few_rows = Limit(warn=None, fail=1.0, worse=Worse.LOWER)
    before = record(
        outcome(subject="drift", value=0.001, limit=limit),
        outcome(subject="rows", value=1500.0, limit=few_rows),
    )
    after = record(
        outcome(subject="drift", value=0.002, limit=limit),
        outcome(subject="rows", value=1200.0, limit=few_rows),
    )
    rows, drift = compare(before, after).checks

    assert rows.size == pytest.approx(0.2)  # 300 of 1,500, not 300 times its limit
    assert drift.size == pytest.approx(0.002)  # 0.001 of 0.5, not half of itself


@pytest.mark.parametrize(
    ("second", "apart"),
    [((0.31, 0.4), True), ((0.0, 0.09), True), ((0.3, 0.4), False), ((0.15, 0.2), False)],
)
def test_intervals_that_do_not_overlap_are_apart(
    second: tuple[float, float], *, apart: bool
) -> None:
    first = record(outcome(value=0.2, interval=(0.1, 0.3)))
    (each,) = compare(first, later(record(outcome(value=0.25, interval=second)))).checks

    assert each.apart is apart


def test_without_two_intervals_nothing_is_said_of_chance() -> None:
    bare, sure = record(outcome(value=0.2)), record(outcome(value=0.9, interval=(0.8, 1.0)))
    endless = record(outcome(value=0.2, interval=(float("-inf"), 0.3)))

    assert compare(bare, later(sure)).checks[0].apart is None
    assert compare(endless, later(sure)).checks[0].apart is None


def test_revisions_of_one_window_share_their_rows_so_nothing_is_said_of_chance() -> None:
    first = record(outcome(value=0.2, interval=(0.1, 0.3)))
    second = record(outcome(value=0.9, interval=(0.8, 1.0)), revision=2)

    assert compare(first, second).checks[0].apart is None


def test_against_another_baseline_distances_from_it_have_no_difference() -> None:
    approval = Approval(
        number=2, digest="", fingerprint="9" * 64, rows=1, by="A", reason="new", at=""
    )
    numbers = {"interval": (0.1, 0.2), "value": 0.15}
    checks = (
        outcome(**numbers),  # type: ignore[arg-type] # read by name
        outcome(asset="performance", **numbers),  # type: ignore[arg-type] # read by name
    )
    moved = tuple(
        replace(o, measurement=replace(o.measurement, value=0.9)) for o in checks if o.measurement
    )
    other = snapshot(fingerprint="9" * 64, sources=())
    compared = compare(record(*checks), record(*moved, baseline=other, approval=approval))
    found = {each.check.asset: each for each in compared.checks}

    assert (found["drift"].comparable, found["drift"].difference) == (False, None)
    assert found["performance"].difference == pytest.approx(0.75)
    assert compared.doubts[0].startswith(
        "The baseline is another (approved by nobody, fingerprint 666666666666, then approval 2,"
        " fingerprint 999999999999): numbers against the baseline"
    )


def test_other_columns_of_the_same_tables_are_the_same_baseline() -> None:
    (each,) = compare(
        record(outcome(value=0.25)),
        record(outcome(value=0.5), baseline=snapshot(fingerprint="9" * 64)),
    ).checks

    assert (each.comparable, each.difference) == (True, 0.25)


def test_tables_without_a_digest_tell_nothing_of_their_rows() -> None:
    (source,) = snapshot().sources
    unknown = (replace(source, sha256=""),)
    before = record(baseline=snapshot(sources=unknown))
    after = record(baseline=snapshot(sources=unknown, fingerprint="9" * 64))

    assert not same_baseline(before, after)
    assert same_baseline(before, before)


def test_a_baseline_that_is_missing_is_another_baseline() -> None:
    (doubt,) = compare(record(), record(baseline=None)).doubts

    assert "then none)" in doubt


def test_everything_else_that_differs_is_said_before_the_numbers() -> None:
    after = record(
        model={"sha256": "c" * 64},
        audit_file_sha256="d" * 64,
        version="0.2.0",
        snapshot=snapshot(engine="spark 4.3", versions=VERSIONS, predictions="model"),
    )
    model, predictions, file, program, engine, versions = compare(record(), after).doubts

    assert "SHA-256 bbbbbbbbbbbb, then cccccccccccc" in model
    assert versions == "The log names other versions of the model (new: '2', '3')."
    assert "from the log, then from the pinned model" in predictions
    assert "SHA-256 aaaaaaaaaaaa, then dddddddddddd" in file
    assert "(0.1.0, then 0.2.0)" in program
    assert "(duckdb 2.0.0, then spark 4.3)" in engine


def test_the_same_pins_leave_no_doubt() -> None:
    assert compare(record(), record(revision=2)).doubts == ()


def test_an_audit_without_a_snapshot_is_compared_and_has_no_rows() -> None:
    compared = compare(record(snapshot=None), record())

    assert (compared.before.rows, compared.after.rows) == (None, 69126)
    assert compared.doubts == ()


def test_a_changed_limit_is_noteworthy_although_nothing_else_changed() -> None:
    first = record(outcome(limit=Limit(warn=0.1, fail=0.2)))
    second = record(outcome(limit=Limit(warn=0.1, fail=0.3)))
    (each,) = compare(first, second).checks

    assert (each.change, each.limit_changed, each.noteworthy) == (Change.UNCHANGED, True, True)
    assert not compare(first, first).checks[0].noteworthy


def test_a_gap_for_another_reason_is_noteworthy() -> None:
    first = record(outcome(verdict=GAP, value=None, reason="no row has a label yet"))
    second = record(outcome(verdict=GAP, value=None, reason="the column is missing"))
    (each,) = compare(first, second).checks

    assert (each.change, each.noteworthy) == (Change.UNCHANGED, True)


def test_a_number_of_few_rows_or_of_one_is_on_neither_side() -> None:
    one = outcome(subject="one", value=31415.0, detail={"value_is": ONE_ROWS_VALUE})
    few = outcome(subject="few", value=0.2718, reason="the value 0.2718 is high", coverage=FEW)
    plain = (outcome(subject="one", value=2.0), outcome(subject="few", value=2.0))
    for pair in ((record(one, few), record(*plain)), (record(*plain), record(one, few))):
        for each in compare(*pair).checks:
            assert each.difference is None
            assert "31415" not in repr(each)
            assert "0.2718" not in repr(each)


def test_a_number_of_no_row_is_no_small_cell() -> None:
    none = record(outcome(value=0.5, coverage=Coverage(rows=1000, used=0)))

    assert compare(none, none).checks[0].difference == 0.0
