"""The check of the measured numbers: it finds the wrong ones."""

import copy
from typing import Any

from audit_pipeline_tests.benchmarks.accuracy import accuracy
from audit_pipeline_tests.benchmarks.outputs import outputs_accuracy

COUNTS = {
    "baseline": {"n": {"numbers": 10, "nulls": 1}},
    "current": {"n": {"numbers": 9, "nulls": 2}},
}
EXACT = {
    "n": {
        "counts": {side: counts["n"] for side, counts in COUNTS.items()},
        "kolmogorov_smirnov": 0.25,
        "wasserstein_distance": 0.5,
    }
}


def said(
    statistic: float | None = 0.25, distance: float | None = 0.5, bound: float = 0.0
) -> dict[str, Any]:
    values = {"kolmogorov_smirnov": statistic, "wasserstein_distance": distance}
    return {
        "numbers": [
            {"metric": metric, "subject": "n", "value": value, "bound": bound}
            for metric, value in values.items()
        ],
        "counts": copy.deepcopy(COUNTS),
    }


def test_exact_numbers_are_not_off() -> None:
    assert accuracy(said(), EXACT) == {
        "kolmogorov_smirnov": 0.0,
        "wasserstein_distance": 0.0,
        "wasserstein_relative": 0.0,
        "beyond_bound": [],
        "counts_wrong": [],
    }


def test_a_number_within_its_bound_is_off_and_no_more() -> None:
    found = accuracy(said(statistic=0.26, bound=0.02), EXACT)

    assert found["kolmogorov_smirnov"] == 0.01
    assert found["beyond_bound"] == []


def test_a_number_farther_off_than_it_says_is_named() -> None:
    found = accuracy(said(distance=0.6, bound=0.02), EXACT)

    assert found["wasserstein_distance"] == 0.1
    assert found["wasserstein_relative"] == 0.2
    assert found["beyond_bound"] == ["wasserstein_distance of n"]


def test_a_number_that_is_missing_is_named() -> None:
    without = said(statistic=None)
    without["numbers"] = without["numbers"][:1]

    assert accuracy(without, EXACT)["beyond_bound"] == [
        "kolmogorov_smirnov of n: no number",
        "wasserstein_distance of n: no number",
    ]


def test_the_relative_error_of_next_to_no_distance_does_not_count() -> None:
    near = {"n": EXACT["n"] | {"wasserstein_distance": 0.001}}

    found = accuracy(said(distance=0.002, bound=0.1), near)

    assert found["wasserstein_distance"] == 0.001
    assert found["wasserstein_relative"] == 0.0


def test_a_count_that_is_one_off_is_named() -> None:
    wrong = said()
    wrong["counts"]["current"]["n"]["nulls"] = 3

    assert accuracy(wrong, EXACT)["counts_wrong"] == ["n"]


def test_outputs_that_are_off_are_told() -> None:
    exact = {"roc_auc": 0.75, "cells": {"a": 1, "b": 2}, "correlations": {"x y": 0.5, "x z": 0.1}}
    measured = {
        "numbers": {"roc_auc of all rows": 0.5},
        "cells": {"a": 1, "b": 3, "c": 1},
        "correlations": {"x y": 0.25, "x z": 0.1},
    }

    assert outputs_accuracy(measured, exact) == {
        "roc_auc": 0.25,
        "correlation": 0.25,
        "cells_wrong": ["b", "c"],
    }
    assert outputs_accuracy({**measured, "correlations": {}}, exact)["correlation"] == 2.0
