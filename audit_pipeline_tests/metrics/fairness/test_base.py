"""The comparison of groups, apart from any one rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.fairness.base import (
    MISSING,
    compare_groups,
    difference,
    ratio,
    selection_rate,
)
from audit_pipeline.profiles.outputs import MISSING as GROUP_OF_NULLS
from audit_pipeline_tests.metrics.profiles import joint

SELECTED = st.lists(st.tuples(st.integers(1, 200), st.integers(29, 200)), min_size=2, max_size=5)


@given(SELECTED)
def test_difference_and_ratio_are_of_the_extremes_and_within_their_intervals(
    groups: list[tuple[int, int]],
) -> None:
    counts = {f"g{i}": joint({("1", "1"): a, ("1", "0"): b}) for i, (a, b) in enumerate(groups)}
    shares = [a / (a + b) for a, b in groups]
    gap = compare_groups(counts, selection_rate("1"), difference)
    part = compare_groups(counts, selection_rate("1"), ratio)
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
        gap = compare_groups(counts, selection_rate("1"), difference).interval
        part = compare_groups(counts, selection_rate("1"), ratio).interval
        assert gap is not None
        assert part is not None
        held += [gap.low <= 0.2 <= gap.high, part.low <= 0.6 <= part.high]
    assert (held >= 0.93 * 400).all()


def test_the_line_of_a_group_states_its_rows_rate_and_wilson_interval() -> None:
    counts = {"a": joint({("1", "1"): 50, ("1", "0"): 50}), "b": joint({("1", "0"): 96})}
    lines = compare_groups(counts, selection_rate("1"), difference).detail["groups"]
    assert isinstance(lines, list)
    assert lines[0]["rows"] == 100
    assert (lines[0]["low"], lines[0]["high"]) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert (lines[1]["rate"], lines[1]["low"]) == (0.0, 0.0)


def test_an_attribute_without_a_value_in_any_row_cannot_be_measured() -> None:
    counts = {"missing": joint({("1", "1"): 500, ("1", "0"): 500})}
    with pytest.raises(UnmeasurableError, match="has no value in any row"):
        compare_groups(counts, selection_rate("1"), difference)
    assert MISSING == GROUP_OF_NULLS


def test_rows_of_one_group_alone_cannot_be_compared_with_any() -> None:
    counts = {"a": joint({("1", "1"): 500, ("1", "0"): 500}), "b": joint({})}
    with pytest.raises(UnmeasurableError, match="all rows are of one group"):
        compare_groups(counts, selection_rate("1"), difference)
