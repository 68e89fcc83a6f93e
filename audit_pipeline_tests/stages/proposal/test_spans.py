from datetime import UTC, datetime

from audit_pipeline.domain.window import Every
from audit_pipeline.stages.proposal.spans import Spans, choose


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
