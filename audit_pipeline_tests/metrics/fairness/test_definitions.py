"""The six fairness metrics: one table of what each is, and what all of them promise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fairlearn import metrics as fairlearn

from audit_pipeline.metrics.base import Reading, Shape, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.metrics.scopes import EachGroup, Groups
from audit_pipeline_tests.metrics.fairness.groups import HAND, by_rates, drawn
from audit_pipeline_tests.metrics.profiles import joint, profile


def false_positives(**arrays: Any) -> Any:  # noqa: ANN401 (fairlearn has no types)
    return fairlearn.MetricFrame(metrics=fairlearn.false_positive_rate, **arrays)


@dataclass(frozen=True)
class Case:
    name: str
    hand: float  # of a: 80 % of the positives and 40 % of the negatives; of b: 60 % and 10 %
    theirs: Callable[..., float]

    @property
    def ratio(self) -> bool:
        return self.name.endswith("_ratio")

    @property
    def labelled(self) -> bool:
        return not self.name.startswith("demographic")

    def read(self, groups: Groups) -> Reading:
        measure = METRICS[self.name].measure
        assert isinstance(measure, EachGroup)
        return measure.compute(groups, "1")


CASES = [
    Case("demographic_parity_difference", 0.6 - 0.35, fairlearn.demographic_parity_difference),
    Case("demographic_parity_ratio", 0.35 / 0.6, fairlearn.demographic_parity_ratio),
    Case("equal_opportunity_difference", 0.8 - 0.6, fairlearn.equal_opportunity_difference),
    Case("true_positive_rate_ratio", 0.6 / 0.8, fairlearn.equal_opportunity_ratio),
    Case(
        "false_positive_rate_difference", 0.4 - 0.1, lambda **a: false_positives(**a).difference()
    ),
    Case("false_positive_rate_ratio", 0.1 / 0.4, lambda **a: false_positives(**a).ratio()),
]
every = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_every_fairness_metric_is_in_the_table() -> None:
    there = {name for name, metric in METRICS.items() if metric.asset == "fairness"}
    assert there == {case.name for case in CASES}


@every
def test_the_hand_worked_number(case: Case) -> None:
    reading = case.read(HAND)
    assert reading.value == pytest.approx(case.hand)
    assert (reading.detail["highest"], reading.detail["lowest"]) == ("a", "b")
    assert reading.interval is not None
    assert 0 <= reading.interval.low < reading.value < reading.interval.high <= 1


@every
@pytest.mark.parametrize("seed", range(5))
def test_it_is_fairlearns(case: Case, seed: int) -> None:
    groups, arrays = drawn(seed)
    assert case.read(groups).value == pytest.approx(case.theirs(**arrays))


@every
def test_the_order_of_the_groups_changes_nothing(case: Case) -> None:
    assert case.read(dict(sorted(HAND.items(), reverse=True))) == case.read(HAND)


@every
def test_groups_of_the_same_rate_are_equal(case: Case) -> None:
    reading = case.read({"a": by_rates(50, 20), "b": by_rates(50, 20)})
    assert reading.value == (1.0 if case.ratio else 0.0)
    assert reading.interval is not None
    assert reading.interval.low <= reading.value <= reading.interval.high


@every
def test_a_group_that_is_too_small_is_listed_and_counted_and_not_compared(case: Case) -> None:
    reading = case.read({**HAND, "d": joint({("1", "1"): 5, ("0", "1"): 5})})
    assert reading.value == pytest.approx(case.hand)
    assert reading.left_out == {"in groups too small": 10}
    assert (reading.rows, reading.used) == (610, 600)
    lines = reading.detail["groups"]
    assert isinstance(lines, list)
    assert [line["measured"] for line in lines] == [True, True, True, False]
    assert lines[3]["rate"] is None


@every
def test_one_large_group_beside_a_small_one_is_too_little_to_compare(case: Case) -> None:
    with pytest.raises(TooLittleDataError, match="1 of 2 groups"):
        case.read({"a": by_rates(80, 40), "b": joint({("1", "1"): 5, ("0", "1"): 5})})


@every
def test_where_no_row_counts_the_number_does_not_exist(case: Case) -> None:
    with pytest.raises(UnmeasurableError, match="no row of any group"):
        case.read({"a": joint({(None, None): 90}), "b": joint({("1", None): 90})})
    with pytest.raises(UnmeasurableError, match="no counts by SEX"):
        METRICS[case.name].measure.read("SEX", None, profile(9))


@every
def test_rates_of_zero_everywhere_do_not_differ_and_have_no_ratio(case: Case) -> None:
    nobody = {"a": by_rates(0, 0), "b": by_rates(0, 0)}
    if not case.ratio:
        assert case.read(nobody).value == 0.0
        return
    with pytest.raises(UnmeasurableError, match="zero in every group"):
        case.read(nobody)


@every
def test_a_rate_of_zero_in_one_group_is_all_the_difference_there_can_be(case: Case) -> None:
    reading = case.read({"a": by_rates(50, 50), "b": by_rates(0, 0)})
    assert reading.value == (0.0 if case.ratio else 0.5)
    assert reading.interval is not None
    if case.ratio:
        assert 0.0 == reading.interval.low < reading.interval.high < 0.2


@every
def test_unlabelled_rows_count_only_where_no_label_is_needed(case: Case) -> None:
    reading = case.read({"a": by_rates(80, 40, unlabelled=25), "b": by_rates(60, 10)})
    assert reading.left_out == ({"unlabelled": 25} if case.labelled else {})
    shape = Shape(
        numeric=(), categorical=(), groups=("SEX",), has=frozenset({"binary", "predictions"})
    )
    assert METRICS[case.name].measure.subjects(shape) == (() if case.labelled else ("SEX",))
