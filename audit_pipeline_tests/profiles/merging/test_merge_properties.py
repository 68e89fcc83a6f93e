"""Rows counted in parts and merged are the rows counted at once, to the last byte."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.encoding.codec import content_address
from audit_pipeline.profiles.merging.merge import merge_profiles
from audit_pipeline.profiles.profile import Profile
from audit_pipeline_tests.profiles import parted
from audit_pipeline_tests.profiles.parted import Bench
from audit_pipeline_tests.profiles.tables import written

FEW = settings(
    phases=[Phase.generate],  # each costs seconds: a seed that fails says enough as it is
    max_examples=2,
    deadline=None,  # other processes may have the machine
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with parted.bench() as found:
        yield found


def once(profile: Profile) -> Profile:
    """Return the profile without the count of its parts, which is what differs."""
    return replace(profile, parts=1)


@pytest.mark.parametrize("of", [parted.BINARY, parted.WEIGHTED], ids=["unweighted", "weighted"])
@FEW
@given(seed=SEEDS, parts=st.integers(3, 4))
def test_merged_parts_are_the_whole_byte_for_byte(
    bench: Bench, of: Audit, seed: int, parts: int
) -> None:
    rows = parted.rows_of(seed)
    plan = bench.plan(rows, of)
    whole = bench.profile(rows, of, plan)
    found = [bench.profile(part, of, plan) for part in parted.parts_of(rows, seed, parts)]

    merged = merge_profiles(found)
    assert merged.parts == parts
    assert written(once(merged)) == written(whole)
    assert content_address(once(merged)) == content_address(whole)

    backwards = merge_profiles(found[::-1])
    assert written(backwards) == written(merged)
    in_steps = merge_profiles([merge_profiles(found[:2]), *found[2:]])
    assert written(in_steps) == written(merged)


@FEW
@given(seed=SEEDS)
def test_the_order_of_rows_changes_no_byte(bench: Bench, seed: int) -> None:
    rows = parted.rows_of(seed)
    plan = bench.plan(rows, parted.WEIGHTED)
    shuffled = rows.take(np.random.default_rng(seed).permutation(rows.num_rows))
    first = bench.profile(rows, parted.WEIGHTED, plan)
    assert written(bench.profile(shuffled, parted.WEIGHTED, plan)) == written(first)


@FEW
@given(seed=SEEDS)
def test_a_regressions_parts_have_the_errors_of_the_whole(bench: Bench, seed: int) -> None:
    rows = parted.regression_rows(seed)
    plan = bench.plan(rows, parted.REGRESSION)
    whole = bench.profile(rows, parted.REGRESSION, plan)
    found = [
        bench.profile(part, parted.REGRESSION, plan) for part in parted.parts_of(rows, seed, 3)
    ]
    merged = merge_profiles(found)
    assert written(replace(once(merged), errors=None)) == written(replace(whole, errors=None))
    assert merged.errors is not None
    assert whole.errors is not None
    for name in ("count", "effective_rows", "mean_absolute", "absolute_variance", "mean_squared"):
        assert getattr(merged.errors, name) == pytest.approx(
            getattr(whole.errors, name), rel=1e-6
        ), name
    assert merged.errors.label_variance == pytest.approx(whole.errors.label_variance, rel=1e-6)
    assert merge_profiles(found[::-1]).errors == merged.errors
