"""An audit whose file was taken away leaves findings that no audit settles: everybody is told."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.app import app
from audit_pipeline.domain.finding import OURSELVES, Change, State
from audit_pipeline.domain.prerequisite import ROWS
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.alerting.delivering import deliver
from audit_pipeline.stages.deadlines.finding import CHECK as LATE
from audit_pipeline.stages.deadlines.gone import gone
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.site import write_site
from audit_pipeline_tests.alerts.made import NOON, finding, happen
from audit_pipeline_tests.alerts.services import web

DAY = timedelta(days=1)
ROUTES = """
routes: [{name: duty, to_env: [ALERTS_ONE]}]
remind_after_days: 3
escalate: {to_env: [ALERTS_HEAD], after_days: 1}
"""
SAID = "The audit's file is not there any more, so no audit settles this. Bring `loans.yaml` back"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "400")
    (tmp_path / "audits").mkdir()
    (tmp_path / "audits" / "cards.yaml").write_text("torn: [")  # broken, and there
    return Home(tmp_path)


def typed(*words: str) -> str:
    done = CliRunner().invoke(app, ["findings", *words])
    assert done.exit_code == 0, done.output
    return str(done.output)


def test_only_audits_without_a_file_are_gone_and_those_with_nothing_to_settle_are_no_matter(
    home: Home,
) -> None:
    known = [
        finding(1),
        finding(2, audit="cards"),
        finding(3, audit=OURSELVES),
        finding(4, audit="old", state=State.RESOLVED),
        finding(5, audit="waived", state=State.WAIVED),
    ]
    assert gone(home, known) == {"loans", "waived"}


def test_reminders_and_escalations_say_that_the_file_is_gone_until_it_is_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(home.store_url)
    (home.path / "alerts.yml").write_text(ROUTES)
    with web() as hook, web() as head:
        monkeypatch.setenv("ALERTS_ONE", hook.url)
        monkeypatch.setenv("ALERTS_HEAD", head.url)
        (home.audits / "loans.yaml").write_text("name: loans")
        happen(store, finding(1), finding(2, check=LATE))
        deliver(home, 20, NOON)
        (home.audits / "loans.yaml").rename(home.path / "loans.yaml")
        for day in (4, 9):
            deliver(home, 20, NOON + day * DAY)
        (home.path / "loans.yaml").rename(home.audits / "loans.yaml")
        deliver(home, 20, NOON + 13 * DAY)
    told = [said["message"] for said in hook.got]
    assert [said.count(SAID) for said in told] == [0, 1, 1, 0]  # once, not for each finding
    assert "audit-pipeline run loans" not in told[1]
    assert [said["message"].count(SAID) for said in head.got] == [1]


def test_what_is_resolved_asks_nothing_of_anybody(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(home.store_url)
    (home.path / "alerts.yml").write_text(ROUTES.replace("ALERTS_HEAD", "ALERTS_ONE"))
    with web() as hook:
        monkeypatch.setenv("ALERTS_ONE", hook.url)
        happen(store, finding(1))
        deliver(home, 20, NOON)
        happen(store, finding(1, state=State.RESOLVED), change=Change.RESOLVED)
        deliver(home, 20, NOON + DAY)
    assert [SAID in said["message"] for said in hook.got] == [True, False]


def test_lists_and_a_finding_say_that_the_file_is_gone_and_what_to_do(home: Home) -> None:
    happen(open_store(home.store_url), finding(1), finding(2), finding(3, audit="cards"))
    said = f"loans has no file any more: loans.yaml is not in {home.audits}"
    listed = typed("list")
    assert listed.count(said) == 1
    assert "cards has no file" not in listed
    assert "or have each waived by somebody other than its owner" in listed
    assert said in typed("show", "1")
    assert said not in typed("show", "3")
    answer = CliRunner().invoke(app, ["findings", "list", "--json"])
    told = {each["number"]: each["audit_is_gone"] for each in json.loads(answer.stdout)}
    assert told == {1: True, 2: True, 3: False}


def test_the_sites_page_of_findings_says_so(home: Home) -> None:
    store = open_store(home.store_url)
    happen(store, finding(1), finding(2, audit="cards", check=LATE))
    write_site(home, NOON)
    page = (home.evidence / "findings.html").read_text()
    assert page.count("The audit's file is not there any more</b>") == 1
    assert "bring <code>loans.yaml</code> back" in page


def test_the_sites_page_of_findings_calls_what_is_missing_as_people_do(home: Home) -> None:
    happen(open_store(home.store_url), finding(1, check=ROWS, verdict=Verdict.GAP))
    write_site(home, NOON)
    assert "<b>Rows of the window</b>" in (home.evidence / "findings.html").read_text()


@pytest.mark.parametrize("command", ["list", "check"])
def test_that_no_file_is_left_is_said_and_not_an_empty_table(home: Home, command: str) -> None:
    (home.audits / "cards.yaml").unlink()
    said = CliRunner().invoke(app, [command]).stdout
    assert said == f"There is no audit in {home.audits}.\n"
