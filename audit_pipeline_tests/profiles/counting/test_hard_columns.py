"""Distances of hard columns, counted by a real engine, lie within their stated bounds."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import ks_2samp, wasserstein_distance

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.drift import hellinger_distance, jensen_shannon_distance
from audit_pipeline.metrics.drift import kolmogorov_smirnov as kolmogorov
from audit_pipeline.metrics.drift import population_stability_index as stability
from audit_pipeline.metrics.drift import wasserstein_distance as wasserstein
from audit_pipeline.profiles.histogram import FloatArray
from audit_pipeline.profiles.profile import NumericColumn, Profile
from audit_pipeline_tests.profiles import parted
from audit_pipeline_tests.profiles.tables import audit

SIZE = 4_000
SHIFT = 0.3
Sides = tuple[FloatArray, FloatArray]


def _sides(seed: int) -> dict[str, Sides]:
    """Return hard columns, each as it was and as it is: moved a little."""
    random = np.random.default_rng(seed)

    def normal(centre: float, spread: float) -> Sides:
        first, second = random.normal(0, 1, (2, SIZE))
        return centre + spread * first, centre + spread * (second + SHIFT)

    def both(first: Sides, second: Sides, share: float) -> Sides:
        picked = random.uniform(size=SIZE) < share
        sides = zip(first, second, strict=True)
        one, other = (np.where(picked, a, b) for a, b in sides)
        return one, other

    none = np.zeros(SIZE), np.zeros(SIZE)
    confident = random.beta(0.01, 0.02, (2, SIZE))
    return {
        "90 % zeros": both(none, normal(0, 1), 0.9),
        "zeros and a few others": both(none, normal(5, 2), 0.999),
        "two far modes": both(normal(-1e6, 1), normal(1e6, 1), 0.5),
        "confident scores": (confident[0], confident[1] ** 1.1),
        "1e300": (np.abs(normal(0, 1e300)[0]), np.abs(normal(0, 1e300)[1])),
        "subnormals": normal(0, 1e-310),
        "huge offset": normal(1e9, 1e-3),
        "huge offset, a few doubles apart": normal(1e9, 3e-7),
        "heavy tails": (random.standard_cauchy(SIZE), random.standard_cauchy(SIZE) * 1.3),
        "few values": (
            random.integers(0, 3, SIZE).astype(float),
            random.integers(0, 4, SIZE).astype(float),
        ),
        "constant": (np.full(SIZE, 7.0), np.full(SIZE, 7.0)),
        "constant that moved": (np.full(SIZE, 7.0), np.full(SIZE, 7.5)),
    }


SIDES = _sides(3)
COARSE = {"1e300", "subnormals", "confident scores"}
"""No grid that doubles allow tells their values well apart: the bound says so."""
ALL_NULL = "all null"
NAMES = [*SIDES, ALL_NULL]


def _table(side: int) -> pa.Table:
    columns = {name: pa.array(sides[side]) for name, sides in SIDES.items()}
    columns[ALL_NULL] = pa.nulls(SIZE, pa.float64())
    columns["predicted"] = pa.nulls(SIZE, pa.int64())
    return pa.table({"id": np.arange(SIZE), **columns})


@pytest.fixture(scope="module")
def profiles() -> Iterator[tuple[Profile, Profile]]:
    of = audit(features=dict.fromkeys(NAMES, "numeric"))
    with parted.bench() as bench:
        plan = bench.plan(_table(0), of)
        yield bench.profile(_table(0), of, plan), bench.profile(_table(1), of, plan)


Profiles = tuple[Profile, Profile]


def column(profile: Profile, name: str) -> NumericColumn:
    found = profile.columns[name]
    assert isinstance(found, NumericColumn)
    return found


@pytest.mark.parametrize("name", SIDES)
def test_all_rows_of_a_hard_column_are_counted_and_no_others(profiles: Profiles, name: str) -> None:
    for profile, values in zip(profiles, SIDES[name], strict=True):
        found = column(profile, name)
        assert found.histogram.rows == SIZE
        assert found.histogram.lows.min() == values.min()
        assert found.histogram.highs.max() == values.max()
        assert not np.any(found.histogram.lows > found.histogram.highs)


@pytest.mark.parametrize("name", SIDES)
def test_kolmogorov_smirnov_is_scipys_within_its_bound(profiles: Profiles, name: str) -> None:
    exact = ks_2samp(*SIDES[name], method="asymp").statistic
    reading = kolmogorov.kolmogorov_smirnov(*(column(p, name) for p in profiles))
    assert reading.value - 1e-12 <= exact <= reading.value + reading.error_bound + 1e-12
    assert name in COARSE or reading.error_bound < 0.002


@pytest.mark.parametrize("name", SIDES)
def test_wasserstein_is_scipys_within_its_bound(profiles: Profiles, name: str) -> None:
    baseline, current = (column(p, name) for p in profiles)
    if name in {"1e300", "constant that moved"}:
        with pytest.raises(UnmeasurableError, match=r"too large|never varied"):
            wasserstein.wasserstein_distance(baseline, current)
        return
    first, second = SIDES[name]
    shift, unit = np.median(first), max(float(np.ptp(first)), 5e-324)
    # scipy loses digits of what is subnormal or far off
    exact = wasserstein_distance((first - shift) / unit, (second - shift) / unit)
    spread = float(np.std((first - shift) / unit)) or 1.0
    reading = wasserstein.wasserstein_distance(baseline, current)
    assert abs(reading.value - exact / spread) <= reading.error_bound + 1e-9


@pytest.mark.parametrize("name", SIDES)
def test_mean_and_deviation_of_a_hard_column_are_near_numpys(profiles: Profiles, name: str) -> None:
    values = SIDES[name][0]
    found = column(profiles[0], name)
    shift, unit = float(np.median(values)), float(np.ptp(values)) or 1.0
    offsets = values / unit - shift / unit if unit > 1e200 else (values - shift) / unit
    widths = found.histogram.widths / unit
    within = min(2e-6, float(np.sum(found.histogram.shares * widths)) / 2)
    if name in COARSE:
        within = float(np.max(widths))
    digits = 2**-51 * (1 + abs(shift / unit))
    assert found.mean is not None
    assert abs(found.mean / unit - shift / unit - offsets.mean()) <= within + digits
    if name == "1e300":
        return  # its square has no double
    assert found.standard_deviation is not None
    assert abs(found.standard_deviation / unit - offsets.std()) <= 2 * within + digits


@pytest.mark.parametrize(
    "read",
    [kolmogorov.kolmogorov_smirnov, wasserstein.wasserstein_distance],
)
def test_an_all_null_column_has_no_distance(profiles: Profiles, read: object) -> None:
    assert callable(read)
    with pytest.raises(UnmeasurableError, match="no usable value"):
        read(*(column(p, ALL_NULL) for p in profiles))


@pytest.mark.parametrize("name", SIDES)
def test_a_column_is_at_no_distance_from_itself(profiles: Profiles, name: str) -> None:
    same = column(profiles[0], name)
    readings = [
        stability.population_stability_index(same, same),
        jensen_shannon_distance.jensen_shannon_distance(same, same),
        hellinger_distance.hellinger_distance(same, same),
        kolmogorov.kolmogorov_smirnov(same, same),
    ]
    if name != "1e300":
        readings.append(wasserstein.wasserstein_distance(same, same))
    assert [reading.value for reading in readings] == [0.0] * len(readings)


@pytest.mark.parametrize("name", SIDES)
def test_the_largest_gap_is_the_same_either_way(profiles: Profiles, name: str) -> None:
    first, second = (column(p, name) for p in profiles)
    there = kolmogorov.kolmogorov_smirnov(first, second)
    back = kolmogorov.kolmogorov_smirnov(second, first)
    assert there.value == pytest.approx(back.value, abs=1e-12)


SHARES = hnp.arrays(np.float64, 6, elements=st.just(0.0) | st.floats(1e-12, 1)).filter(
    lambda a: a.sum() > 0.01
)


@settings(max_examples=100, deadline=None)
@given(SHARES, SHARES)
def test_distances_of_shares_are_symmetric_and_zero_of_the_same(
    first: FloatArray, second: FloatArray
) -> None:
    one, other = first / first.sum(), second / second.sum()
    for distance in (
        stability.stability_index,
        jensen_shannon_distance.divergence,
        hellinger_distance.squared_distance,
    ):
        assert distance(one, other) == pytest.approx(distance(other, one), abs=1e-12)
        assert distance(one, one) == pytest.approx(0.0, abs=1e-12)
        assert distance(one, other) >= -1e-12
