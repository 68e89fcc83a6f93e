from audit_pipeline.domain.intersection import BY
from audit_pipeline.evidence.suppression import without_small_cells

CROSSED = {("1", "a"): 50, ("1", "b"): 40, ("2", "a"): 60, ("2", "b"): 3}


def test_a_small_cell_keeps_its_name_and_loses_its_numbers() -> None:
    groups = [
        {"group": "a", "rows": 9, "rate": 0.5, "low": 0.2, "high": 0.8},
        {"group": "b", "rows": 8, "rate": 0.5, "low": 0.2, "high": 0.8},
        {"group": "c", "rows": 90, "rate": 0.1, "low": 0.0, "high": 0.2},
    ]

    shown = without_small_cells({"detail": {"groups": groups}})["detail"]["groups"]

    nothing = {"rows": None, "rate": None, "low": None, "high": None, "suppressed": True}
    assert shown == [{"group": "a", **nothing}, {"group": "b", **nothing}, groups[2]]


def test_a_single_small_cell_hides_the_count_of_the_next_smallest_too() -> None:
    groups = [{"group": "a", "rows": 1}, {"group": "b", "rows": 50}, {"group": "c", "rows": 40}]

    shown = without_small_cells(groups)

    assert [cell["rows"] for cell in shown] == [None, 50, None]


def test_a_small_cell_of_two_attributes_crossed_hides_the_counts_of_all() -> None:
    groups = [{"group": BY.join(pair), "rows": n, "rate": 0.5} for pair, n in CROSSED.items()]

    shown = without_small_cells(groups)

    assert [cell["rows"] for cell in shown] == [None, None, None, None]
    assert [cell["rate"] for cell in shown] == [0.5, 0.5, 0.5, None]
    assert without_small_cells(groups[:3]) == groups[:3]


def test_an_empty_cell_and_a_large_one_stay() -> None:
    bins = [
        {"low": 0.0, "high": 0.1, "rows": 0, "mean_score": None},
        {"low": 0.1, "high": 0.2, "rows": 10, "mean_score": 0.15},
    ]

    assert without_small_cells(bins) == bins


def test_counts_of_sources_and_coverage_are_no_cells() -> None:
    content = {"sources": [{"role": "table", "rows": 3}], "coverage": {"rows": 3, "used": 3}}

    assert without_small_cells(content) == content


def test_cells_by_name_lose_their_numbers_too() -> None:
    versions = {
        "v1": {"rows": 900, "place": 1, "first": "2024-01-02", "last": "2024-01-14"},
        "3 further versions": {"rows": 3, "place": 2, "first": None, "last": None, "together": 3},
    }

    shown = without_small_cells({"versions": versions})["versions"]

    assert [cell["rows"] for cell in shown.values()] == [None, None]
    assert (shown["v1"]["last"], shown["3 further versions"]["together"]) == ("2024-01-14", 3)
