import pytest

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.system.duplicate_id_share import METRIC, duplicate_id_share
from audit_pipeline_tests.metrics.profiles import profile


def test_repeated_and_missing_ids_both_count() -> None:
    reading = duplicate_id_share(profile(100, duplicate_ids=3, null_ids=2))
    assert reading.value == 0.05
    assert reading.detail == {"duplicate_ids": 3, "null_ids": 2}


def test_a_single_missing_id_is_beyond_the_limit_and_none_is_not() -> None:
    assert METRIC.limit.fail == 0.0
    assert duplicate_id_share(profile(10**9, null_ids=1)).value > 0.0
    assert duplicate_id_share(profile(100)).value == 0.0


def test_the_share_is_a_fact_about_the_rows_and_so_has_no_interval() -> None:
    assert duplicate_id_share(profile(5)).interval is None


def test_an_empty_window_has_no_share() -> None:
    with pytest.raises(UnmeasurableError):
        duplicate_id_share(profile(0))
