from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.report.suppression import SMALL, WITHHELD, cells, hidden, shown


def test_nine_rows_are_small_and_ten_are_not() -> None:
    assert (shown(0), shown(9), shown(10)) == (SMALL, SMALL, "10")


def test_two_small_cells_need_no_further_cover() -> None:
    assert cells({"a": 3, "b": 4, "c": 50}) == {"a": SMALL, "b": SMALL, "c": "50"}


def test_an_empty_cell_gives_nothing_away() -> None:
    assert cells({"a": 0, "b": 50}) == {"a": SMALL, "b": "50"}


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 200), max_size=8))
def test_no_small_cell_is_the_only_one_hidden_beside_a_known_total(counts: dict[str, int]) -> None:
    texts = cells(counts)
    covered = [key for key, text in texts.items() if hidden(text)]

    assert all(hidden(texts[key]) for key, rows in counts.items() if rows < 10)
    if len(covered) == 1 and len(counts) > 1:
        assert counts[covered[0]] == 0
    assert sum(text == WITHHELD for text in texts.values()) <= 1
