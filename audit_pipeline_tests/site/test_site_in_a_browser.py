"""The site as a browser shows it: offline, searched, and as wide as the phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlparse
from urllib.request import url2pathname

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from audit_pipeline.domain.finding import Severity, State
from audit_pipeline.site.board import render_board
from audit_pipeline.site.content import Broken, Due, Site
from audit_pipeline.site.findings import render_findings
from audit_pipeline.site.places import BOARD, FINDINGS, trends_of
from audit_pipeline.site.trends import render_trends
from audit_pipeline_tests.report.whole_audits import HOSTILE
from audit_pipeline_tests.site.hand_made import NOW, audited, site, told

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

LONG = "W" * 80
SHOWN = "tr.row:visible"


def whole() -> Site:
    audits = [audited("loans", "PWFGI" * 4), audited("churn", "PPP"), audited("fraud", "PF")]
    audits += [audited("quiet", "", paused="rebuilt until May", due=Due.PAUSED)]
    audits += [audited("odd", "F", title=HOSTILE, purpose=HOSTILE, owner=LONG, due=Due.LATE)]
    found = (
        told(1, "loans", severity=Severity.CRITICAL, due=NOW.date().replace(day=1)),
        told(2, "fraud", reason=HOSTILE, owner=LONG),
        told(3, "churn", state=State.WAIVED, until=NOW.date()),
    )
    return site(*audits, findings=found, broken=(Broken(file="wrong.yaml", why=LONG),))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the site, and a file where each report and list should be."""
    folder, shown = tmp_path_factory.mktemp("evidence"), whole()
    pages = {BOARD: render_board(shown), FINDINGS: render_findings(shown)}
    pages |= {trends_of(each.name): render_trends(each) for each in shown.audits}
    reports = [w.report for audit in shown.audits for w in audit.windows]
    reports += [told.report for told in shown.findings] + [a.index for a in shown.audits]
    for name in (each for each in reports if each):
        pages[name] = "<title>a report</title>"
        pages[name.replace("report.html", "manifest.json")] = "{}"
    for name, page in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(page, encoding="utf-8")
    return folder


def opened(browser: Browser, folder: Path, name: str, width: int = 1280) -> tuple[Page, list[str]]:
    """Return a page at a width, and what it asked for or said."""
    page, heard = browser.new_page(viewport={"width": width, "height": 800}), list[str]()
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.goto((folder / name).as_uri())
    return page, heard


PAGES = [BOARD, FINDINGS, trends_of("loans"), trends_of("odd")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_fits_a_phone_and_its_links_lead_somewhere(
    browser: Browser, folder: Path, name: str
) -> None:
    page, heard = opened(browser, folder, name, width=390)
    wide = page.evaluate("document.documentElement.scrollWidth")
    links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    page.emulate_media(media="print")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.close()
    whole = [urlparse(urljoin((folder / name).as_uri(), link)) for link in links]

    assert heard == [(folder / name).as_uri()]
    assert wide <= 390
    assert links
    assert [each for each in whole if not Path(url2pathname(each.path)).is_file()] == []
    assert paper == "rgb(255, 255, 255)"


def test_the_board_is_searched_and_narrowed(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder, BOARD)
    assert page.locator(SHOWN).count() == 5
    page.keyboard.press("/")
    page.keyboard.type("FRAUD high")
    assert page.locator(SHOWN).count() == 1
    assert page.locator("#found").inner_text() == "1 of 5 shown"
    page.locator("#search").fill("no such audit")
    assert page.locator(SHOWN).count() == 0
    page.locator("#search").fill("")
    for choice, shown in (
        *(("fail", 2), ("late", 1), ("open", 2)),
        *(("paused", 1), ("never", 1), ("all", 5)),
    ):
        page.locator(f"#only-{choice}").check()
        assert page.locator(SHOWN).count() == shown
    page.close()


def test_the_findings_of_one_audit_are_found_from_its_trends(
    browser: Browser, folder: Path
) -> None:
    page, _ = opened(browser, folder, trends_of("fraud"))
    page.get_by_role("link", name="Open findings").click()
    assert page.locator("#search").input_value() == "fraud"
    assert page.locator(SHOWN).count() == 1
    page.locator("#search").fill("")
    page.locator("#only-overdue").check()
    assert page.locator(".all-checks " + SHOWN).count() == 1
    page.close()


def test_without_a_script_everything_is_there_and_nothing_to_search_with(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto((folder / BOARD).as_uri())
    assert page.locator(SHOWN).count() == 5
    assert not page.locator("#search").is_visible()
    page.locator("#only-fail").check()
    assert page.locator(SHOWN).count() == 2
    context.close()
