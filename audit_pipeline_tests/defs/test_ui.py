"""The Dagster UI as an operator uses it, in a real browser: look, start an audit, read its end."""

import shutil
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline_tests.defs.homes import EXAMPLE, example_home, small_audit, write_audit
from audit_pipeline_tests.defs.processes import CLI, of_group, run_cli, running, wait_for
from audit_pipeline_tests.defs.test_runs import write_rows

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
SECONDS = 1000.0
"""A second, as the browser counts."""
PAUSED, REASON = "orders", "the model is being rebuilt until May"
DAYS = {"every": "day", "start": "2025-10-25", "end": "2025-10-27", "timezone": "Europe/Berlin"}
"""Two, the second with 25 hours."""


@dataclass
class Seen:
    """An open UI: its address, a page, and what the browser complained of."""

    home: Home
    url: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def of_audit(self, name: str) -> Page:
        """Open the assets of one audit, as an operator chooses them: by its tag."""
        chosen = quote(f'tag:"audit"="{name}"', safe="")
        return self.open(f"/asset-groups~{chosen}/")

    def keep(self, name: str) -> None:
        """Keep a picture beside the home, for people to look at."""
        self.page.screenshot(path=self.home.path.parent / f"{name}.png")


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Start `audit-pipeline ui` on a new home, and a browser; end both."""
    folder = tmp_path_factory.mktemp("ui")
    patient = {"schedule": {"stable_seconds": 86_400}}  # what runs here, a click began
    home = example_home(folder / "home", employment_ma=patient)
    begin = datetime(2025, 10, 24, 22, tzinfo=UTC)  # midnight in Berlin
    write_rows(home.audits / "current.parquet", [begin + timedelta(hours=12 * n) for n in range(4)])
    write_rows(home.audits / "baseline.parquet", [begin - timedelta(days=9)])
    paused = {"paused": REASON}
    write_audit(home.path, small_audit(PAUSED, window=DAYS, schedule=paused))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = (*CLI, "ui", "--home", str(home.path), "--port", str(port))
    with running(home, *command, log=folder / "ui.log") as started, sync_playwright() as playwright:
        group = started.pid
        wait_for(lambda: answers(url), 90)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(bypass_csp=True, viewport={"width": 1600, "height": 1000})
        seen = Seen(home, url, context.new_page())
        watch(seen)
        yield seen
        browser.close()
    assert not of_group(group)  # whoever closes the UI has closed all of it


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/server_info", timeout=2) as answer:  # noqa: S310 (ours)
            return bool(answer.status == 200)
    except OSError:
        return False


def watch(seen: Seen) -> None:
    """Note errors of the page, and every address that is not this server's."""
    seen.page.set_default_timeout(30 * SECONDS)
    expect.set_options(timeout=30 * SECONDS)  # a machine at its limit takes more than five
    own = (seen.url, seen.url.replace("http", "ws"), "data:", "blob:")
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on(
        "console",
        lambda said: seen.complaints.append(said.text) if said.type == "error" else None,
    )
    seen.page.on(
        "request",
        lambda asked: None if asked.url.startswith(own) else seen.complaints.append(asked.url),
    )


def test_the_lineage_shows_five_groups_named_after_the_audit(ui: Seen) -> None:
    page = ui.open("/asset-groups")

    for stage in ("ingest", "validate", "drift", "explain", "report"):
        expect(page.get_by_text(f"{EXAMPLE}_{stage}").first).to_be_visible()
    ui.keep("lineage")
    assert ui.complaints == []


def test_schedule_and_sensors_are_on_without_a_click(ui: Seen) -> None:
    known = build_definitions(ui.home).get_repository_def()
    names = [each.name for each in known.schedule_defs]
    names += [each.name for each in known.sensor_defs]
    page = ui.open("/automation")

    assert {f"{EXAMPLE}_schedule", "arrivals", "catch_up", "deadlines", "alerts"} < set(names)
    for name in names:
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    # the first box selects all and is empty; each automation has its own, and its switch
    expect(page.locator("input[type=checkbox]:checked")).to_have_count(len(names))
    ui.keep("automation")
    assert ui.complaints == []


def test_a_paused_audit_says_so_and_why_where_it_is_looked_for(ui: Seen) -> None:
    place = f"/locations/audit_pipeline.definitions/schedules/{PAUSED}_schedule"
    page = ui.open(place)
    expect(page.get_by_text(f"Paused: {REASON}").first).to_be_visible()
    expect(page.get_by_text("Europe/Berlin").first).to_be_visible()
    page.get_by_role("button", name="Preview tick result").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(f'Skip reason: "paused: {REASON}"')).to_be_visible()
    ui.keep("paused")

    ui.open(f"/assets/{PAUSED}/snapshot")
    expect(page.get_by_text(REASON).first).to_be_visible()
    assert ui.complaints == []


def test_a_range_of_a_whole_audit_is_back_filled_by_three_clicks(ui: Seen) -> None:
    page = ui.of_audit(PAUSED)
    page.get_by_role("button", name="Materialize all").first.click()
    page.get_by_role("button", name="All", exact=True).click()
    ui.keep("range")
    page.get_by_role("button", name="Launch backfill").click()
    expect(page.get_by_text("Created backfill")).to_be_visible()
    assert ui.complaints == []  # how it ended is looked at last: it goes on meanwhile


def test_an_audit_is_started_by_three_clicks_and_ends_green(ui: Seen) -> None:
    page = ui.of_audit(EXAMPLE)
    page.get_by_role("button", name="Materialize all").first.click()
    ui.keep("dialog")
    page.get_by_role("button", name="Latest").click()
    ui.keep("launch")
    page.get_by_role("button", name="Launch 1 run").click()
    expect(page.get_by_text("Launch runs to materialize")).to_be_hidden()

    ui.open("/runs")
    run = page.locator("a[href^='/runs/']:not([href^='/runs/b/'])")  # not the back-fill
    expect(run.first).to_be_visible()
    ui.open(str(run.first.get_attribute("href")))
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=120 * SECONDS)
    ui.keep("run")
    (report,) = (ui.home.evidence / EXAMPLE / "2018").glob("*/report.html")
    assert report.stat().st_size > 10_000
    assert ui.complaints == []


def test_the_drilldown_was_passed_by_and_is_drawn_by_three_clicks_on_its_own(ui: Seen) -> None:
    drawn = ui.home.private / EXAMPLE / "drilldown" / "2018" / "revision-1.html"
    assert not drawn.exists()
    page = ui.open(f"/assets/{EXAMPLE}/drilldown")
    page.get_by_role("button", name="Materialize").first.click()
    page.get_by_role("button", name="Latest").click()
    page.get_by_role("button", name="Launch 1 run").click()
    expect(page.get_by_text("Launch runs to materialize")).to_be_hidden()
    wait_for(drawn.exists, 90)

    ui.open(f"/assets/{EXAMPLE}/drilldown")
    expect(page.get_by_text("sampled of the window").first).to_be_visible()
    expect(page.get_by_text("revision-1.html").first).to_be_visible()
    ui.keep("drilldown")
    assert ui.complaints == []
    other = page.context.new_page()
    said: list[str] = []
    other.on("console", lambda message: said.append(message.text))
    other.on("pageerror", lambda error: said.append(str(error)))
    other.goto(drawn.as_uri())
    expect(other.get_by_role("tab", name="Performance")).to_be_visible()
    assert said == []
    other.close()


def test_the_page_of_an_asset_shows_its_checks_passed_and_failed(ui: Seen) -> None:
    page = ui.open(f"/assets/{EXAMPLE}/fairness?view=checks")
    for name in ("demographic_parity_ratio", "equal_opportunity_difference"):
        expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("Failed").first).to_be_visible()
    expect(page.get_by_text("RAC1P").first).to_be_visible()
    ui.keep("checks")

    ui.open(f"/assets/{EXAMPLE}/drift?view=checks")
    expect(page.get_by_text("Succeeded").first).to_be_visible()
    assert ui.complaints == []


def test_the_page_of_the_evidence_says_verdict_reason_and_where_the_report_is(ui: Seen) -> None:
    page = ui.open(f"/assets/{EXAMPLE}/evidence")

    expect(page.get_by_text("verdict", exact=True).first).to_be_visible()
    expect(page.get_by_text("fail", exact=True).first).to_be_visible()
    expect(page.get_by_text("above the failure limit").first).to_be_visible()
    expect(page.get_by_text("report.html").first).to_be_visible()
    ui.keep("evidence")
    assert ui.complaints == []


def test_a_run_from_the_command_line_is_in_the_list_and_says_what_it_was(ui: Seen) -> None:
    done = run_cli(ui.home, "run", EXAMPLE, "--window", "2017", "--home", str(ui.home.path))
    page = ui.open("/runs")

    assert "2017" in done.stdout
    expect(page.get_by_text("partition: 2017").first).to_be_visible()
    expect(page.get_by_text(f"audit: {EXAMPLE}")).to_have_count(2)  # the one that a click began too
    expect(page.get_by_text("started_from: command_line").first).to_be_visible()
    ui.keep("runs")
    ui.open("/asset-groups")
    expect(page.get_by_text(f"{EXAMPLE}_ingest").first).to_be_visible()
    expect(page.get_by_text("fetching statuses")).to_have_count(0)
    ui.keep("lineage_after")
    ui.open(f"/assets/{EXAMPLE}/snapshot")
    expect(page.get_by_text("Columns").first).to_be_visible()
    ui.keep("snapshot")
    assert ui.complaints == []


def test_the_report_opens_without_a_complaint(ui: Seen) -> None:
    (report,) = (ui.home.evidence / EXAMPLE / "2018").glob("*/report.html")
    page = ui.page.context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())

    expect(page.locator(".verdict").first).to_be_visible()
    assert said == []
    page.close()


def test_the_list_of_runs_tells_the_verdict_of_a_green_run(ui: Seen) -> None:
    page = ui.open("/runs")

    expect(page.get_by_text("verdict: fail").first).to_be_visible()
    expect(page.get_by_text("Failure", exact=True)).to_have_count(0)
    assert ui.complaints == []


def test_the_back_fill_ended_well_baseline_and_drilldown_and_the_longest_day_among_it(
    ui: Seen,
) -> None:
    page = ui.open("/runs")
    page.get_by_text("Backfills", exact=True).click()
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=120 * SECONDS)
    ui.keep("backfill")

    for day in ("2025-10-25", "2025-10-26"):
        assert list((ui.home.evidence / PAUSED / day).glob("*/report.html"))
    assert ui.complaints == []
