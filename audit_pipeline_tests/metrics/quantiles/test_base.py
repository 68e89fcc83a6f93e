"""Quantiles of histograms are numpy's, up to their bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.metrics.quantiles.base import quantile
from audit_pipeline.profiles.histogram import Grid
from audit_pipeline_tests.metrics.profiles import histogram

COARSE = Grid(centre=0.0, scale=1.0, resolution=2)
VALUES = st.lists(st.floats(-50, 50), min_size=1, max_size=60)
SHARES = st.sampled_from([0.05, 0.25, 0.5, 0.9, 0.95])


@given(VALUES, SHARES)
def test_it_is_numpys_within_the_bound(values: list[float], share: float) -> None:
    found = quantile(histogram(values, COARSE), share, len(values))
    theirs = np.quantile(values, share, method="inverted_cdf")
    assert abs(found.value - theirs) <= found.error_bound * (1 + 1e-12) + 1e-300
    assert found.interval.low <= found.value <= found.interval.high


@given(VALUES, SHARES, st.randoms())
def test_weights_count_as_often_as_they_say(
    values: list[float], share: float, random: object
) -> None:
    weights = [1 + i % 3 for i in range(len(values))]
    repeated = np.repeat(values, weights)
    found = quantile(histogram(values, COARSE, weights), share, len(values))
    assert found.value == quantile(histogram(repeated, COARSE), share, len(values)).value


def test_the_interval_covers_the_true_quantile() -> None:
    random, held = np.random.default_rng(4), 0
    for _ in range(400):
        drawn = histogram(random.exponential(size=300))
        found = quantile(drawn, 0.95, 300).interval
        held += found.low <= -np.log(0.05) <= found.high
    assert held >= 0.93 * 400


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_ends_are_the_least_and_the_largest(share: float) -> None:
    found = quantile(histogram([3.0, 1.0, 2.0]), share, 3)
    assert found.value == (3.0 if share else 1.0)
