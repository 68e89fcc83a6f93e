import math

import pytest

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.report.pictures.judged import judged, place
from audit_pipeline_tests.report.hand_made import outcome, words

LOWER, HIGHER = Worse.LOWER, Worse.HIGHER


@pytest.mark.parametrize(
    ("against", "worse", "bound", "baseline", "at"),
    [
        (Against.VALUE, HIGHER, 0.25, 0.5, 0.25),
        (Against.CHANGE, HIGHER, 0.25, 0.5, 0.75),
        (Against.CHANGE, LOWER, 0.25, 0.5, 0.25),
        (Against.RELATIVE_CHANGE, LOWER, 0.5, 0.5, 0.25),
        (Against.RELATIVE_CHANGE, HIGHER, 0.5, -1.0, -0.5),
        (Against.CHANGE, LOWER, 0.25, None, None),
        (Against.CHANGE, LOWER, None, 0.5, None),
    ],
)
def test_a_limit_lies_where_it_would_judge(
    against: Against, worse: Worse, bound: float | None, baseline: float | None, at: float | None
) -> None:
    limit = Limit(warn=None, fail=bound, worse=worse, against=against)

    assert place(limit, bound, baseline) == at


def test_the_words_for_a_screen_reader_say_what_is_drawn() -> None:
    check = outcome(value=0.3, interval=(0.2, 0.4), baseline=0.1, limit=Limit(warn=0.1, fail=0.25))

    assert (
        "Current 0.3; 95 % interval 0.2 to 0.4; baseline 0.1; warning limit 0.1;"
        " failure limit 0.25." in words(judged(check, "t"))
    )


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_without_a_finite_number_there_is_no_picture(value: float | None) -> None:
    assert judged(outcome(value=value), "t") is None
