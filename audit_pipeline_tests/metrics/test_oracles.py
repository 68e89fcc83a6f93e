"""What SciPy and scikit-learn say of the same rows, on ordinary data and on hard data.

The profiles are counted from arrays, as the SQL counts them: on the baseline's grid, the scores on
the logit grid. Fairness and its oracle stand in `fairness/test_definitions.py`.
"""

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics as sklearn

from audit_pipeline.metrics.base import Reading
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.histogram import FloatArray, IntArray
from audit_pipeline.profiles.profile import NumericColumn, Profile
from audit_pipeline_tests.metrics.profiles import (
    categorical,
    fitted,
    numeric,
    pairs,
    profile,
    regression,
    scores,
)

ROWS = 20_000
Sides = tuple[FloatArray, FloatArray]
Labelled = tuple[IntArray, FloatArray]
R = np.random.default_rng


def near(values: FloatArray, moved: float) -> Sides:
    return values, R(99).permutation(values) * (1 + moved)


def zeros(random: np.random.Generator, size: int) -> FloatArray:
    return np.where(random.uniform(size=size) < 0.9, 0.0, random.exponential(size=size))


COLUMNS: dict[str, Sides] = {
    "normal": (R(1).normal(size=ROWS), R(2).normal(0.1, 1.1, size=ROWS)),
    "lognormal": (R(1).lognormal(0, 2, size=ROWS), R(2).lognormal(0.1, 2, size=ROWS)),
    "90 % zeros": (zeros(R(1), ROWS), zeros(R(2), ROWS) * 1.2),
    "two far modes": (
        np.r_[R(1).normal(0, 1, ROWS // 2), R(2).normal(1e6, 1, ROWS // 2)],
        np.r_[R(3).normal(0, 1, ROWS // 3), R(4).normal(1e6, 1, ROWS // 3)],
    ),
    "huge offset, tiny spread": (
        1e12 + R(1).normal(size=ROWS),
        1e12 + R(2).normal(0.2, 1, size=ROWS),
    ),
    "very large": near(R(1).normal(size=ROWS) * 1e140, 0.1),
    "subnormal": near(np.abs(R(1).normal(size=ROWS)) * 5e-310, 0.1),
    "Cauchy": (R(1).standard_cauchy(size=ROWS), R(2).standard_cauchy(size=ROWS)),
    "whole numbers": (R(1).poisson(3, ROWS).astype(float), R(2).poisson(3.1, ROWS).astype(float)),
    "one side small": (R(1).normal(size=ROWS), R(2).normal(0.5, 1, size=50)),
}


def columns(name: str) -> tuple[NumericColumn, NumericColumn]:
    baseline, current = COLUMNS[name]
    grid = fitted(baseline)
    return numeric(baseline, grid), numeric(current, grid)


def read(name: str, subject: str, baseline: Profile, current: Profile) -> Reading:
    return METRICS[name].measure.read(subject, baseline, current)[0]


def compared(metric: str, name: str) -> Reading:
    sides = [profile(c.rows, columns={"x": c}) for c in columns(name)]
    return read(metric, "x", *sides)


@pytest.mark.parametrize("name", COLUMNS)
def test_kolmogorov_smirnov_is_scipys_within_its_bound_and_a_thousandth(name: str) -> None:
    reading = compared("kolmogorov_smirnov", name)
    theirs = stats.ks_2samp(*COLUMNS[name], method="asymp").statistic
    assert -1e-12 <= theirs - reading.value <= reading.error_bound + 1e-12
    assert abs(theirs - reading.value) <= 1e-3


@pytest.mark.parametrize("name", COLUMNS)
def test_wasserstein_is_scipys_within_its_bound_and_a_hundredth(name: str) -> None:
    baseline, current = COLUMNS[name]
    unit = float(np.ptp(baseline)) if name == "subnormal" else 1.0  # scipy loses what is subnormal
    theirs = stats.wasserstein_distance(baseline / unit, current / unit) / np.std(baseline / unit)
    reading = compared("wasserstein_distance", name)
    assert abs(reading.value - theirs) <= reading.error_bound + 1e-6 * theirs
    assert reading.value == pytest.approx(theirs, rel=0.01)


def overlap(expected: FloatArray, actual: FloatArray) -> float:
    return math.sqrt(max(0.0, 1 - float(np.sum(np.sqrt(expected * actual)))))


def divergence(expected: FloatArray, actual: FloatArray) -> float:
    return float(jensenshannon(expected, actual, base=2))


def stability(expected: FloatArray, actual: FloatArray) -> float:
    e, a = (np.where(side < 1e-4, 1e-4, side) for side in (expected, actual))
    return float(stats.entropy(a, e) * a.sum() + stats.entropy(e, a) * e.sum())


BINNED: dict[str, Callable[[FloatArray, FloatArray], float]] = {
    "hellinger_distance": overlap,
    "jensen_shannon_distance": divergence,
    "population_stability_index": stability,
}


@pytest.mark.parametrize("metric", BINNED)
@pytest.mark.parametrize("name", COLUMNS)
def test_what_is_compared_over_bins_is_exact_on_the_rows_themselves(metric: str, name: str) -> None:
    reading = compared(metric, name)
    edges = reading.detail["edges"]
    assert isinstance(edges, list)
    cuts = np.array([-np.inf, *edges, np.inf])
    shares = [np.histogram(side, cuts)[0] / len(side) for side in COLUMNS[name]]
    if name not in {"subnormal", "huge offset, tiny spread"}:  # edges have no more digits there
        assert reading.detail["expected"] == pytest.approx(shares[0], abs=1e-3)
        assert reading.detail["actual"] == pytest.approx(shares[1], abs=1e-3)
    told = [np.asarray(reading.detail[side], np.float64) for side in ("expected", "actual")]
    assert reading.value == pytest.approx(BINNED[metric](*told), rel=2e-3, abs=1e-7)
    assert reading.error_bound == 0.0


CATEGORIES = {
    "three": ({"a": 500, "b": 300, "c": 200}, {"a": 450, "b": 380, "c": 170}),
    "came and went": ({"a": 900, "b": 100}, {"a": 900, "c": 80}),
    "long tail": (
        Counter(map(str, R(1).geometric(0.05, 5000).tolist())),
        Counter(map(str, R(2).geometric(0.06, 900).tolist())),
    ),
}


@pytest.mark.parametrize("name", CATEGORIES)
def test_categories_are_compared_as_scipy_does(name: str) -> None:
    baseline, current = CATEGORIES[name]
    table = np.array(
        [[side.get(k, 0) for k in {**baseline, **current}] for side in (baseline, current)]
    )
    sides = [profile(sum(s.values()), columns={"x": categorical(s)}) for s in (baseline, current)]
    chi = stats.chi2_contingency(table, correction=False)
    square = read("chi_square", "x", *sides)
    assert square.detail["statistic"] == pytest.approx(chi.statistic)
    assert square.detail["p_value"] == pytest.approx(chi.pvalue)
    assert square.value == pytest.approx(stats.contingency.association(table, method="cramer"))
    shares = table / table.sum(axis=1, keepdims=True)
    for metric, theirs in BINNED.items():
        if metric != "population_stability_index" or shares.min() > 0:  # the floor is ours
            found = read(metric, "x", *sides)
            assert found.value == pytest.approx(theirs(*shares), abs=1e-7)
    unseen = sum(n for k, n in current.items() if k not in baseline) / sum(current.values())
    assert read("unseen_category_share", "x", *sides).value == pytest.approx(unseen)


def labelled(logits: FloatArray, seed: int) -> Labelled:
    said = 1 / (1 + np.exp(-logits))
    return (R(seed).uniform(size=len(said)) < said).astype(np.int64), said


SCORES: dict[str, Labelled] = {
    "calibrated": labelled(R(1).normal(size=ROWS), 2),
    "confident": labelled(R(1).normal(scale=9, size=ROWS), 2),
    "all near one": labelled(R(1).normal(6, 0.5, size=ROWS), 2),
    "few values": labelled(np.log(np.array([0.1, 0.5, 0.9]))[R(1).integers(0, 3, ROWS)], 2),
    "of no use": (R(1).integers(0, 2, ROWS), R(2).uniform(size=ROWS)),
    "rare": labelled(R(1).normal(-5, 1, size=ROWS), 2),
}


def scored(name: str) -> Profile:
    labels, said = SCORES[name]
    places = np.floor(1000 * np.log(said / (1 - said))).astype(np.int64)
    return scores(labels.tolist(), said.tolist(), places=places)


@pytest.mark.parametrize("name", SCORES)
def test_numbers_of_scores_are_scikit_learns_within_their_bound(name: str) -> None:
    labels, said = SCORES[name]
    window = scored(name)
    oracles = {
        "roc_auc": sklearn.roc_auc_score(labels, said),
        "brier_score": sklearn.brier_score_loss(labels, said),
        "log_loss": sklearn.log_loss(labels, said),
    }
    for metric, theirs in oracles.items():
        reading = read(metric, "all rows", window, window)
        assert abs(reading.value - theirs) <= reading.error_bound + 1e-12
        assert abs(reading.value - theirs) <= 1e-4


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("classes", [2, 4])
def test_numbers_of_classes_are_scikit_learns(classes: int, seed: int) -> None:
    labels, said = R(seed).integers(0, classes, size=(2, 3000))
    positive = "1" if classes == 2 else None
    window = profile(3000, positive=positive, outcomes=pairs(labels, said))
    average = {"average": "binary" if classes == 2 else "macro"}
    oracles = {
        "accuracy": sklearn.accuracy_score(labels, said),
        "precision": sklearn.precision_score(labels, said, **average),
        "recall": sklearn.recall_score(labels, said, **average),
        "f1_score": sklearn.f1_score(labels, said, **average),
    }
    for metric, theirs in oracles.items():
        assert read(metric, "all rows", window, window).value == pytest.approx(theirs)


TARGETS: dict[str, Sides] = {
    "ordinary": (R(1).normal(size=ROWS), R(2).normal(0.1, 1, size=ROWS)),
    "far errors": (R(1).standard_cauchy(size=ROWS), np.zeros(ROWS)),
    "offset": (1e9 + R(1).normal(size=ROWS), 1e9 + R(2).normal(size=ROWS)),
    "exact": (R(1).normal(size=ROWS), R(1).normal(size=ROWS)),
}


@pytest.mark.parametrize("name", TARGETS)
def test_numbers_of_a_regression_are_scikit_learns(name: str) -> None:
    labels, said = TARGETS[name]
    window = regression(labels, said)
    oracles = {
        "mean_absolute_error": sklearn.mean_absolute_error(labels, said),
        "root_mean_squared_error": sklearn.root_mean_squared_error(labels, said),
        "r_squared": sklearn.r2_score(labels, said),
    }
    for metric, theirs in oracles.items():
        reading = read(metric, "all rows", window, window)
        assert reading.value == pytest.approx(theirs, rel=1e-9, abs=1e-12)
        assert 0 <= reading.error_bound <= 1e-3 * max(1.0, abs(reading.value))
