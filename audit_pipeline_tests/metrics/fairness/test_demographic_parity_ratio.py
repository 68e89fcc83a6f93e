import pytest
from fairlearn.metrics import demographic_parity_ratio as fairlearns

from audit_pipeline.metrics.base import Shape, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.fairness.demographic_parity_ratio import (
    METRIC,
    demographic_parity_ratio,
)
from audit_pipeline_tests.metrics.fairness.groups import HAND, by_rates, drawn
from audit_pipeline_tests.metrics.profiles import joint, profile


def test_the_hand_worked_number() -> None:
    reading = demographic_parity_ratio(HAND, "1")
    assert reading.value == pytest.approx(0.35 / 0.6)  # 60 % of a and 35 % of b
    assert (reading.detail["highest"], reading.detail["lowest"]) == ("a", "b")
    assert reading.interval is not None
    assert 0 <= reading.interval.low < reading.value < reading.interval.high <= 1


@pytest.mark.parametrize("seed", range(5))
def test_it_is_fairlearns(seed: int) -> None:
    groups, arrays = drawn(seed)
    theirs = fairlearns(**arrays)
    assert demographic_parity_ratio(groups, "1").value == pytest.approx(theirs)


def test_the_order_of_the_groups_changes_nothing() -> None:
    turned = dict(sorted(HAND.items(), reverse=True))
    assert demographic_parity_ratio(turned, "1") == demographic_parity_ratio(HAND, "1")


def test_groups_of_the_same_rate_are_equal() -> None:
    reading = demographic_parity_ratio({"a": by_rates(50, 20), "b": by_rates(50, 20)}, "1")
    assert reading.value == 1.0
    assert reading.interval is not None
    assert reading.interval.low <= 1.0 <= reading.interval.high


def test_a_group_that_is_too_small_is_listed_and_counted_and_not_compared() -> None:
    small = joint({("1", "1"): 5, ("0", "1"): 5})
    reading = demographic_parity_ratio({**HAND, "d": small}, "1")
    assert reading.value == pytest.approx(0.35 / 0.6)
    assert reading.left_out == {"in groups too small": 10}
    assert (reading.rows, reading.used) == (610, 600)
    lines = reading.detail["groups"]
    assert isinstance(lines, list)
    assert [line["measured"] for line in lines] == [True, True, True, False]
    assert lines[3]["rate"] is None


def test_one_large_group_beside_a_small_one_is_too_little_to_compare() -> None:
    small = joint({("1", "1"): 5, ("0", "1"): 5})
    with pytest.raises(TooLittleDataError, match="1 of 2 groups"):
        demographic_parity_ratio({"a": by_rates(80, 40), "b": small}, "1")


def test_where_no_row_counts_the_number_does_not_exist() -> None:
    with pytest.raises(UnmeasurableError, match="no row of any group"):
        demographic_parity_ratio(
            {"a": joint({(None, None): 90}), "b": joint({("1", None): 90})}, "1"
        )
    with pytest.raises(UnmeasurableError, match="no counts by SEX"):
        METRIC.measure.read("SEX", None, profile(9))


def test_rates_of_zero_everywhere_have_no_ratio() -> None:
    with pytest.raises(UnmeasurableError, match="zero in every group"):
        demographic_parity_ratio({"a": by_rates(0, 0), "b": by_rates(0, 0)}, "1")


def test_a_rate_of_zero_in_one_group_is_a_ratio_of_zero() -> None:
    reading = demographic_parity_ratio({"a": by_rates(50, 50), "b": by_rates(0, 0)}, "1")
    assert reading.value == 0.0
    assert reading.interval is not None
    assert 0.0 == reading.interval.low < reading.interval.high < 0.2


def test_labels_are_not_needed() -> None:
    groups = {"a": joint({(None, "1"): 50, (None, "0"): 50}), "b": joint({(None, "1"): 99})}
    assert demographic_parity_ratio(groups, "1").used == 199
    shape = Shape(
        numeric=(), categorical=(), groups=("SEX",), has=frozenset({"binary", "predictions"})
    )
    assert METRIC.measure.subjects(shape) == ("SEX",)
