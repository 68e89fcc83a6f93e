from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from audit_pipeline.metrics.base import Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.drift.correlation_change import METRIC, correlation_change
from audit_pipeline.profiles.profile import Profile
from audit_pipeline_tests.metrics.profiles import profile, related

Columns = dict[str, npt.NDArray[np.float64]]
SQUARE = {"a": np.array([-1.0, -1, 1, 1] * 10), "b": np.array([-1.0, 1, -1, 1] * 10)}


def drawn(seed: int, towards: float, rows: int = 4000) -> Columns:
    random = np.random.default_rng(seed)
    a, b, c = random.normal(size=(3, rows))
    return {"a": a, "b": towards * a + (1 - towards**2) ** 0.5 * b, "c": c}


def read(before: Columns, now: Columns, name: str = "a") -> Reading:
    return correlation_change(name, related(before), related(now))


def test_the_hand_worked_change() -> None:
    # the four corners of a square have no correlation; a column with itself has one of 1
    reading = read(SQUARE, {"a": SQUARE["a"], "b": SQUARE["a"]})
    assert reading.value == pytest.approx(1.0)
    assert (reading.detail["partner"], reading.detail["before"]) == ("b", 0.0)
    assert reading.detail["now"] == pytest.approx(1.0)
    assert reading.interval is not None
    # Fisher's interval of no correlation in 40 rows reaches to tanh(1.96 / sqrt(37)) = 0.312
    assert reading.interval.low == pytest.approx(1 - 0.312, abs=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_largest_change_of_pandas_correlations_even_with_missing_values(
    seed: int,
) -> None:
    before, now = drawn(seed, 0.2), drawn(seed + 10, 0.6)
    for columns in (before, now):
        holes = (
            np.random.default_rng(seed).uniform(size=len(columns["b"])) < 0.3 + 0.2 * columns["a"]
        )
        columns["b"][holes] = np.nan  # missing where a is large: complete pairs are special ones
    theirs = (pd.DataFrame(now).corr() - pd.DataFrame(before).corr()).abs()
    for name in before:
        reading = read(before, now, name)
        assert reading.value == pytest.approx(theirs[name].max(), abs=1e-4)
        assert abs(reading.value - theirs[name].max()) <= reading.error_bound < 0.005
        assert reading.detail["partner"] == theirs[name].idxmax()
        assert set(reading.left_out) <= {"without a number in both columns"}


def test_the_interval_covers_the_true_change() -> None:
    held, quiet = 0, 0
    for seed in range(150):
        moved = read(drawn(seed, 0.3, 300), drawn(seed + 1000, 0.6, 300)).interval
        still = read(drawn(seed, 0.3, 300), drawn(seed + 1000, 0.3, 300)).interval
        assert moved is not None
        assert still is not None
        held += moved.low <= 0.3 <= moved.high
        quiet += still.low == 0.0
    assert held >= 0.93 * 150
    assert quiet >= 0.93 * 150


def test_a_column_that_no_longer_varies_is_a_gap_where_it_was_correlated() -> None:
    now = drawn(2, 0.5) | {"a": np.full(4000, 3.0)}
    with pytest.raises(
        UnmeasurableError, match=r"AGEP does not vary .* with b it was 0\.4.* baseline"
    ):
        read(drawn(1, 0.5), now)
    assert not isinstance(_error(drawn(1, 0.5), now), TooLittleDataError)
    # its partner is measured against the others, and says whom it lost
    assert read(drawn(1, 0.5), now, "b").detail["no_longer_correlated"] == ["a"]


def test_a_column_that_never_varied_has_no_correlation_to_change() -> None:
    before = drawn(1, 0.5) | {"a": np.full(4000, 3.0)}
    assert isinstance(_error(before, drawn(2, 0.5)), TooLittleDataError)
    assert "never varied in the baseline" in str(_error(before, drawn(2, 0.5)))


def test_a_column_that_is_constant_in_both_has_not_changed() -> None:
    before, now = (drawn(seed, 0.5) | {"a": np.full(4000, 3.0)} for seed in (1, 2))
    reading = read(before, now)
    assert (reading.value, reading.detail["partner"]) == (0.0, None)
    assert (reading.rows, reading.used) == (4000, 4000)


def _error(before: Columns, now: Columns) -> UnmeasurableError:
    with pytest.raises(UnmeasurableError) as caught:
        read(before, now)
    return caught.value


def test_few_common_rows_are_inconclusive_and_no_number_at_all_is_a_gap() -> None:
    few = {name: column[:20] for name, column in SQUARE.items()}
    assert isinstance(_error(SQUARE, few), TooLittleDataError)
    nothing = {"a": np.full(40, np.nan), "b": SQUARE["b"]}
    found = _error(SQUARE, nothing)
    assert not isinstance(found, TooLittleDataError)
    assert "no row of this window has a number in AGEP" in str(found)


def test_what_the_others_lack_is_no_gap_of_a_column() -> None:
    apart = {"a": np.r_[np.arange(40.0), [np.nan] * 40], "b": np.r_[[np.nan] * 40, np.arange(40.0)]}
    still = {"a": SQUARE["a"], "b": np.full(40, 1.0)}
    correlated = {"a": SQUARE["a"], "b": SQUARE["a"]}
    for before, now in ((SQUARE, apart), (SQUARE, {"a": SQUARE["a"]}), (correlated, still)):
        assert isinstance(_error(before, now), TooLittleDataError)


def test_columns_that_were_not_counted_together_are_a_gap() -> None:
    uncounted = profile(40, columns=related(SQUARE).columns)
    pairs: list[tuple[Profile, Profile]] = [
        (uncounted, related(SQUARE)),
        (related(SQUARE), uncounted),
    ]
    for before, now in pairs:
        with pytest.raises(UnmeasurableError, match="not counted together"):
            METRIC.measure.read("a", before, now)


def test_order_and_partners_names_do_not_matter() -> None:
    before, now = drawn(5, 0.1), drawn(6, 0.7)
    turned = [{name: column[::-1] for name, column in side.items()} for side in (before, now)]
    assert read(turned[0], turned[1]) == read(before, now)


def test_a_column_beyond_those_counted_together_is_told_and_no_nightly_gap() -> None:
    wide = related({**SQUARE, "c": SQUARE["a"]})
    with pytest.raises(TooLittleDataError, match="c is not among the 2 columns"):
        correlation_change("c", replace(wide, products=related(SQUARE).products), wide)
