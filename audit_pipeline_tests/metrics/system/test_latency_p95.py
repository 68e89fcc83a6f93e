import numpy as np
import pytest

from audit_pipeline.domain.limit import Against
from audit_pipeline.metrics.base import Shape, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.system.latency_p95 import METRIC, latency_p95
from audit_pipeline_tests.metrics.profiles import numeric, profile


def test_of_a_hundred_the_ninety_fifth() -> None:
    reading = latency_p95(numeric([float(n) for n in range(1, 101)]))
    assert (reading.value, reading.error_bound) == (95.0, 0.0)
    assert reading.detail["median"] == 50.0
    assert reading.interval is not None
    # 95 ± 1.96 * sqrt(0.95 * 0.05 / 100) %, as ranks: 91 and 100
    assert (reading.interval.low, reading.interval.high) == (91.0, 100.0)


def test_it_is_numpys_on_many_rows_and_says_how_surely() -> None:
    drawn = np.random.default_rng(1).lognormal(-2, 1, size=20_000)
    reading = latency_p95(numeric(drawn))
    theirs = np.quantile(drawn, 0.95, method="inverted_cdf")
    assert abs(reading.value - theirs) <= reading.error_bound < 0.001 * theirs


def test_rows_without_a_latency_are_left_out_and_counted() -> None:
    reading = latency_p95(numeric([1.0] * 100 + [None, np.nan, np.inf]))
    assert reading.left_out == {"null": 1, "NaN": 1, "infinite": 1}
    assert (reading.rows, reading.used) == (103, 100)


def test_few_rows_and_none_have_no_slowest_twentieth() -> None:
    with pytest.raises(TooLittleDataError, match=r"99 effective rows .* 100 are needed"):
        latency_p95(numeric([1.0] * 99))
    with pytest.raises(UnmeasurableError, match="no row"):
        latency_p95(numeric([None] * 200))


def test_it_is_asked_only_where_the_audit_names_a_column_and_held_against_the_baseline() -> None:
    without = Shape(numeric=("AGEP",), categorical=(), groups=(), has=frozenset())
    assert METRIC.measure.subjects(without) == ()
    assert METRIC.limit.against is Against.RELATIVE_CHANGE
    slow, slower = (profile(100, columns={"ms": numeric([t] * 100)}) for t in (20.0, 30.0))
    reading, before = METRIC.measure.read("ms", slow, slower)
    assert before is not None
    assert (reading.value, before.value) == (30.0, 20.0)
