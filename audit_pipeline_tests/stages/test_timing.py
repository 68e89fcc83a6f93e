from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from audit_pipeline_tests.stages.small import (
    ROWS,
    Audited,
    audit,
    changed,
    columns,
    people,
    settings,
    write_home,
)

DAYS: list[date] = people()["day"].to_pylist()
BERLIN = {"every": "month", "start": "2024-01-01", "timezone": "Europe/Berlin"}


def audit_of(
    folder: Path, times: object, form: str | None = None, window: dict[str, Any] | None = None
) -> Audited:
    """Audit January with these times in the column `day`."""
    stamp = {"column": "day", "format": form} if form else "day"
    said = settings(columns=columns(timestamp=stamp), **({"window": window} if window else {}))
    return audit(write_home(folder, said, current=changed(people(), day=times)))


@pytest.mark.parametrize("form", ["%d.%m.%Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S%z"])
def test_times_of_text_are_read_by_their_format(tmp_path: Path, form: str) -> None:
    zoned = [datetime(d.year, d.month, d.day, 12, tzinfo=UTC) for d in DAYS]
    audited = audit_of(tmp_path, [d.strftime(form) for d in zoned], form)
    assert audited.record["snapshot"]["rows"] == ROWS
    assert audited.verdict == "pass"


def test_text_of_another_format_is_a_gap_that_says_so(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, [d.isoformat() for d in DAYS], "%d.%m.%Y")
    assert audited.verdict == "gap"
    assert audited.tells(
        "none of the 1,500 rows has a time in 'day' that can be read as '%d.%m.%Y'"
    )


def test_text_without_a_format_is_a_gap_that_says_what_to_write(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, [d.isoformat() for d in DAYS])
    assert audited.verdict == "gap"
    assert audited.tells("say how it is written with `timestamp: {column: day, format:")


def test_rows_without_a_readable_time_are_of_no_window_and_counted(tmp_path: Path) -> None:
    times = [*(d.isoformat() for d in DAYS[:-40]), *["yesterday"] * 30, *[None] * 10]
    audited = audit_of(tmp_path, times, "%Y-%m-%d")
    assert audited.record["snapshot"]["rows"] == ROWS - 40
    assert [source["rows"] for source in audited.record["snapshot"]["sources"]] == [ROWS]
    (note,) = audited.notes
    assert note == (
        "40 rows of the source without a readable time in 'day': of no window, so left out"
    )
    assert "without a readable time in" in audited.report


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("unit", ["us", "ns"])  # pandas writes nanoseconds
def test_zoned_times_are_cut_at_the_windows_own_midnight(
    tmp_path: Path, zone: str, unit: str
) -> None:
    january = datetime(2023, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    february = datetime(2024, 1, 31, 23, 30, tzinfo=UTC)
    times = pa.array([january] * 1000 + [february] * 500, pa.timestamp(unit, tz=zone))
    audited = audit_of(tmp_path, times, window=BERLIN)
    assert audited.record["snapshot"]["rows"] == 1000


def test_text_with_an_offset_is_cut_at_the_windows_own_midnight(tmp_path: Path) -> None:
    times = ["2024-01-01T00:30:00+0100"] * 1000 + ["2023-12-31T22:30:00+0000"] * 500
    audited = audit_of(tmp_path, times, "%Y-%m-%dT%H:%M:%S%z", window=BERLIN)
    assert audited.record["snapshot"]["rows"] == 1000


def test_times_without_a_zone_are_local_to_the_window(tmp_path: Path) -> None:
    times = [datetime(2024, 1, 1, 0, 30)] * 1000 + [datetime(2023, 12, 31, 23, 30)] * 500  # noqa: DTZ001 (what is tried)
    audited = audit_of(tmp_path, times, window=BERLIN)
    assert audited.record["snapshot"]["rows"] == 1000


def test_years_that_are_no_numbers_are_of_no_window(tmp_path: Path) -> None:
    years = [float("nan")] * 5 + [float("inf")] + [None] + [2024.0] * (ROWS - 7)
    yearly = settings(
        columns=columns(timestamp={"column": "day", "format": "year"}),
        window={"every": "year", "start": "2023-01-01"},
    )
    current = changed(people(), day=pa.array(years, pa.float64(), from_pandas=False))
    audited = audit(write_home(tmp_path, yearly, current=current), "2024")
    assert audited.record["snapshot"]["rows"] == ROWS - 7
    assert audited.notes[0].startswith("7 rows of the source without a readable time")


def test_a_format_for_what_is_a_date_already_is_a_gap_that_says_so(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, people()["day"], "%Y-%m-%d")
    assert audited.verdict == "gap"
    assert audited.tells("the timestamp column 'day' is date, not text: leave `format` out")


@pytest.mark.parametrize(
    ("hour", "rows", "told"),
    [
        ("2024-11-03T00-0400", 0, None),
        ("2024-11-03T01-0400", 0, "this window has none"),
        ("2024-11-03T01-0500", ROWS, "this window has the rows of both"),
        ("2024-11-03T02-0500", 0, None),
    ],
)
def test_the_hour_that_comes_twice_is_told_where_times_have_no_zone(
    tmp_path: Path, hour: str, rows: int, told: str | None
) -> None:
    hourly = {"every": "hour", "start": "2024-11-01", "timezone": "America/New_York"}
    times = [datetime(2024, 11, 3, 1, 30)] * ROWS  # noqa: DTZ001 (what is tried)
    current = changed(people(), day=times)
    audited = audit(write_home(tmp_path, settings(window=hourly), current=current), hour)
    assert audited.record["snapshot"]["rows"] == rows
    assert [note.endswith(str(told)) for note in audited.notes] == ([True] if told else [])


def test_zoned_times_know_which_of_the_two_hours_is_meant(tmp_path: Path) -> None:
    hourly = {"every": "hour", "start": "2024-11-01", "timezone": "America/New_York"}
    first = datetime(2024, 11, 3, 5, 30, tzinfo=UTC)
    current = changed(people(), day=pa.array([first] * ROWS, pa.timestamp("us", tz="UTC")))
    home = write_home(tmp_path, settings(window=hourly), current=current)
    audited = audit(home, "2024-11-03T01-0400")
    assert audited.record["snapshot"]["rows"] == ROWS
    assert audited.notes == []


def test_a_format_that_is_none_is_a_gap_that_says_so(tmp_path: Path) -> None:
    audited = audit_of(tmp_path, [d.isoformat() for d in DAYS], "%Q")
    assert audited.verdict == "gap"
    assert audited.red is None
    assert audited.tells("the timestamp format '%Q' of 'day' is no strftime")


@pytest.mark.parametrize("role", ["id", "timestamp"])
def test_the_id_or_the_time_may_be_called_as_ours_is(tmp_path: Path, role: str) -> None:
    before = {"id": "id", "timestamp": "day"}[role]
    rows, baseline = (
        changed(people(seed=seed), **{"_when": people(seed=seed)[before], before: None})
        for seed in (1, 0)
    )
    home = write_home(
        tmp_path, settings(columns=columns(**{role: "_when"})), current=rows, baseline=baseline
    )
    audited = audit(home)
    assert audited.notes == []
    assert audited.record["snapshot"]["rows"] == ROWS
