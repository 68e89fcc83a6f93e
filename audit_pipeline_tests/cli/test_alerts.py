"""`audit-pipeline alerts` as an operator types it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.app import app
from audit_pipeline.store.store import Store
from audit_pipeline_tests.alerts.made import finding, happen
from audit_pipeline_tests.alerts.services import web
from audit_pipeline_tests.servers import free_port

FILE = """
routes:
  - {name: duty, to_env: [ALERTS_ONE], fallback_env: [ALERTS_TWO]}
escalate: {to_env: [ALERTS_TWO]}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return Home(tmp_path)


def typed(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["alerts", *words])
    return done.exit_code, done.output


def test_without_a_file_status_says_that_nobody_is_alerted(home: Home) -> None:
    code, said = typed("status")
    assert code == 6
    assert "nobody is alerted: there is no alerts.yml in the home" in said
    assert typed("send")[0] == 6
    assert typed("test")[0] == 2


def test_a_test_says_what_came_of_each_address(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.path / "alerts.yml").write_text(FILE)
    with web() as hook:
        monkeypatch.setenv("ALERTS_ONE", hook.url)
        monkeypatch.setenv("ALERTS_TWO", f"json://geheim:pw@127.0.0.1:{free_port()}")
        code, said = typed("test")
        assert code == 6
        assert "ALERTS_ONE (duty): took it" in said
        assert "ALERTS_TWO (duty (second channel), escalation): failed: " in said
        assert "geheim" not in said
        monkeypatch.setenv("ALERTS_TWO", hook.url)
        assert typed("test")[0] == 0
    assert hook.titles == ["A test of alerts"] * 3


def test_what_waits_is_shown_sent_and_counted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.path / "alerts.yml").write_text(FILE)
    store = Store(home.store_url)
    happen(store, finding())
    store.close()
    dead = f"json://geheim:pw@127.0.0.1:{free_port()}"
    for name in ("ALERTS_ONE", "ALERTS_TWO"):
        monkeypatch.setenv(name, dead)
    assert typed("send")[0] == 6
    code, said = typed("status")
    assert (code, "failing since" in said, "geheim" in said) == (6, True, False)
    shown = json.loads(typed("status", "--json")[1])
    assert [each["variable"] for each in shown["addresses"]] == ["ALERTS_ONE", "ALERTS_TWO"]
    assert (shown["tally"]["waiting"], shown["addresses"][0]["waiting"]) == (2, 1)
    with web() as hook:
        for name in ("ALERTS_ONE", "ALERTS_TWO"):
            monkeypatch.setenv(name, hook.url)
        assert typed("send") == (0, "2 messages delivered\n")  # it is overdue long since
    code, said = typed("status", "--retry-refused")
    assert (code, "took a message at" in said, "waiting again" in said) == (0, True, True)


def test_a_store_that_takes_nothing_is_said_in_a_sentence(home: Home) -> None:
    store = Store(home.store_url)
    happen(store, finding())
    refuse = "BEGIN SELECT RAISE(ABORT, 'it is read only'); END"
    with store.engine.begin() as connection:
        connection.execute(text(f"CREATE TRIGGER no BEFORE UPDATE ON audit_findings {refuse}"))
        connection.execute(text("ALTER TABLE audit_outbox RENAME COLUMN number TO other"))
    store.close()
    found = CliRunner().invoke(app, ["findings", "ack", "1", "--by", "Bob"])
    assert (found.exit_code, found.output) == (
        2,
        "the results store cannot be used: it is read only\n",
    )
    code, said = typed("send")
    assert (code, "the results store cannot be used: no such column" in said) == (2, True)
