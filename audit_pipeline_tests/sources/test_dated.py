from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from audit_pipeline.domain.window import Window
from audit_pipeline.sources.dated import dated_patterns, is_dated
from audit_pipeline.sources.files import find_files
from audit_pipeline.sources.kinds.csv import CsvFiles

BERLIN = ZoneInfo("Europe/Berlin")


def window(start: datetime, end: datetime) -> Window:
    return Window(key="w", start=start, end=end)


def test_a_path_by_day_has_a_pattern_for_each_day_of_the_window() -> None:
    days = window(datetime(2024, 2, 28, tzinfo=BERLIN), datetime(2024, 3, 2, tzinfo=BERLIN))
    assert dated_patterns("/d/%Y-%m-%d.csv", days) == [
        "/d/2024-02-28.csv",
        "/d/2024-02-29.csv",
        "/d/2024-03-01.csv",
    ]


def test_a_path_by_month_has_one_pattern_for_a_week_within_it() -> None:
    week = window(datetime(2024, 2, 5, tzinfo=BERLIN), datetime(2024, 2, 12, tzinfo=BERLIN))
    assert dated_patterns("/d/%Y-%m.csv", week) == ["/d/2024-02.csv"]


def test_the_hour_that_comes_twice_has_one_pattern() -> None:
    night = window(
        datetime(2024, 10, 27, 1, tzinfo=BERLIN), datetime(2024, 10, 27, 4, tzinfo=BERLIN)
    )
    assert dated_patterns("%H", night) == ["01", "02", "03"]


def test_two_percent_signs_are_one_and_no_date() -> None:
    assert not is_dated("/d/100%%Y.csv")
    whole = window(datetime(2024, 1, 1, tzinfo=BERLIN), datetime(2025, 1, 1, tzinfo=BERLIN))
    assert dated_patterns("/d/100%%Y.csv", whole) == ["/d/100%Y.csv"]
    assert dated_patterns("/d/%%%Y.csv", whole) == ["/d/%2024.csv"]


@pytest.mark.parametrize("path", ["%y/x.csv", "x-%b.csv", "%Y/%j.csv", "x%", "s3://b/%y/x.csv"])
def test_a_directive_we_do_not_know_is_refused_and_the_four_are_named(path: str) -> None:
    with pytest.raises(ValidationError, match=r"found '%.?' in the path; .*%Y .*%m .*%d .*%H .*%%"):
        CsvFiles(path=path)


def test_a_percent_sign_in_the_audit_files_own_folder_is_no_date(tmp_path: Path) -> None:
    folder = tmp_path / "100%Y"
    (folder / "audits").mkdir(parents=True)
    (folder / "rows.csv").write_text("id\n1\n")
    read = CsvFiles.model_validate({"path": "../rows.csv"}, context={"folder": folder / "audits"})
    assert find_files(read.path) == [folder / "rows.csv"]


@pytest.mark.parametrize("path", ["s3://bucket/day=%Y/x.csv", "gs://b/x.csv", "abfs://c@a/x.csv"])
def test_an_address_is_left_as_it_is(path: str, tmp_path: Path) -> None:
    read = CsvFiles.model_validate({"path": path}, context={"folder": tmp_path})
    assert read.path == path
