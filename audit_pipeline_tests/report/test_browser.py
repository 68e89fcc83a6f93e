"""The report as a browser shows it: quiet, offline, and as wide as the phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from audit_pipeline.report.page import render
from audit_pipeline_tests.report.hand_made import numeric, outcome, profile, report
from audit_pipeline_tests.report.whole_audits import hostile, wide

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def test_a_hostile_report_runs_no_script_and_asks_for_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(hostile()), encoding="utf-8")
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())

    assert said == []
    assert asked == [file.as_uri()]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, tmp_path: Path, width: int) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(wide(4)), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_verdict_and_its_reasons_stand_on_the_first_screen(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    side = profile(numeric("AGEP", [1.0, 2.0], [500, 500]))
    reasons = tuple(f"Reason number {i} for this verdict." for i in range(3))
    audit = report(outcome(), headlines=reasons, baseline=side, current=side)
    file.write_text(render(audit), encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(file.as_uri())
    box = page.locator(".verdict").bounding_box()

    assert box is not None
    assert box["y"] + box["height"] < 800


def test_the_list_of_all_checks_can_be_narrowed_without_a_script(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(hostile()), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.locator("details.all-checks > summary").click()
    page.locator("#only-fail").check()

    assert page.locator(".all-checks tr.row.v-fail").first.is_visible()
    assert not page.locator(".all-checks tr.row.v-inconclusive").first.is_visible()


def test_on_paper_folded_parts_are_open_and_the_paper_is_white(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(wide(4)), encoding="utf-8")
    page = browser.new_page(color_scheme="dark")
    page.goto(file.as_uri())
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="print")
    height = page.evaluate("document.querySelector('.all-checks table').offsetHeight")

    assert height > 100
    assert dark != "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
