import pytest
from scipy.stats import binomtest

from audit_pipeline.report.rates import false_positive, selection, true_positive, wilson
from audit_pipeline_tests.report.hand_made import joint

GROUP = joint(
    {
        ("1", "1"): 30,
        ("1", "0"): 10,
        ("0", "1"): 15,
        ("0", "0"): 45,
        (None, "1"): 100,
        ("1", None): 9,
    }
)


def test_selection_counts_every_row_that_has_a_prediction() -> None:
    rate = selection(GROUP, "1")

    assert rate is not None
    assert (rate.share, rate.rows) == (145 / 200, 200)


def test_true_and_false_positive_rates_count_labelled_rows_only() -> None:
    found, alarms = true_positive(GROUP, "1"), false_positive(GROUP, "1")

    assert found is not None
    assert alarms is not None
    assert (found.share, found.rows) == (0.75, 40)
    assert (alarms.share, alarms.rows) == (0.25, 60)


def test_a_rate_of_fewer_than_ten_rows_is_none() -> None:
    assert selection(joint({("1", "1"): 9}), "1") is None


def test_a_rate_of_all_rows_of_one_kind_is_marked_coarse() -> None:
    rate = selection(joint({("1", "1"): 12}), "1")

    assert rate is not None
    assert rate.coarse


@pytest.mark.parametrize(("hits", "rows"), [(0, 30), (7, 30), (30, 30), (500, 1000)])
def test_the_interval_is_scipys(hits: int, rows: int) -> None:
    theirs = binomtest(hits, rows).proportion_ci(method="wilson")

    assert wilson(hits / rows, rows) == pytest.approx((theirs.low, theirs.high), abs=1e-7)
