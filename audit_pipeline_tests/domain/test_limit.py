"""Each limit judges numbers worked by hand; what cannot be known never passes."""

import math
from dataclasses import replace

import pytest

from audit_pipeline.domain.limit import Against, Limit, Worse, number
from audit_pipeline.domain.measurement import Coverage, Interval, Measurement
from audit_pipeline.domain.verdict import Verdict

HIGHER, LOWER = Worse.HIGHER, Worse.LOWER
VALUE, CHANGE, RELATIVE = Against.VALUE, Against.CHANGE, Against.RELATIVE_CHANGE


def measured(
    value: float,
    baseline: float | None = None,
    interval: tuple[float, float] | None = None,
    error_bound: float = 0.0,
) -> Measurement:
    return Measurement(
        metric="metric",
        subject="subject",
        value=value,
        interval=None if interval is None else Interval(low=interval[0], high=interval[1]),
        baseline_value=baseline,
        coverage=Coverage(rows=10, used=10, error_bound=error_bound),
    )


def verdict(limit: Limit, measurement: Measurement) -> str:
    return limit.judge(measurement)[0].value


@pytest.mark.parametrize(
    ("worse", "against", "warn", "fail", "baseline", "verdicts"),
    [
        (HIGHER, VALUE, 0.1, 0.25, None, {0.1: "pass", 0.11: "warn", 0.25: "warn", 0.26: "fail"}),
        (LOWER, VALUE, 0.8, 0.7, None, {0.8: "pass", 0.79: "warn", 0.7: "warn", 0.69: "fail"}),
        # worsening from 10: 12 is 2 worse, 15 is 5 worse; 5 is an improvement
        (HIGHER, CHANGE, 2, 5, 10, {5: "pass", 12: "pass", 13: "warn", 15: "warn", 16: "fail"}),
        (LOWER, CHANGE, 2, 5, 10, {15: "pass", 8: "pass", 7: "warn", 5: "warn", 4: "fail"}),
        # as a share of 10: 12 is a fifth worse, 15 is half
        (HIGHER, RELATIVE, 0.2, 0.5, 10, {5: "pass", 12: "pass", 13: "warn", 16: "fail"}),
        (LOWER, RELATIVE, 0.2, 0.5, 10, {15: "pass", 8: "pass", 7: "warn", 4: "fail"}),
        # a share of a negative baseline is one of its size: -12 is a fifth lower than -10
        (LOWER, RELATIVE, 0.2, 0.5, -10, {-5: "pass", -12: "pass", -13: "warn", -16: "fail"}),
    ],
)
def test_each_way_of_being_worse_is_judged_at_its_bounds(
    worse: Worse,
    against: Against,
    warn: float,
    fail: float,
    baseline: float | None,
    verdicts: dict[float, str],
) -> None:
    limit = Limit(warn=warn, fail=fail, worse=worse, against=against)
    assert {value: verdict(limit, measured(value, baseline)) for value in verdicts} == verdicts


@pytest.mark.parametrize("worse", list(Worse))
@pytest.mark.parametrize("against", list(Against))
@pytest.mark.parametrize(("warn", "fail"), [(None, None), (1, None), (None, 2), (1, 2)])
def test_a_value_that_is_not_a_number_never_passes(
    worse: Worse, against: Against, warn: float | None, fail: float | None
) -> None:
    limit = Limit(warn=warn, fail=fail, worse=worse, against=against)
    assert verdict(limit, measured(math.nan, 1.0)) in {"gap", "warn", "fail"}


@pytest.mark.parametrize("against", [CHANGE, RELATIVE])
@pytest.mark.parametrize("baseline", [None, math.nan])
def test_a_baseline_without_the_number_is_a_gap(against: Against, baseline: float | None) -> None:
    found, reason = Limit(warn=1, fail=2, against=against).judge(measured(1.0, baseline))
    assert found is Verdict.GAP
    assert "the baseline has no such number" in reason


def test_a_baseline_of_zero_has_no_relative_change_but_a_change() -> None:
    relative = Limit(warn=1, fail=2, against=RELATIVE).judge(measured(1.0, 0.0))
    assert relative[0] is Verdict.GAP
    assert "zero" in relative[1]
    assert verdict(Limit(warn=1, fail=2, against=CHANGE), measured(1.0, 0.0)) == "pass"


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((0.05, 0.30), "inconclusive"),  # from pass over warn to fail
        ((0.12, 0.30), "warn"),  # from warn to fail: the number decides
        ((0.05, 0.24), "warn"),  # from pass to warn
        ((math.nan, math.nan), "warn"),
    ],
)
def test_only_an_interval_from_pass_to_fail_is_inconclusive(
    interval: tuple[float, float], expected: str
) -> None:
    limit = Limit(warn=0.1, fail=0.25)
    assert verdict(limit, measured(0.15, interval=interval)) == expected


def test_a_pass_whose_interval_is_unknown_is_inconclusive() -> None:
    unknown = measured(0.05, interval=(math.nan, math.nan))
    assert verdict(Limit(warn=0.1, fail=0.25), unknown) == "inconclusive"


def test_the_interval_of_a_change_is_moved_with_the_number() -> None:
    limit = Limit(warn=None, fail=0.05, worse=LOWER, against=CHANGE)
    # 0.9 fell to 0.86, by 0.04; the interval reaches from no fall to one of 0.08
    assert verdict(limit, measured(0.86, 0.9, (0.82, 0.90))) == "inconclusive"
    assert verdict(limit, measured(0.86, 0.9, (0.852, 0.868))) == "pass"


@pytest.mark.parametrize(
    ("value", "error_bound", "expected"),
    [
        (0.24, 0.030, "inconclusive"),  # the limit 0.25 is within reach, and 0.03 > 0.1 * 0.25
        (0.24, 0.024, "warn"),  # within reach, but less than a tenth of the limit
        (0.18, 0.030, "warn"),  # a wide bound that reaches neither limit
        (0.90, 0.5, "fail"),
    ],
)
def test_an_error_bound_of_more_than_a_tenth_of_a_limit_in_reach_is_inconclusive(
    value: float, error_bound: float, expected: str
) -> None:
    assert verdict(Limit(warn=0.1, fail=0.25), measured(value, error_bound=error_bound)) == expected


def test_an_error_bound_of_a_relative_change_is_a_share_of_the_baseline_too() -> None:
    limit = Limit(warn=None, fail=0.5, against=RELATIVE)
    # 14.9 is 0.49 above 10; a bound of 1 is 0.1 of the baseline: more than a tenth of 0.5
    assert verdict(limit, measured(14.9, 10, error_bound=1.0)) == "inconclusive"
    assert verdict(limit, measured(14.9, 10, error_bound=0.4)) == "pass"


def test_a_change_is_as_imprecise_as_both_its_sides() -> None:
    # a fall by 0.049 of the 0.05 that fail; 0.004 is less than a tenth, and twice that is more
    limit = Limit(warn=None, fail=0.05, worse=LOWER, against=CHANGE)
    fallen = measured(0.851, 0.9, error_bound=0.004)
    assert verdict(limit, fallen) == "pass"
    assert verdict(limit, replace(fallen, baseline_error_bound=0.004)) == "inconclusive"
    relative = Limit(warn=None, fail=0.5, against=RELATIVE)
    # 14.9 over 10 is known to 0.04; 0.4 of the baseline's 10 are another 0.06
    risen = replace(measured(14.9, 10, error_bound=0.4), baseline_error_bound=0.4)
    assert verdict(relative, risen) == "inconclusive"
    assert verdict(Limit(warn=None, fail=15), risen) == "pass"  # of the number itself


def test_an_error_bound_that_is_not_a_number_is_inconclusive() -> None:
    found = verdict(Limit(warn=0.1, fail=0.25), measured(0.01, error_bound=math.nan))
    assert found == "inconclusive"


def test_a_limit_may_only_warn_only_fail_or_do_neither() -> None:
    assert verdict(Limit(warn=1, fail=None), measured(99)) == "warn"
    assert verdict(Limit(warn=None, fail=1), measured(99)) == "fail"
    assert verdict(Limit(warn=None, fail=1), measured(0.5)) == "pass"
    found, reason = Limit(warn=None, fail=None).judge(measured(99))
    assert found is Verdict.PASS
    assert reason == "the value 99 is recorded; no limit is set"


@pytest.mark.parametrize(
    ("limit", "measurement", "reason"),
    [
        (Limit(warn=1, fail=2), measured(3), "the value 3 is above the failure limit 2"),
        (Limit(warn=1, fail=2), measured(1.5), "the value 1.5 is above the warning limit 1"),
        (Limit(warn=1, fail=2), measured(0.5), "the value 0.5 is within the limit 1"),
        (
            Limit(warn=None, fail=0.5, worse=LOWER),
            measured(0.25),
            "the value 0.25 is below the failure limit 0.5",
        ),
        (
            Limit(warn=None, fail=0.25, worse=LOWER, against=CHANGE),
            measured(0.5, 1.0),
            "the worsening 0.5 is above the failure limit 0.25",
        ),
    ],
)
def test_the_reason_names_the_number_and_the_limit(
    limit: Limit, measurement: Measurement, reason: str
) -> None:
    assert limit.judge(measurement)[1] == reason


@pytest.mark.parametrize(("value", "text"), [(999.94, "999.9"), (1e6, "1,000,000"), (0, "0")])
def test_numbers_are_written_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text
