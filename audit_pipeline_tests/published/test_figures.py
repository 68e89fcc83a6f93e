"""The account itself can fail: a wrong number, a lost figure, a text that differs."""

from pathlib import Path

import pytest

from audit_pipeline_tests.published import figures
from audit_pipeline_tests.published.figures import Figure, apart, related, same, unaccounted
from audit_pipeline_tests.published.page import section

RATE = Figure(id="rate", published="44.85", tolerance=0.0051, citation="A notebook, cell 1")
TEXT = Figure(id="alert", published="True", tolerance=None, citation="A table")


def test_a_number_beyond_the_tolerance_is_told() -> None:
    assert apart([same(RATE, "rates", 44.852)]) == []
    assert len(apart([same(RATE, "rates", 44.86)])) == 1
    assert len(apart([same(RATE, "rates", float("nan"))])) == 1
    assert len(apart([same(RATE, "rates", None)])) == 1


def test_a_text_is_to_be_equal() -> None:
    assert apart([same(TEXT, "alerts", "True")]) == []
    assert len(apart([same(TEXT, "alerts", "False")])) == 1


def test_a_relation_that_does_not_hold_is_told() -> None:
    assert len(apart([related(RATE, "rates", 40.0, "ours is larger", holds=False)])) == 1


def test_a_figure_that_nothing_is_said_of_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "example").mkdir()
    (tmp_path / "example" / "expected.csv").write_text(
        'id,published,tolerance,citation\nrate,44.85,0.0051,"A notebook, cell 1"\n'
        'rate,44.85,0.0051,"A notebook, cell 1"\nalert,True,,A table\n'
    )
    monkeypatch.setattr(figures, "SHARED", tmp_path)

    assert list(unaccounted("example", [same(RATE, "rates", 44.85)])) == ["rate", "alert"]


def test_the_page_tells_a_range_for_many_figures_and_the_number_for_one() -> None:
    other = Figure(id="other", published="23.45", tolerance=0.0051, citation="A notebook, cell 2")
    found = [same(RATE, "rates", 44.85), same(other, "rates", 23.45), same(TEXT, "alerts", "True")]

    told = section("Example", "One audit.", found)

    assert "| rates (2 figures) | 23.45 to 44.85 | 23.45 to 44.85 | same |" in told
    assert "| alerts | True | True | same |" in told
    assert "3 published figures: 3 same, 0 relation, 0 not measured." in told
