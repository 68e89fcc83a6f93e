"""The lineage picture as a browser draws it: no words over an edge, no box over another."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from audit_pipeline.domain.lineage import Dataset, Edge, Field
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.page import render
from audit_pipeline.report.sections.lineage import write_lineage
from audit_pipeline_tests.report.lineages import PEOPLE, many, named, small

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

TOLD = Edge(Field(Dataset("db", "bank.of.people_by_household"), "age"), Field(PEOPLE, "AGEP"))
ODD = ["W" * 40, "m" * 40, "i" * 90, "所" * 40, "💶" * 40, "<script>alert('x')</script>", 'a/b "c"']
PICTURES: dict[str, ReportInput] = {
    "small": small(TOLD),
    "hundred": many(100, 30),
    "hundreds": many(300, 120),
    "all passed": many(100),
    "odd names": named(ODD, bad=7),
}
OVER_AN_EDGE = """() => [...document.querySelectorAll('svg.lineage g')].flatMap(g => {
  const frame = g.querySelector(':scope > rect');
  if (!frame) return [];
  const box = frame.getBBox();
  return [...g.querySelectorAll(':scope > text')].filter(t => {
    const at = t.getBBox();
    return at.x < box.x || at.x + at.width > box.x + box.width
      || at.y < box.y || at.y + at.height > box.y + box.height;
  }).map(t => t.textContent);
})"""
OVER_EACH_OTHER = """() => [...document.querySelectorAll('svg.lineage')].map(picture => {
  const boxes = [...picture.querySelectorAll('.node')].map(n => n.getBBox());
  const apart = (a, b) => a.x + a.width <= b.x || b.x + b.width <= a.x
    || a.y + a.height <= b.y || b.y + b.height <= a.y;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => !apart(a, b))).length;
})"""
BEYOND_THE_PICTURE = """() => [...document.querySelectorAll('svg.lineage')].map(whole => {
  const { width, height } = whole.viewBox.baseVal, drawn = whole.getBBox();
  return Math.max(-drawn.x, -drawn.y, drawn.x + drawn.width - width,
                  drawn.y + drawn.height - height);
})"""


def of(name: str) -> Section:
    return Section(title=name, order=0, write=lambda _: write_lineage(PICTURES[name]))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Return one page that has all pictures."""
    file = tmp_path_factory.mktemp("lineage") / "report.html"
    sections = {name: of(name) for name in PICTURES}
    file.write_text(render(PICTURES["small"], sections), encoding="utf-8")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = started.new_page(viewport={"width": 1180, "height": 900})
        page.goto(file.as_uri())
        yield page
        started.close()


def test_words_stay_in_their_boxes_and_boxes_apart(page: Page) -> None:
    assert page.locator("svg.lineage").count() == len(PICTURES)
    assert page.evaluate(OVER_AN_EDGE) == []
    assert page.evaluate(OVER_EACH_OTHER) == [0] * len(PICTURES)
    assert max(page.evaluate(BEYOND_THE_PICTURE)) <= 5  # half of a thick line, at most


def test_on_a_phone_the_picture_is_pushed_sideways_and_the_page_is_not(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".sideways").first.is_visible()
    assert not page.locator(".pointing").first.is_visible()  # a finger points at nothing


def test_on_paper_the_picture_is_as_wide_as_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 700, "height": 900})
    page.emulate_media(media="print")
    box = page.locator("svg.lineage").first.bounding_box()

    assert box is not None
    assert box["width"] <= 700
    assert not page.locator(".pointing").first.is_visible()
