import pytest

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.domain.measurement import Coverage
from audit_pipeline.report.lines import coverage, left_out, limit, line, set_by
from audit_pipeline.report.numbers import number, percent
from audit_pipeline_tests.report.hand_made import outcome, report, words


@pytest.mark.parametrize(
    ("against", "share", "written"),
    [
        (Against.VALUE, True, "warn below 2 %, fail below 5 %"),
        (Against.CHANGE, False, "warn if lower by 0.02, fail if lower by 0.05"),
        (
            Against.CHANGE,
            True,
            "warn if lower by 2 percentage points, fail if lower by 5 percentage points",
        ),
        (
            Against.RELATIVE_CHANGE,
            False,
            "warn if lower by 2 % of the baseline, fail if lower by 5 % of the baseline",
        ),
    ],
)
def test_a_limit_says_what_it_is_held_against(
    against: Against, *, share: bool, written: str
) -> None:
    held_to = Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=against)

    assert words(limit(held_to, percent if share else number)) == written


def test_a_number_without_bounds_is_recorded_only() -> None:
    nothing = Limit(warn=None, fail=None)

    assert limit(nothing) == "none: recorded only"
    assert set_by(nothing) == ""


def test_a_limit_that_nobody_set_is_the_metrics_own() -> None:
    assert set_by(Limit(warn=0.1, fail=None)) == "the metric's default"


def test_no_rows_at_all_are_said_so() -> None:
    assert words(coverage(Coverage(rows=0, used=0))) == "no rows"
    assert words(coverage(Coverage(rows=50, used=0))) == "0 of 50 rows (0 %)"


def test_rows_left_out_have_reasons_and_small_counts_are_hidden() -> None:
    seen = Coverage(rows=100, used=80, left_out={"null": 16, "infinite": 4})

    assert [words(text) for text in left_out(seen)] == [
        "left out: < 10 infinite",
        "left out: 16 null",
    ]


def test_a_share_is_written_as_a_percentage_and_other_numbers_are_not() -> None:
    check = outcome(value=0.25, interval=(0.2, 0.3), baseline=0.5)
    share = line(report(units={"population_stability_index": "share of rows"}), check)
    plain = line(report(), check)

    assert [words(t) for t in (share.value, share.interval, share.baseline)] == [
        "25 %",
        "95 %: 20 % to 30 %",
        "50 %",
    ]
    assert plain.value == "0.25"
