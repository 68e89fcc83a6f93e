import math

import pytest

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.system.missing_share import METRIC, missing_share
from audit_pipeline_tests.metrics.profiles import categorical, numeric


def test_nulls_nans_and_infinities_are_all_missing() -> None:
    reading = missing_share(numeric([1.0, None, math.nan, math.inf, 2.0, 3.0, 4.0, 5.0]))
    assert reading.value == 3 / 8
    assert reading.detail == {"rows by reason": {"null": 1, "NaN": 1, "infinite": 1}}
    assert (reading.rows, reading.used) == (8, 8)


def test_an_all_null_column_is_wholly_missing_and_beyond_the_limit() -> None:
    reading = missing_share(categorical({}, nulls=4))
    assert reading.value == 1.0
    assert METRIC.limit.fail is not None
    assert reading.value > METRIC.limit.fail
    assert reading.interval is not None
    assert reading.interval.low > (METRIC.limit.warn or 0)  # so it can never be inconclusive


def test_a_full_column_lacks_nothing() -> None:
    reading = missing_share(categorical({"1": 96}))
    assert reading.value == 0.0
    assert reading.interval is not None
    # Wilson without a failure: z^2 / (n + z^2)
    assert reading.interval.high == pytest.approx(3.8415 / (96 + 3.8415), abs=1e-4)


def test_a_column_without_rows_has_no_share() -> None:
    with pytest.raises(UnmeasurableError, match="no rows"):
        missing_share(numeric([]))
