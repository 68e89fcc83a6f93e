from audit_pipeline.report.describe import describe
from audit_pipeline_tests.report.hand_made import categorical, numeric, profile, report, words


def table(before: object, now: object, name: str = "X", **parts: object) -> dict[str, list[str]]:
    found = describe(report(baseline=before, current=now, **parts), name)
    assert found is not None
    return {row[0]: [words(text) for text in row[1:]] for row in found.table}


def test_a_number_is_described_by_mean_spread_quarters_and_missing_but_not_by_its_ends() -> None:
    side = profile(numeric("X", [1.0, 2.0, 3.0, 97.0], [100, 100, 100, 100], nulls=100))
    rows = table(side, side)

    assert rows["mean"] == ["25.75", "25.75"]
    assert rows["median"] == ["2", "2"]
    assert rows["missing"] == ["20 % (null)", "20 % (null)"]
    assert not any("97" in text for row in rows.values() for text in row)


def test_a_category_seen_on_one_side_only_is_small_on_the_other() -> None:
    rows = table(
        profile(categorical("X", {"a": 100, "b": 100})),
        profile(categorical("X", {"a": 100, "b": 50, "c": 50})),
    )

    assert rows["c"] == ["< 10", "50 (25 %)"]


def test_only_the_largest_categories_are_drawn_and_that_is_said() -> None:
    side = profile(categorical("X", {f"c{i:02}": 100 + i for i in range(20)}))
    found = describe(report(baseline=side, current=side), "X")

    assert found is not None
    assert found.note == "The 12 largest of 20 categories."
    assert len(found.table) == 12 + 1  # and the missing


def test_codes_stand_in_the_order_of_their_numbers() -> None:
    side = profile(categorical("X", {"10": 500, "9": 400, "1": 300}))

    assert list(table(side, side)) == ["1", "9", "10", "missing"]


def test_a_column_that_changed_its_kind_has_no_common_picture() -> None:
    found = describe(
        report(
            baseline=profile(numeric("X", [1.0], [50])),
            current=profile(categorical("X", {"1": 50})),
        ),
        "X",
    )

    assert found is not None
    assert found.picture is None
    assert "kind changed" in found.note


def test_a_column_that_nobody_has_is_none() -> None:
    assert describe(report(), "X") is None
    assert describe(report(baseline=profile(), current=profile()), "X") is None


def test_a_column_of_nulls_has_no_picture_and_no_mean() -> None:
    empty = categorical("X", {}, nulls=100)
    rows = table(profile(empty), profile(empty))

    assert rows["missing"] == ["100 % (null)", "100 % (null)"]
