"""Our words on Evidently's page."""

import pyarrow as pa
import pytest

from audit_pipeline.drilldown.banner import About, Sampled, with_banner
from audit_pipeline.drilldown.child import Drawn
from audit_pipeline.drilldown.columns import Column
from audit_pipeline.drilldown.preflight import Cleared, clear

HOSTILE = "<script>alert('x')</script>"
PAGE = "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><div></div></body></html>"


def about(drawn: int = 5000, of: int = 12_000, audit: str = "loans") -> About:
    return About(
        audit=audit,
        window="2024-01",
        revision=2,
        verdict="warn",
        report="../report.html",
        baseline=Sampled(drawn=drawn, of=of),
        current=Sampled(drawn=drawn, of=of),
        seed=7,
        in_order_of="day",
    )


def cleared(name: str = "age") -> Cleared:
    side = pa.table({name: [1.0, None, 2.0]})
    columns = [Column(name=n, kind="numeric", labels={}, title="Age") for n in (name, "city")]
    return clear(side, side, columns)


def drawn(**changes: object) -> Drawn:
    said = {"engine": "evidently 1.2", "parts": ("Drift",), "not_drawn": {}, "numbers": {}}
    return Drawn(**said | {"without_number": ()} | changes)  # type: ignore[arg-type]


def test_it_says_what_the_page_is_and_what_it_does_not_show() -> None:
    page = with_banner(PAGE, about(), cleared(), drawn())

    words = page.partition("<body>")[2]
    assert "<b>5,000 of 12,000 rows</b> of the window" in words
    assert "with seed 7" in words
    assert "Verdicts come from the audit's" in words
    assert "says <b>warn</b>" in words
    assert "<b>Does not show</b> all rows (the audit measured all of them" in words
    assert "rules, coverage, uncertainty" in words
    assert "<li><b>city</b>: it is missing, or not of its kind, in the baseline</li>" in words
    assert "<td>age<td>Age<td>numeric<td>Wasserstein" in words
    assert page.endswith("<div></div></body></html>")


def test_a_sample_of_all_rows_does_not_lack_any() -> None:
    words = with_banner(PAGE, about(drawn=12_000), cleared(), drawn())

    assert "<b>all 12,000 rows</b>" in words
    assert "<b>Does not show</b> rules" in words


def test_what_evidently_could_not_do_is_said() -> None:
    broken = drawn(without_number=("age",), not_drawn={"Performance": "Evidently raised X"})

    words = with_banner(PAGE, about(), cleared(), broken)

    assert "<li><b>Performance</b>: Evidently raised X</li>" in words
    assert "gave no number for</b> age." in words


def test_no_text_from_outside_becomes_markup() -> None:
    broken = drawn(without_number=(HOSTILE,), not_drawn={HOSTILE: HOSTILE}, engine=HOSTILE)

    words = with_banner(PAGE, about(audit=HOSTILE), cleared(HOSTILE), broken)

    assert "<script" not in words.lower()


def test_the_browser_is_told_to_ask_nobody() -> None:
    head = with_banner(PAGE, about(), cleared(), drawn()).partition("</head>")[0]

    assert head.index("Content-Security-Policy") < head.index("charset")
    assert "default-src 'none'" in head


def test_a_page_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="no <head>"):
        with_banner("<p>", about(), cleared(), drawn())
