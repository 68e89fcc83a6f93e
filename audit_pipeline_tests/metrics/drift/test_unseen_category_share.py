import pytest

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.drift.unseen_category_share import unseen_category_share
from audit_pipeline_tests.metrics.profiles import categorical


def test_rows_of_new_categories_are_counted_of_the_valued_rows() -> None:
    now = categorical({"a": 70, "new": 20, "rare": 10}, nulls=100)
    reading = unseen_category_share(categorical({"a": 50, "gone": 50}), now)
    assert reading.value == 0.3
    assert (reading.rows, reading.used, reading.left_out) == (200, 100, {"null": 100})


def test_small_and_many_categories_are_counted_and_not_named() -> None:
    now = categorical({"a": 100} | {f"n{i:02}": 10 + i for i in range(12)} | {"one": 1})
    detail = unseen_category_share(categorical({"a": 10}), now).detail
    assert detail["unseen_categories"] == 13
    named = detail["largest"]
    assert isinstance(named, list)
    assert named[0] == {"category": "n11", "rows": 21}
    assert len(named) == 10
    assert detail["rows_in_others"] == 10 + 11 + 1
    assert "one" not in str(detail)


def test_no_new_category_is_zero_in_a_window_of_any_size() -> None:
    reading = unseen_category_share(categorical({"a": 1000, "b": 10}), categorical({"b": 3}))
    assert reading.value == 0.0
    assert reading.interval is None


def test_what_a_folded_baseline_cannot_tell_is_the_error_bound() -> None:
    now = categorical({"a": 80}, folded=20)
    folded = unseen_category_share(categorical({"a": 50}, folded=5), now)
    assert (folded.value, folded.error_bound) == (0.0, 0.2)
    known = unseen_category_share(categorical({"a": 50}), now)
    assert (known.value, known.error_bound) == (0.2, 0.0)


def test_an_all_null_window_has_no_share() -> None:
    with pytest.raises(UnmeasurableError, match="3 null"):
        unseen_category_share(categorical({"a": 1}), categorical({}, nulls=3))
