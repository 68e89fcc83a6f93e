"""The columns of an audit in the Dagster UI, as a data steward follows them in a real browser."""

import re
import shutil
import socket
from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
import pytest
import yaml
from playwright.sync_api import Locator, Page, expect, sync_playwright

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.jobs import assets_of
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.defs.homes import HOME
from audit_pipeline_tests.defs.processes import running, wait_for
from audit_pipeline_tests.defs.test_ui import CHROMIUM, Seen, answers, watch
from audit_pipeline_tests.stages import small

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
FEATURES: dict[str, Any] = {
    "income": {"kind": "numeric", "title": "Yearly income (EUR)"},
    "region": {"kind": "categorical"},
}
ASKED = """query($key: AssetKeyInput!) { assetOrError(assetKey: $key) { ... on Asset {
  assetMaterializations(limit: 1) { metadataEntries { label ... on TableColumnLineageMetadataEntry {
    lineage { columnName columnDeps { columnName assetKey { path } } } } } } } } }"""


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Audit a month of loans; another audit reads the same table, and has not run yet."""
    folder = tmp_path_factory.mktemp("lineage")
    home = small.write_home(
        folder / "home",
        small.settings(columns=small.columns(features=FEATURES), schedule={"enabled": False}),
        baseline=small.people(month=date(2023, 12, 1), seed=0),
    )
    shutil.copy(HOME / "dagster.yaml", home.path)
    other = small.settings(name="cards", baseline=small.BASELINE)
    (home.audits / "cards.yaml").write_text(yaml.safe_dump(other))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home.path))
        patch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
        audit = load_audit_file(home, small.NAME).audit
        job = build_definitions(home).resolve_job_def(job_name(audit))
        with dg.DagsterInstance.get() as instance:
            done = job.execute_in_process(
                instance=instance,
                partition_key=small.JANUARY,
                asset_selection=assets_of(audit),
                run_config=QUIET,
            )
        assert done.success
        yield home


@pytest.fixture(scope="module")
def ui(audited: Home) -> Iterator[Seen]:
    """Start Dagster's web server on the home, and a browser; end both."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = ("-m", "dagster_webserver", "-m", "audit_pipeline.definitions", "-p", str(port))
    log = audited.path.parent / "webserver.log"
    with running(audited, *server, log=log), sync_playwright() as playwright:
        wait_for(lambda: answers(url), 90)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(bypass_csp=True, viewport={"width": 1500, "height": 1000})
        seen = Seen(audited, url, context.new_page())
        watch(seen)
        yield seen
        browser.close()


def row(page: Page, column: str) -> Locator:
    """Return the row of a column in the list of columns."""
    name = re.compile(rf"^{re.escape(column)}$")
    return page.locator("tbody tr").filter(has=page.get_by_text(name)).first


def test_a_column_is_followed_back_to_its_source_and_on_to_its_checks_by_clicks(ui: Seen) -> None:
    page = ui.open(f"/assets/{small.NAME}/snapshot")
    income = row(page, "income")
    expect(income).to_contain_text("feature")
    expect(income).to_contain_text("Yearly income (EUR)")
    expect(income).to_contain_text("population_stability_index")
    ui.keep("columns")

    income.get_by_role("link", name="current.parquet").click()
    expect(page.get_by_text("External Asset").first).to_be_visible()
    for audit in (small.NAME, "cards"):  # the one that has run, and the one that has not
        expect(row(page, "income")).to_contain_text(f"{audit} / snapshot")
    ui.keep("source")

    row(page, "income").get_by_role("link", name=f"{small.NAME} / snapshot").click()
    row(page, "income").get_by_role("link", name="drift").click()
    check = row(page, "population_stability_index(income)")
    expect(check).to_contain_text("pass")
    expect(check).to_contain_text("From profile income; baseline income")
    expect(check.get_by_role("link", name="current.parquet")).to_be_visible()
    ui.keep("checks_as_columns")
    assert ui.complaints == []


def test_the_graph_begins_with_the_sources_and_materializing_all_leaves_them_alone(
    ui: Seen,
) -> None:
    page = ui.open("/asset-groups")
    for group in ("sources", "loans_ingest", "cards_ingest"):
        expect(page.get_by_text(group).first).to_be_visible()
    ui.keep("graph")

    ui.open(f"/assets/{small.NAME}/snapshot?view=lineage&lineageScope=upstream&lineageDepth=5")
    for asset in ("current_parquet", "baseline_parquet"):
        expect(page.get_by_text(re.compile(rf"^{asset}_[0-9a-f]{{6}}$")).first).to_be_visible()
    ui.keep("upstream")
    both = page.get_by_role("button", name="Materialize all (2)").first  # baseline and snapshot
    expect(both).to_be_visible()
    assert ui.complaints == []


def test_whoever_asks_the_server_gets_the_lineage_of_columns_in_dagsters_own_form(
    ui: Seen,
) -> None:
    key = {"path": [small.NAME, "drift"]}
    answer = ui.page.request.post(
        f"{ui.url}/graphql", data={"query": ASKED, "variables": {"key": key}}
    )
    (made,) = answer.json()["data"]["assetOrError"]["assetMaterializations"]
    (lineage,) = [e["lineage"] for e in made["metadataEntries"] if "lineage" in e]

    rests_on = {each["columnName"]: each["columnDeps"] for each in lineage}
    assert sorted(
        ("/".join(dep["assetKey"]["path"]), dep["columnName"])
        for dep in rests_on["population_stability_index(income)"]
    ) == [("loans/baseline", "income"), ("loans/profile", "income")]
