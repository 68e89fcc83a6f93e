"""The same number as Evidently's, where both define the same one."""

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from audit_pipeline.metrics.drift.jensen_shannon_distance import jensen_shannon_distance
from audit_pipeline.metrics.drift.population_stability_index import population_stability_index
from audit_pipeline.metrics.drift.wasserstein_distance import wasserstein_distance
from audit_pipeline_tests.metrics.profiles import categorical, numeric

Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def frames() -> Frames:
    draw = np.random.default_rng(3)

    def frame(rows: int, youngest: int, shares: list[float]) -> pd.DataFrame:
        ages = draw.integers(youngest, 95, rows).astype(float)
        return pd.DataFrame({"age": ages, "kind": draw.choice(list("abc"), rows, p=shares)})

    return frame(3000, 0, [0.5, 0.3, 0.2]), frame(2500, 5, [0.4, 0.3, 0.3])


@pytest.fixture(scope="module")
def evidently(frames: Frames) -> dict[str, float]:
    """Return Evidently's drift of `age` and `kind`, by method."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, while it is imported and while it runs
        from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415
        from evidently.metrics import ValueDrift  # noqa: PLC0415

        asked = (("age", "wasserstein"), ("kind", "psi"), ("kind", "jensenshannon"))
        definition = DataDefinition(numerical_columns=["age"], categorical_columns=["kind"])
        baseline, current = (Dataset.from_pandas(frame, definition) for frame in frames)
        report = Report([ValueDrift(column=column, method=method) for column, method in asked])
        found: list[dict[str, Any]] = report.run(current, baseline).dict()["metrics"]
    return {method: float(m["value"]) for (_, method), m in zip(asked, found, strict=True)}


def test_the_wasserstein_distance_is_evidentlys(
    frames: Frames, evidently: dict[str, float]
) -> None:
    baseline, current = (numeric(frame["age"].to_numpy()) for frame in frames)

    ours = wasserstein_distance(baseline, current).value

    assert ours == pytest.approx(evidently["wasserstein"], rel=1e-9)


def test_the_stability_of_categories_is_evidentlys(
    frames: Frames, evidently: dict[str, float]
) -> None:
    baseline, current = (categorical(frame["kind"].value_counts().to_dict()) for frame in frames)

    ours = population_stability_index(baseline, current).value

    assert ours == pytest.approx(evidently["psi"], rel=1e-9)


def test_the_jensen_shannon_distance_is_evidentlys_in_bits(
    frames: Frames, evidently: dict[str, float]
) -> None:
    baseline, current = (categorical(frame["kind"].value_counts().to_dict()) for frame in frames)

    ours = jensen_shannon_distance(baseline, current).value

    in_nats = ours * math.sqrt(math.log(2))  # Evidently takes natural logarithms
    assert in_nats == pytest.approx(evidently["jensenshannon"], rel=1e-9)
