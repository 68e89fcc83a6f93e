"""What every metric promises, whatever it measures."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from audit_pipeline.domain.intersection import intersections
from audit_pipeline.metrics.base import Shape, UnmeasurableError
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.profile import Profile
from audit_pipeline_tests.metrics.profiles import (
    categorical,
    joint,
    numeric,
    products,
    profile,
    regression,
    scores,
)

SHAPE = Shape(
    numeric=("AGEP", "WKHP"),
    categorical=("SEX",),
    groups=("SEX", *intersections(["SEX", "RAC1P"])),
    latency="seconds",
    has=frozenset(
        {"labels", "predictions", "scores", "binary", "classification", "regression"}  # all at once
    ),
)
FACTS = {"row_count", "duplicate_id_share", "unseen_category_share"}
"""These count what is there, and so have no interval."""


def window(seed: int) -> Profile:
    random = np.random.default_rng(seed)
    counts = joint(
        {
            ("1", "1"): 140 + seed,
            ("0", "1"): 60,
            ("1", "0"): 50,
            ("0", "0"): 200,
            (None, "1"): 30,
            ("0", None): 20,
        }
    )
    values = [*random.normal(seed, 1, size=480).tolist(), *[None, math.nan, math.inf] * 6, 9.0, 9.0]
    hours = random.normal(size=500) + np.nan_to_num(np.array(values, np.float64), posinf=0)
    off = regression(random.normal(size=470), random.normal(0.1, size=470))
    said = random.uniform(size=500)
    came: list[int | None] = [int(c) for c in random.uniform(size=470) < said[:470]]
    scored = scores([*came, *[None] * 30], said.tolist(), nulls=4, invalid=3)
    return replace(
        profile(500, labelled=470, zero_weight=3, duplicate_ids=seed),
        columns={
            "AGEP": numeric(values),
            "WKHP": numeric(hours),
            "seconds": numeric(random.lognormal(size=500)),
            "SEX": categorical({"1": 250, "2": 220 - seed, "9": 10 + seed}, nulls=20),
        },
        outcomes=counts,
        groups={
            name: {"1": counts, "2": counts, "missing": joint({("1", "1"): 5})}
            for name in SHAPE.groups
        },
        scores=scored.scores,
        errors=off.errors,
        residuals=off.residuals,
        products=products({"AGEP": np.array(values, np.float64), "WKHP": hours}),
    )


EMPTY = profile(
    0,
    columns={n: numeric([]) for n in ("AGEP", "WKHP", "seconds")} | {"SEX": categorical({})},
    outcomes=joint({}),
    groups={name: {} for name in SHAPE.groups},
    products=products({"AGEP": [], "WKHP": []}),
    scores=scores([], []).scores,
)
SUBJECTS = [
    (name, subject)
    for name, metric in METRICS.items()
    for subject in metric.measure.subjects(SHAPE)
]


@pytest.mark.parametrize(("name", "subject"), SUBJECTS)
def test_a_reading_accounts_for_every_row_and_is_plain_json(name: str, subject: str) -> None:
    reading, baseline = METRICS[name].measure.read(subject, window(1), window(3))
    assert reading.rows == reading.used + sum(reading.left_out.values())
    assert reading.used > 0
    assert math.isfinite(reading.value)
    assert type(reading.value) is float
    assert math.isfinite(reading.error_bound)
    assert baseline is None or math.isfinite(baseline.value)
    json.dumps([dict(reading.detail), dict(reading.left_out)], allow_nan=False)
    if name in FACTS:
        assert reading.interval is None
    else:
        assert reading.interval is not None
        assert reading.interval.low <= reading.value <= reading.interval.high
        assert all(type(end) is float for end in (reading.interval.low, reading.interval.high))


@pytest.mark.parametrize(("name", "subject"), SUBJECTS)
def test_an_empty_window_is_never_a_number(name: str, subject: str) -> None:
    if name == "row_count":  # whose zero fails
        return
    with pytest.raises(UnmeasurableError):
        METRICS[name].measure.read(subject, window(1), EMPTY)


@pytest.mark.parametrize(("name", "subject"), SUBJECTS)
def test_the_same_window_twice_gives_the_same_reading(name: str, subject: str) -> None:
    measure = METRICS[name].measure
    assert measure.read(subject, window(1), window(3)) == measure.read(
        subject, window(1), window(3)
    )


@pytest.mark.parametrize(
    ("name", "subject"), [pair for pair in SUBJECTS if METRICS[pair[0]].asset == "drift"]
)
def test_a_window_like_its_baseline_has_not_drifted(name: str, subject: str) -> None:
    reading, _ = METRICS[name].measure.read(subject, window(2), window(2))
    assert reading.value == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "subject"), [pair for pair in SUBJECTS if METRICS[pair[0]].asset == "drift"]
)
def test_without_a_baseline_there_is_no_drift_to_tell(name: str, subject: str) -> None:
    with pytest.raises(UnmeasurableError, match="no baseline"):
        METRICS[name].measure.read(subject, None, window(1))
