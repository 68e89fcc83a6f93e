import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.index import IndexInput, Listed, Listing, render_index
from audit_pipeline_tests.report.whole_audits import HOSTILE

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
VERDICTS = list(Verdict)


def listing(window: str, *verdicts: Verdict, unaudited: int | None = 0) -> Listing:
    """Return a window of which each verdict is that of a revision, the last one first."""
    numbers = range(len(verdicts), 0, -1)
    revisions = tuple(Listed(revision=n, verdict=v) for n, v in zip(numbers, verdicts, strict=True))
    return Listing(window=window, revisions=revisions, unaudited=unaudited)


def index(*windows: Listing) -> str:
    content = IndexInput(
        audit="loans", title="Small loans", purpose="Decides.", owner="lending", windows=windows
    )
    return render_index(content)


def many(number: int) -> str:
    keys = [f"{2000 + n // 365}-day{n % 365:03}" for n in reversed(range(number))]
    return index(*(listing(key, VERDICTS[n % 5]) for n, key in enumerate(keys)))


def test_the_newest_verdict_is_said_first() -> None:
    page = index(listing("2024-02", Verdict.FAIL), listing("2024-01", Verdict.PASS))
    body = page.partition("<main>")[2]

    assert body.index('<p class="word">Fail') < body.index("Through time")
    assert body.index('id="2024-02"') < body.index('id="2024-01"')
    assert "<title>Fail: Small loans, all windows</title>" in page


def test_every_revision_is_linked_beside_its_verdict() -> None:
    page = index(listing("2024-01", Verdict.PASS, Verdict.GAP))

    assert 'href="2024-01/revision-2/report.html">report, revision 2</a>' in page
    assert 'href="2024-01/revision-1/report.html">earlier, revision 1</a>' in page


def test_a_report_that_is_not_there_is_no_link() -> None:
    gone = Listed(revision=1, verdict=Verdict.PASS, present=False)
    page = index(Listing(window="2024-01", revisions=(gone,)))

    assert "revision 1 (its report is not here)" in page
    assert "report.html" not in page


def test_windows_that_were_not_audited_are_seen() -> None:
    page = index(listing("2024-05", Verdict.PASS, unaudited=3), listing("2024-01", Verdict.PASS))

    assert "3 windows not audited" in page
    assert 'title="3 not audited"' in page


def test_a_verdict_that_changed_says_what_it_was() -> None:
    page = index(
        listing("2024-03", Verdict.FAIL),
        listing("2024-02", Verdict.WARN),
        listing("2024-01", Verdict.WARN),
    )

    assert re.findall(r"before: \w+", page) == ["before: Warn"]


def test_the_foot_says_that_the_list_is_not_sealed() -> None:
    assert "no manifest covers it" in index(listing("2024-01", Verdict.PASS))


def test_an_audit_without_a_window_says_so() -> None:
    assert "No window was audited yet." in index()


def test_it_begins_as_a_page_does_and_asks_for_nothing() -> None:
    page = index(listing("2024-10-27T02+0200", Verdict.PASS))
    links = re.findall(r'(?:href|src)="([^"]*)"', page)

    assert page.startswith("<!DOCTYPE html>")
    assert 'id="2024-10-27T02+0200"' in page
    assert "#2024-10-27T02+0200" in links
    assert not [link for link in links if "//" in link]
    assert "default-src 'none'" in page


def test_hostile_text_stays_text() -> None:
    content = IndexInput(
        audit=HOSTILE,
        title=HOSTILE,
        purpose=HOSTILE,
        owner=HOSTILE,
        windows=(listing(HOSTILE, Verdict.PASS),),
    )

    assert "<script" not in render_index(content)
    assert "<img" not in render_index(content)


def test_a_thousand_windows_are_written_fast_and_stay_small() -> None:
    many(1)
    begun = time.perf_counter()
    page = many(1000)

    assert time.perf_counter() - begun < 2
    assert len(page.encode()) < 1_000_000
    assert page.count('<tr class="row v-') == 1000


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [390, 1280])
def test_a_thousand_windows_fit_the_screen_and_open_fast(tmp_path: Path, width: int) -> None:
    file = tmp_path / "index.html"
    file.write_text(many(1000), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        begun = time.perf_counter()
        page.goto(f"{file.as_uri()}#2001-day007")
        opened = time.perf_counter() - begun
        wide = page.evaluate("document.documentElement.scrollWidth")
        row = page.locator("#\\32 001-day007")
        seen = row.is_visible() and row.bounding_box()
        page.locator("#only-fail").check()
        shown = page.locator("table.windows tr.row:visible").count()
        browser.close()

    assert opened < 5
    assert asked == [file.as_uri()]
    assert wide <= width
    assert seen
    assert 0 <= seen["y"] < 800
    assert shown == 200
