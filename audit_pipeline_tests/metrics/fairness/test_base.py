"""The comparison of groups, apart from any one rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.domain.intersection import BY
from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.fairness.base import (
    DIFFERENCE,
    MISSING,
    RATIO,
    compare_groups,
    selection_rate,
)
from audit_pipeline.profiles.bundles import MISSING as GROUP_OF_NULLS
from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline_tests.metrics.profiles import joint

SELECTED = st.lists(st.tuples(st.integers(1, 200), st.integers(29, 200)), min_size=2, max_size=5)


@given(SELECTED)
def test_difference_and_ratio_are_of_the_extremes_and_within_their_intervals(
    groups: list[tuple[int, int]],
) -> None:
    counts = {f"g{i}": joint({("1", "1"): a, ("1", "0"): b}) for i, (a, b) in enumerate(groups)}
    shares = [a / (a + b) for a, b in groups]
    gap = compare_groups(counts, selection_rate("1"), DIFFERENCE)
    part = compare_groups(counts, selection_rate("1"), RATIO)
    assert gap.value == pytest.approx(max(shares) - min(shares))
    assert part.value == pytest.approx(min(shares) / max(shares))
    for reading in (gap, part):
        assert reading.interval is not None
        assert 0 <= reading.interval.low <= reading.value <= reading.interval.high <= 1


def test_the_intervals_cover_the_true_difference_and_ratio() -> None:
    random = np.random.default_rng(12)
    held = np.zeros(2)
    for _ in range(400):
        selected = {"a": int(random.binomial(150, 0.5)), "b": int(random.binomial(80, 0.3))}
        counts = {
            name: joint({("1", "1"): s, ("1", "0"): (150 if name == "a" else 80) - s})
            for name, s in selected.items()
        }
        gap = compare_groups(counts, selection_rate("1"), DIFFERENCE).interval
        part = compare_groups(counts, selection_rate("1"), RATIO).interval
        assert gap is not None
        assert part is not None
        held += [gap.low <= 0.2 <= gap.high, part.low <= 0.6 <= part.high]
    assert (held >= 0.93 * 400).all()


def test_the_line_of_a_group_states_its_rows_rate_and_wilson_interval() -> None:
    counts = {"a": joint({("1", "1"): 50, ("1", "0"): 50}), "b": joint({("1", "0"): 96})}
    lines = compare_groups(counts, selection_rate("1"), DIFFERENCE).detail["groups"]
    assert isinstance(lines, list)
    assert lines[0]["rows"] == 100
    assert (lines[0]["low"], lines[0]["high"]) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert (lines[1]["rate"], lines[1]["low"]) == (0.0, 0.0)


def test_an_attribute_without_a_value_in_any_row_cannot_be_measured() -> None:
    counts = {"missing": joint({("1", "1"): 500, ("1", "0"): 500})}
    with pytest.raises(UnmeasurableError, match="has no value in any row"):
        compare_groups(counts, selection_rate("1"), DIFFERENCE)
    both = {BY.join([MISSING, MISSING]): counts["missing"]}
    with pytest.raises(UnmeasurableError, match="has no value in any row"):
        compare_groups(both, selection_rate("1"), DIFFERENCE)
    assert MISSING == GROUP_OF_NULLS


def test_rows_of_one_group_alone_cannot_be_compared_with_any() -> None:
    counts = {"a": joint({("1", "1"): 500, ("1", "0"): 500}), "b": joint({})}
    with pytest.raises(UnmeasurableError, match="all rows are of one group"):
        compare_groups(counts, selection_rate("1"), DIFFERENCE)


def selected(rows: int, share: float) -> JointCounts:
    return joint({("1", "1"): round(rows * share), ("1", "0"): rows - round(rows * share)})


def test_noise_among_many_groups_alike_is_rarely_certain() -> None:
    random = np.random.default_rng(20)
    certain = 0
    for _ in range(200):
        drawn = random.binomial(200, 0.3, size=18) / 200
        counts = {f"g{i}": selected(200, share) for i, share in enumerate(drawn)}
        part = compare_groups(counts, selection_rate("1"), RATIO)
        assert part.interval is not None
        certain += part.interval.high < 0.9
    assert certain <= 0.05 * 200  # the two furthest apart alone would be told apart in half of them


def test_a_small_group_of_an_extreme_rate_does_not_hide_a_gap_between_large_ones() -> None:
    large = {"a": selected(10_000, 0.5), "b": selected(10_000, 0.3)}
    both = compare_groups({**large, "c": selected(40, 0.25)}, selection_rate("1"), DIFFERENCE)
    assert both.value == pytest.approx(0.25)
    assert both.interval is not None
    assert 0.17 < both.interval.low < 0.2 < both.interval.high  # a from b, for certain
    part = compare_groups({**large, "c": selected(40, 0.25)}, selection_rate("1"), RATIO)
    assert part.interval is not None
    assert part.interval.high == pytest.approx(0.6, abs=0.04)


def test_weights_that_differ_within_a_group_widen_its_interval() -> None:
    even = joint({("1", "1"): 50, ("1", "0"): 50})
    uneven = JointCounts(
        counts=even.counts, mass=even.mass, squares={cell: 4.0 * n for cell, n in even.mass.items()}
    )  # weights whose squares sum to four times their number: a quarter of the rows
    lines = [
        compare_groups({"a": one, "b": even}, selection_rate("1"), DIFFERENCE).detail["groups"]
        for one in (even, uneven)
    ]
    widths = [found[0]["high"] - found[0]["low"] for found in lines if isinstance(found, list)]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.06)
