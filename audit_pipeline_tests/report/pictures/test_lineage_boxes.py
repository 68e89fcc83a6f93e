from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.pictures.lineage_boxes import Said, cut, split, wide, wrapped


def test_a_cut_name_keeps_its_beginning_and_its_end() -> None:
    found = cut("annual_income_of_household_17", 120)

    assert found.startswith("annual")
    assert found.endswith("_17")
    assert wide(found) <= 120


def test_signs_that_are_twice_as_wide_are_cut_earlier() -> None:
    assert len(cut("所" * 30, 120)) < len(cut("a" * 30, 120))


def test_a_room_for_nothing_leaves_the_ellipsis() -> None:
    assert cut("name", 2) == "…"


def test_an_empty_name_stays_empty() -> None:
    assert cut("", 2) == ""


def test_a_long_name_is_split_between_its_words() -> None:
    assert split("applications_by_day.parquet", 100) == ["applications_by_", "day.parquet"]
    assert split("short", 100) == ["short"]


def test_short_words_share_a_line_as_long_as_they_fit() -> None:
    words = [Said("6 fail", Verdict.FAIL), Said("3 warn", Verdict.WARN), Said("99 pass")]

    assert [len(line) for line in wrapped(words, 150)] == [2, 1]
    assert wrapped([], 150) == []
