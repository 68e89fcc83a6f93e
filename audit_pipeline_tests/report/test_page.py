import re
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from audit_pipeline.domain.check import gap
from audit_pipeline.domain.record import StageRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.page import render
from audit_pipeline_tests.report.hand_made import (
    calibration,
    categorical,
    joint,
    outcome,
    profile,
    report,
    words,
)
from audit_pipeline_tests.report.whole_audits import hostile, wide

MEGABYTE = 1_000_000


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_nothing_from_the_data_becomes_an_element_or_an_attribute() -> None:
    found = Elements(render(hostile())).found

    assert not [tag for tag, _ in found if tag in {"script", "img", "iframe", "object", "embed"}]
    assert not [name for _, attrs in found for name in attrs if name.startswith("on")]


def test_hostile_text_in_svg_titles_and_labels_is_escaped() -> None:
    pictures = re.findall(r'<svg class="picture".*?</svg>', render(hostile()), re.DOTALL)

    assert pictures
    assert all("<script" not in picture and "<img" not in picture for picture in pictures)
    assert any("&lt;script&gt;" in picture for picture in pictures)


def test_the_page_forbids_scripts_and_every_request() -> None:
    metas = [attrs for tag, attrs in Elements(render(report())).found if tag == "meta"]
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")

    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy  # so that `default-src 'none'` rules it


def test_the_page_loads_nothing_from_any_address() -> None:
    found = Elements(render(wide(4))).found
    links = [
        value
        for _, attrs in found
        for name, value in attrs.items()
        if name in {"src", "href", "xlink:href", "srcset", "action", "data"} and value
    ]

    assert links
    assert all(link.startswith("#") or link == "data:," for link in links)
    assert "@import" not in render(report())
    assert "url(" not in render(report())


def test_an_audit_in_which_everything_is_missing_still_renders() -> None:
    checks = [
        gap(outcome(asset=asset, name=name).check, "the file does not exist")
        for asset in ("rule_results", "drift", "performance", "fairness", "explanations")
        for name in ("one", "two")
    ]
    page = render(
        report(
            *checks,
            snapshot=None,
            baseline=None,
            model=None,
            verdict=Verdict.GAP,
            stages=(StageRecord(asset="snapshot", status="crashed", reason="no such file"),),
        )
    )

    assert "None of 2 checks could be made: the file does not exist" in page
    assert "no such file" in page
    assert "10 required" in page


def test_an_audit_without_any_check_still_renders() -> None:
    page = render(report(snapshot=None, baseline=None, model=None, stages=(), outcomes=()))

    assert "no snapshot was made" in page


def test_a_hundred_features_stay_below_three_megabytes() -> None:
    assert len(render(wide(100)).encode()) < 3 * MEGABYTE


def test_the_same_input_gives_the_same_bytes() -> None:
    assert render(wide(6)) == render(wide(6))


def test_small_groups_categories_and_cells_are_nowhere_shown_as_numbers() -> None:
    groups = {
        "1": joint({("1", "1"): 4001, ("0", "0"): 3001}),
        "2": joint({("1", "1"): 4007, ("0", "0"): 3007}),
        "3": joint({("1", "1"): 7}),
    }
    side = profile(
        categorical("RAC1P", {"1": 7002, "2": 7014, "3": 7}),
        outcomes=joint({("1", "1"): 8015, ("0", "0"): 6008}),
        groups={"RAC1P": groups},
        scores=calibration((0.0, 0.5, 7, 0.333, 0.444), (0.5, 1.0, 8000, 0.7, 0.7)),
    )
    checks = [
        outcome(subject="RAC1P"),
        outcome(asset="performance", subject="all rows"),
        outcome(asset="fairness", subject="RAC1P"),
    ]
    page = words(render(report(*checks, baseline=side, current=side)))
    seen = re.sub(r"<[^>]*>", "|", page.partition("<main>")[2])

    assert not re.search(r"\|7(\b[^.,]|\|)", seen)
    assert "44.4 %" not in seen  # what came true in the bin of seven rows
    assert "7,002" not in seen  # else the total less the others gives the seven away
    assert "&lt; 10" in page


def test_what_html_cannot_carry_is_replaced() -> None:
    page = render(report(headlines=("a\x00b\x1b\ud800c",)))

    assert "a\ufffdb\ufffd\ufffdc" in page
    assert page.encode()


def test_verdicts_are_said_in_word_and_shape_and_not_in_colour_alone() -> None:
    for verdict in Verdict:
        page = render(report(verdict=verdict))
        assert f'<p class="word">{verdict.value.capitalize()}' in page
        assert f'<use href="#v-{verdict.value}"/>' in page
        assert f'<symbol id="v-{verdict.value}"' in page


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_no_number_is_shown_as_such_and_does_not_break_the_page(
    value: float,
) -> None:
    checks = [
        outcome(asset=asset, value=value, verdict=Verdict.FAIL)
        for asset in ("rule_results", "drift", "performance", "fairness", "explanations")
    ]
    page = render(report(*checks))

    assert "not a number" in page or "infinite" in page
