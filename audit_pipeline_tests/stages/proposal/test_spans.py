from dataclasses import replace
from datetime import UTC, datetime

from audit_pipeline.domain.window import Every
from audit_pipeline.stages.proposal.spans import Spans, choose, spread_evenly


def spans(every: Every, rows: list[int]) -> Spans:
    day = 1 + list(Every).index(every)  # windows of two lengths do not begin alike
    starts = tuple(datetime(2020, 1 + i % 12, day, tzinfo=None) for i in range(len(rows)))  # noqa: DTZ001
    return Spans(every=every, starts=starts, rows=tuple(rows))


def test_windows_are_the_shortest_with_rows_enough() -> None:
    days, weeks, years = (
        spans(Every.DAY, [100] * 40),
        spans(Every.WEEK, [700] * 6),
        spans(Every.YEAR, [4000]),
    )
    assert choose([days, weeks, years], split=False) is weeks


def test_windows_are_not_too_many() -> None:
    days, months = spans(Every.DAY, [600] * 90), spans(Every.MONTH, [18000] * 3)
    assert choose([days, months], split=False) is months


def test_where_the_baseline_is_split_off_two_windows_remain() -> None:
    months, years = spans(Every.MONTH, [30] * 6), spans(Every.YEAR, [180])
    assert choose([months, years], split=True) is months
    assert choose([months, years], split=False) is years


def test_a_baseline_is_a_fifth_of_the_rows_and_leaves_a_window() -> None:
    assert spans(Every.MONTH, [1000] * 10).baseline_windows() == 2
    assert spans(Every.MONTH, [300, 300, 300]).baseline_windows() == 2
    assert spans(Every.YEAR, [300, 300]).baseline_windows() == 1
    assert spans(Every.YEAR, [300]).baseline_windows() is None


def test_data_has_ended_when_nothing_came_for_three_windows() -> None:
    month = spans(Every.MONTH, [10])
    assert month.ended(datetime(2020, 4, 30, tzinfo=UTC)) is None
    assert month.ended(datetime(2020, 5, 2, tzinfo=UTC)) == datetime(2020, 2, 1)  # noqa: DTZ001


def test_times_that_tell_the_year_alone_make_no_days() -> None:
    starts = tuple(datetime(year, 1, 1, tzinfo=None) for year in (2016, 2017))  # noqa: DTZ001
    found = [Spans(every=e, starts=starts, rows=(700, 800)) for e in (Every.DAY, Every.YEAR)]
    assert choose(found, split=False).every is Every.YEAR


def test_a_window_that_the_data_has_part_of_is_left_out() -> None:
    full = (0.0, 0.99)
    weeks = replace(
        spans(Every.WEEK, [400, 700, 700, 500]), reach=((0.6, 1.0), full, full, (0, 0.6))
    )
    assert weeks.whole().rows == (700, 700)
    assert weeks.whole(first=False).rows == (400, 700, 700)
    nightly = replace(spans(Every.DAY, [1, 1]), reach=((0.1, 0.1), (0.1, 0.1)))
    assert nightly.whole() == nightly  # once a day, at the same hour
    alone = replace(spans(Every.YEAR, [9]), reach=((0.0, 0.5),))
    assert alone.whole() == alone


def test_the_windows_of_a_table_that_was_not_counted_are_those_between_its_ends() -> None:
    first, last = datetime(2024, 1, 31, 9, tzinfo=None), datetime(2024, 3, 1, tzinfo=None)  # noqa: DTZ001
    found = spread_evenly(first, last, 3000, Every.MONTH)
    assert found is not None
    assert [start.isoformat()[:10] for start in found.starts] == [
        "2024-01-01",
        "2024-02-01",
        "2024-03-01",
    ]
    assert (found.rows, found.counted) == ((1000, 1000, 1000), False)
