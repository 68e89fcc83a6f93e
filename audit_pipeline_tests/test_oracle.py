"""Every number of a real audit, beside what scipy, scikit-learn and fairlearn say of it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, ks_2samp, wasserstein_distance
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

from audit_pipeline.domain.intersection import BY
from audit_pipeline_tests.cli.commands import ROOT
from audit_pipeline_tests.example import WINDOW, example_home, example_record

__all__ = ["example_home", "example_record"]

EXAMPLE = ROOT / "audit_pipeline" / "examples" / "employment_ma"
FLOOR = 1e-4  # of an empty bin's share, in the stability index
ENOUGH = 30  # rows of a group that is compared
Outcome = dict[str, Any]


@pytest.fixture(scope="module")
def baseline() -> pd.DataFrame:
    """Return the baseline's rows, scored by the pinned model."""
    return scored(pd.read_parquet(EXAMPLE / "baseline_2015.parquet"))


@pytest.fixture(scope="module")
def current() -> pd.DataFrame:
    """Return the window's rows, scored by the pinned model."""
    rows = pd.read_parquet(EXAMPLE / "people_2016_2018.parquet")
    return scored(rows[rows["year"] == int(WINDOW)])


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with score and predicted class."""
    model = xgboost.Booster(model_file=EXAMPLE / "model.json")
    features = xgboost.DMatrix(rows[model.feature_names].astype(float))
    score = model.predict(features).astype(float)
    return rows.assign(score=score, predicted_employed=(score >= 0.5).astype(int))


def measured(record: dict[str, Any], *names: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield subject and measurement of each check of these names; none may be missing."""
    found = [o for o in record["outcomes"] if o["check"]["name"] in names]
    assert found
    for outcome in found:
        yield outcome["check"]["subject"], outcome["measurement"]


def near(measurement: dict[str, Any], exact: float, slack: float = 1e-9) -> bool:
    """Return whether a number is within its own stated bound of the exact one."""
    bound: float = measurement["coverage"]["error_bound"]
    value: float = measurement["value"]
    return bool(abs(value - exact) <= bound + slack)


def shares(
    detail: dict[str, Any], before: pd.Series, now: pd.Series
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the shares of both sides in the bins that the detail names, from the rows."""
    if "edges" in detail:
        bins = [np.searchsorted(detail["edges"], side, side="right") for side in (before, now)]
        count = len(detail["edges"]) + 1
        first, second = (np.bincount(b, minlength=count) / len(b) for b in bins)
        return first, second
    names = sorted({*before, *now})
    first, second = (
        side.value_counts(normalize=True).reindex(names, fill_value=0).to_numpy()
        for side in (before, now)
    )
    return first, second


def stability(before: np.ndarray[Any, Any], now: np.ndarray[Any, Any]) -> float:
    """Return the population stability index of shares, empty ones at the floor."""
    e, a = np.maximum(before, FLOOR), np.maximum(now, FLOOR)
    return float(np.sum((a - e) * np.log(a / e)))


def hellinger(before: np.ndarray[Any, Any], now: np.ndarray[Any, Any]) -> float:
    """Return the Hellinger distance of shares."""
    return float(np.sqrt(np.sum((np.sqrt(before) - np.sqrt(now)) ** 2) / 2))


def test_every_outcome_has_its_verdict_and_every_measurement_its_coverage(
    example_record: dict[str, Any],
) -> None:
    outcomes = example_record["outcomes"]
    assert len(outcomes) == len({tuple(o["check"].values()) for o in outcomes}) > 140
    for outcome in outcomes:
        assert outcome["verdict"] in {"pass", "warn", "fail", "inconclusive", "gap"}
        assert outcome["reason"]
        coverage = outcome["measurement"]["coverage"]
        assert coverage["rows"] == 70_131
        assert coverage["used"] + sum(coverage["left_out"].values()) == coverage["rows"]
        assert coverage["method"]
        assert coverage["engine"]
        interval = outcome["measurement"]["interval"]
        value = outcome["measurement"]["value"]
        assert interval is None or interval["low"] <= value <= interval["high"]


@pytest.mark.parametrize(
    ("name", "compare"),
    [
        ("population_stability_index", stability),
        ("jensen_shannon_distance", partial(jensenshannon, base=2)),
        ("hellinger_distance", hellinger),
    ],
)
def test_distances_over_bins(
    example_record: dict[str, Any],
    baseline: pd.DataFrame,
    current: pd.DataFrame,
    name: str,
    compare: Callable[..., float],
) -> None:
    for subject, found in measured(example_record, name):
        first, second = shares(found["detail"], baseline[subject], current[subject])
        assert near(found, compare(first, second)), subject


def test_the_bins_of_numbers_are_the_baselines_deciles(
    example_record: dict[str, Any], baseline: pd.DataFrame
) -> None:
    for subject, found in measured(example_record, "population_stability_index"):
        for edge, tenth in zip(found["detail"].get("edges", ()), range(1, 10), strict=False):
            if len(found["detail"]["edges"]) == 9:  # no value so common that it stands alone
                below = (baseline[subject] < edge).mean()
                common = baseline[subject].value_counts(normalize=True).max()
                assert tenth / 10 - 1e-9 <= below <= tenth / 10 + common


def test_kolmogorov_smirnov(
    example_record: dict[str, Any], baseline: pd.DataFrame, current: pd.DataFrame
) -> None:
    for subject, found in measured(example_record, "kolmogorov_smirnov"):
        exact = ks_2samp(baseline[subject], current[subject], method="asymp")
        assert near(found, exact.statistic), subject


def test_wasserstein(
    example_record: dict[str, Any], baseline: pd.DataFrame, current: pd.DataFrame
) -> None:
    for subject, found in measured(example_record, "wasserstein_distance"):
        exact = wasserstein_distance(baseline[subject], current[subject])
        # the spread is that of the grid, within a thousandth
        spread = baseline[subject].std(ddof=0)
        assert found["value"] == pytest.approx(
            exact / spread, abs=found["coverage"]["error_bound"] + 1e-9, rel=1e-3
        ), subject


def test_chi_square(
    example_record: dict[str, Any], baseline: pd.DataFrame, current: pd.DataFrame
) -> None:
    for subject, found in measured(example_record, "chi_square"):
        both = pd.concat([baseline[subject], current[subject]], ignore_index=True)
        side = np.repeat([0, 1], [len(baseline), len(current)])
        exact = chi2_contingency(pd.crosstab(side, both), correction=False)
        assert found["detail"]["statistic"] == pytest.approx(exact.statistic, rel=1e-9, abs=1e-9)
        assert found["detail"]["p_value"] == pytest.approx(exact.pvalue, rel=1e-6, abs=1e-300)
        assert found["value"] == pytest.approx((exact.statistic / len(both)) ** 0.5, abs=1e-9)


def test_missing_and_unseen_values(
    example_record: dict[str, Any], baseline: pd.DataFrame, current: pd.DataFrame
) -> None:
    for subject, found in measured(example_record, "missing_share"):
        assert found["value"] == current[subject].isna().mean()
    for subject, found in measured(example_record, "missing_share_change"):
        assert found["value"] == current[subject].isna().mean() - baseline[subject].isna().mean()
    for subject, found in measured(example_record, "unseen_category_share"):
        assert found["value"] == (~current[subject].isin(baseline[subject].unique())).mean()


def test_the_largest_change_of_a_correlation(
    example_record: dict[str, Any], baseline: pd.DataFrame, current: pd.DataFrame
) -> None:
    columns = dict(measured(example_record, "correlation_change"))
    before, now = (side[list(columns)].corr() for side in (baseline, current))
    for subject, found in columns.items():
        exact = (now - before)[subject].drop(subject).abs().max()
        assert near(found, exact, 1e-6), subject


def calibration_error(label: pd.Series, score: pd.Series) -> float:
    """Return the expected calibration error over ten bins of equal width."""
    place = np.minimum((score * 10).astype(int), 9)
    gaps = (score - label).groupby(place).agg(["mean", "size"])
    return float((gaps["mean"].abs() * gaps["size"]).sum() / len(score))


PERFORMANCE: dict[str, Callable[..., float]] = {
    "accuracy": accuracy_score,
    "precision": precision_score,
    "recall": recall_score,
    "f1_score": f1_score,
    "roc_auc": roc_auc_score,
    "log_loss": log_loss,
    "brier_score": brier_score_loss,
    "expected_calibration_error": calibration_error,
}


@pytest.mark.parametrize("name", PERFORMANCE)
def test_performance_of_window_and_baseline(
    example_record: dict[str, Any], baseline: pd.DataFrame, current: pd.DataFrame, name: str
) -> None:
    ((_, found),) = measured(example_record, name)
    said = (
        "predicted_employed" if name in {"accuracy", "precision", "recall", "f1_score"} else "score"
    )
    assert near(found, PERFORMANCE[name](current["employed"], current[said]), 1e-8)
    before = PERFORMANCE[name](baseline["employed"], baseline[said])
    assert found["baseline_value"] == pytest.approx(before, abs=2e-4 if name == "roc_auc" else 1e-8)


FAIRNESS = {
    "demographic_parity_difference": (selection_rate, "difference"),
    "demographic_parity_ratio": (selection_rate, "ratio"),
    "equal_opportunity_difference": (true_positive_rate, "difference"),
    "true_positive_rate_ratio": (true_positive_rate, "ratio"),
    "false_positive_rate_difference": (false_positive_rate, "difference"),
    "false_positive_rate_ratio": (false_positive_rate, "ratio"),
}


@pytest.mark.parametrize("name", FAIRNESS)
def test_fairness(
    example_record: dict[str, Any], baseline: pd.DataFrame, current: pd.DataFrame, name: str
) -> None:
    for subject, found in measured(example_record, name):
        sides = baseline, current = crossed(baseline, subject), crossed(current, subject)
        assert all(subject in side for side in sides)
        assert found["value"] == pytest.approx(between_groups(current, subject, name), abs=1e-9)
        before = between_groups(baseline, subject, name)
        assert found["baseline_value"] == pytest.approx(before, abs=1e-9)


def crossed(rows: pd.DataFrame, subject: str) -> pd.DataFrame:
    """Return the rows with a column of two attributes together, where `subject` is a pair."""
    first, _, second = subject.partition(BY)
    return rows.assign(**{subject: rows[first] * 100 + rows[second]}) if second else rows


def between_groups(rows: pd.DataFrame, subject: str, name: str) -> float:
    """Return what fairlearn says of the groups of which enough rows count in the rate."""
    rate, way = FAIRNESS[name]
    counts = {
        selection_rate: rows["employed"] >= 0,
        true_positive_rate: rows["employed"] == 1,
        false_positive_rate: rows["employed"] == 0,
    }[rate]
    sizes = rows.loc[counts, subject].value_counts()
    kept = rows[rows[subject].isin(sizes[sizes >= ENOUGH].index)]
    frame = MetricFrame(
        metrics=rate,
        y_true=kept["employed"],
        y_pred=kept["predicted_employed"],
        sensitive_features=kept[subject],
    )
    return float(getattr(frame, way)(method="between_groups"))


def test_rules_and_counts(example_record: dict[str, Any], current: pd.DataFrame) -> None:
    exact = {
        "row_count": len(current),
        "duplicate_id_share": current["id"].duplicated().mean(),
        "label_coverage": current["employed"].notna().mean(),
        "about_seventy_thousand_people": len(current),
        "about_half_are_predicted_employed": current["predicted_employed"].mean(),
        "age_is_plausible": (~current["AGEP"].between(0, 120)).mean(),
        "sex_is_a_survey_code": (~current["SEX"].isin([1, 2])).mean(),
        "race_is_a_survey_code": (~current["RAC1P"].isin(range(1, 10))).mean(),
        "schooling_is_a_survey_code": (~current["SCHL"].between(0, 24)).mean(),
        "one_row_per_person": current["id"].duplicated(keep=False).mean(),
        "score_is_a_probability": (~current["score"].between(0, 1)).mean(),
    }
    for name, value in exact.items():
        ((_, found),) = measured(example_record, name)
        assert found["value"] == pytest.approx(value, abs=1e-12), name


def test_no_number_is_left_uncompared(example_record: dict[str, Any]) -> None:
    names = {o["check"]["name"] for o in example_record["outcomes"]}
    rules = {name for name in names if "_is_" in name or name.startswith(("about_", "one_row"))}
    assert names - rules - set(PERFORMANCE) - set(FAIRNESS) == {
        "population_stability_index",
        "jensen_shannon_distance",
        "hellinger_distance",
        "correlation_change",
        "kolmogorov_smirnov",
        "wasserstein_distance",
        "chi_square",
        "missing_share",
        "missing_share_change",
        "unseen_category_share",
        "row_count",
        "duplicate_id_share",
        "label_coverage",
        "shap_additivity",  # compared with SHAP's own in audit_pipeline_tests/explain
    }
