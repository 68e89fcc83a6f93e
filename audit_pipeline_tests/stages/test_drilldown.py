"""From a sealed audit to a page in a browser: nothing asked of a network, nothing in evidence."""

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from audit_pipeline.audits.home import Home
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.stages.drilldown import DrillDown, drill_down
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.reading import NoResultsError
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    JANUARY,
    NAME,
    ROWS,
    audit,
    changed,
    columns,
    people,
    settings,
    write_home,
)

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HOSTILE = "</script><script>console.log('taken')</script>"
FEATURES = {
    "income": {"kind": "numeric", "title": "Monthly income (EUR)"},
    "region": "categorical",
    "note": "categorical",
    "city": "categorical",
    "debt": "numeric",
    "<b>amount": "numeric",
}


def odd(rows: pa.Table, **more: object) -> pa.Table:
    """Return loans with what Evidently cannot be trusted with."""
    numbers = range(ROWS)
    odd_ones = {
        "region": [(HOSTILE, "north", None)[i % 3] for i in numbers],
        "note": [f"Jane Doe, case {i}" for i in numbers],
        "city": ["x"] * ROWS,
        "debt": np.ones(ROWS),
        "<b>amount": pa.array([Decimal(i % 977) / 4 for i in numbers]),
    }
    return changed(rows, **odd_ones | more)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home of one audited window."""
    nothing = pa.nulls(ROWS, pa.string())
    home = write_home(
        tmp_path_factory.mktemp("drilldown"),
        settings(columns=columns(features=FEATURES)),
        current=odd(people(), city=nothing),
        baseline=odd(people(seed=0)),
    )
    audit(home, JANUARY)
    return home


@pytest.fixture(scope="module")
def drawn(home: Home) -> DrillDown:
    return drill_down(home, NAME, rows=700)


@pytest.fixture(scope="module")
def page(drawn: DrillDown) -> Iterator[Page]:
    """Open the page in a browser, noting all it says and asks for."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1300, "height": 900})
        opened.set_default_timeout(20_000)
        told: list[str] = []
        opened.on("console", lambda message: told.append(message.text))
        opened.on("pageerror", lambda error: told.append(str(error)))
        opened.on("request", lambda asked: told.append(asked.url))
        opened.goto(drawn.path.as_uri())
        yield opened
        browser.close()
    assert told == [drawn.path.as_uri()]  # after all clicks: no word, and nobody asked


def test_it_tells_sizes_seed_and_what_was_left_out(drawn: DrillDown) -> None:
    facts = drawn.facts

    assert facts["sampled of the window"] == f"700 of {ROWS:,} rows"
    assert facts["seed"] == 0
    assert set(drawn.left_out) == {"note", "city", "debt"}
    assert "identifier or free text" in drawn.left_out["note"]
    assert "empty in the window" in drawn.left_out["city"]
    assert "divides by their spread" in drawn.left_out["debt"]
    names = {"income", "region", "⟨b⟩amount", "sex", "score", "approved", "repaid"}
    assert set(drawn.drawn.numbers) == names
    assert drawn.drawn.not_drawn == {}
    assert str(drawn.facts["verdict"]).endswith("by the audit's report and not by this page")


def test_it_stands_in_the_private_folder_and_nothing_else_is_left(
    home: Home, drawn: DrillDown
) -> None:
    folder = home.private / NAME

    assert drawn.path == folder / "drilldown" / JANUARY / "revision-1.html"
    assert [p.name for p in drawn.path.parent.iterdir()] == ["revision-1.html"]
    assert [p.name for p in (folder / "windows" / JANUARY).iterdir()] == ["1"]
    assert not [p for p in home.evidence.rglob("*") if "drill" in p.name]


def test_neither_free_text_nor_a_script_of_others_is_in_it(drawn: DrillDown) -> None:
    html = drawn.path.read_text(encoding="utf-8")

    assert "Jane Doe" not in html
    assert HOSTILE not in html


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_shows_every_part_and_asks_nobody(page: Page, drawn: DrillDown) -> None:
    expect(page.get_by_role("heading", name=f"Drill-down: {NAME} {JANUARY}")).to_be_visible()
    expect(page.get_by_text("No verdict stands on this page.")).to_be_visible()
    page.locator("tbody tr", has_text="income").get_by_role("button").click()
    expect(page.get_by_text("income (mean +/- std)")).to_be_visible()
    assert page.get_by_text("Failed").count() == 0
    page.get_by_role("tab", name="Performance").click()
    expect(page.get_by_text("Current: Model Quality Metrics")).to_be_visible()
    page.get_by_role("tab", name="Columns one by one").click()
    expect(page.get_by_text("Dataset Summary")).to_be_visible()
    expect(page.get_by_text("⟨/script⟩").first).to_be_visible()
    page.screenshot(path=drawn.path.with_suffix(".png"), full_page=True)
    drawn.path.with_suffix(".png").unlink()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_link_leads_to_the_report(page: Page, home: Home) -> None:
    link = page.locator("#about a").evaluate("link => link.href")

    report = home.evidence / NAME / JANUARY / "revision-1" / "report.html"
    assert link == report.as_uri()
    assert report.exists()


def test_what_was_never_audited_is_said(home: Home) -> None:
    with pytest.raises(NoResultsError, match="no window of 'lones' was audited yet"):
        drill_down(home, "lones")
    with pytest.raises(NoResultsError, match="window '2024-02' of 'loans' was not audited"):
        drill_down(home, NAME, FEBRUARY)


def test_rows_that_are_gone_or_changed_are_not_drawn(home: Home, tmp_path: Path) -> None:
    copy = Home(shutil.copytree(home.path, tmp_path / "home"))  # finds its own baseline, moved
    (baseline,) = copy.private.glob("*/baselines/*/snapshot.parquet")
    current = copy.private / NAME / "windows" / JANUARY / "1" / "snapshot.parquet"

    pq.write_table(pq.read_table(baseline).slice(1), baseline)
    with pytest.raises(
        MissingError, match=r"baseline's rows of .* are not those that were audited"
    ):
        drill_down(copy, NAME)
    facts = baseline.with_name("snapshot_record.json")
    kept = json.loads(facts.read_text())
    anew = kept | {"fingerprint": "0" * 64, "file_sha256": file_sha256(baseline)}
    facts.write_text(json.dumps(anew))  # as if the folder had been made anew, of other rows
    with pytest.raises(MissingError, match=r"baseline's rows of .* are not those that were"):
        drill_down(copy, NAME)
    baseline.unlink()
    with pytest.raises(MissingError, match=r"baseline's rows of revision 1 .* are gone"):
        drill_down(copy, NAME)
    current.unlink()
    with pytest.raises(MissingError, match="the rows of revision 1 of window 2024-01 of 'loans' a"):
        drill_down(copy, NAME)


def test_a_window_without_a_baseline_or_without_rows_is_not_drawn(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=people(seed=0))
    (tmp_path / "baseline.parquet").unlink()
    audit(home, JANUARY)
    audit(home, FEBRUARY)

    with pytest.raises(MissingError, match="was audited without a baseline"):
        drill_down(home, NAME, JANUARY)
    with pytest.raises(MissingError, match="has no rows to show: its report says why"):
        drill_down(home, NAME, FEBRUARY)
