"""Alerts are written in the transaction that seals an audit: with it, or not at all."""

from pathlib import Path

import pytest

from audit_pipeline.alerts.notice import Why, read
from audit_pipeline.audits.home import Home
from audit_pipeline.clock import now
from audit_pipeline.domain.finding import LOUD, Change
from audit_pipeline.stages.alerting.delivering import deliver
from audit_pipeline.stages.alerting.writing import NOBODY, write_alerts
from audit_pipeline.store.alerting import stream
from audit_pipeline.store.outbox import ALERTS, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.alerts.made import finding, line
from audit_pipeline_tests.alerts.services import html_of, mail
from audit_pipeline_tests.stages import small


class CrashError(Exception):
    """What a test raises."""


def write_and_crash(store: Store) -> None:
    with store.engine.begin() as connection:
        write_alerts(connection, [(finding(), line(finding(), Change.OPENED))])
        raise CrashError


def test_a_sealed_audit_is_one_mail_that_links_to_a_report_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    home = small.write_home(tmp_path)
    audited = small.audit(home)
    (tmp_path / "alerts.yml").write_text(
        "routes: [{name: duty, to_env: [ALERTS_ONE], severity: low}]"
    )
    with mail() as post:
        monkeypatch.setenv("ALERTS_ONE", post.url)
        assert deliver(home, 20, now()).told == "1 message delivered"
    (letter,) = post.got
    assert str(audited.folder / "report.html") in html_of(letter)


def test_a_transaction_that_breaks_leaves_no_alert(tmp_path: Path) -> None:
    store = Store(Home(tmp_path).store_url)
    with pytest.raises(CrashError):
        write_and_crash(store)
    assert tally(store.engine, ALERTS).written == 0
    store.close()


def test_only_what_is_to_be_heard_is_written_one_notice_for_each_audit(tmp_path: Path) -> None:
    store = Store(Home(tmp_path).store_url)
    happened = [
        (finding(n, audit=audit), line(finding(n), change))
        for audit in ("loans", "cards")
        for n, change in enumerate(Change)
    ]
    with store.engine.begin() as connection:
        write_alerts(connection, happened)
    notices = [read(entry.body) for entry in stream(store.engine, NOBODY)]
    store.close()
    assert len(notices) == 2
    assert {item.why.value for item in notices[0].items} == {change.value for change in LOUD}
    assert {Why(change.value) for change in LOUD} < set(Why)
