"""Alerts from the store to real services: each once, whatever those do."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.finding import Change, Severity, State
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.alerting.delivered import NO_FILE, Delivered
from audit_pipeline.stages.alerting.delivering import deliver
from audit_pipeline.stages.alerting.lanes import Patience
from audit_pipeline.stages.deadlines.finding import CHECK as LATE
from audit_pipeline.store.outbox import ALERTS, tally
from audit_pipeline.store.pauses import write_pause
from audit_pipeline.store.store import Store
from audit_pipeline_tests.alerts.made import NOON, finding, happen
from audit_pipeline_tests.alerts.services import html_of, mail, web
from audit_pipeline_tests.servers import free_port
from audit_pipeline_tests.stages.alerting.conftest import To

QUICK = Patience(message=2)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def at(home: Home, now: datetime = NOON) -> Delivered:
    return deliver(home, 8, now, patience=QUICK)


def test_a_finding_arrives_once_as_a_mail_and_as_json(home: Home, store: Store, to: To) -> None:
    happen(store, finding(reason="0.31 of at most 0.2 <b>& @everyone"))
    with mail() as post, web() as hook:
        to.patch.setenv("ALERTS_MAIL", post.url)
        to.patch.setenv("ALERTS_HOOK", hook.url)
        routes = [to.route("duty", "ALERTS_MAIL", "ALERTS_HOOK"), to.route("again", "ALERTS_HOOK")]
        served = "https://audits.example.org/evidence"
        home.audits.mkdir(exist_ok=True)
        (home.audits / "loans.yaml").touch()
        to.file(*routes, report_url=served, ui_url="https://dagster.example.org")
        first, second = at(home), at(home, NOON + MINUTE)

    assert (first.told, second.told) == ("2 messages delivered", "no alert waits")
    (letter,), (said,) = post.got, hook.got
    assert (
        letter["Subject"] == said["title"] == "High: loans, population stability index failed: new"
    )
    page = html_of(letter)
    link = "https://audits.example.org/evidence/loans/2026-03-09/revision-1/report.html"
    assert f'href="{link}"' in page
    assert "&lt;b&gt;&amp; @\u2060everyone" in page
    assert "src=" not in page
    run = "https://dagster.example.org/assets/loans/report?view=partitions&partition=2026-03-09"
    for part in ("income_1", "failed", "due 2026-03-17", "findings show 1", link, run):
        assert part in said["message"]
    assert "geheim" not in str(said)
    (by_hook, by_mail) = (re.search(r"Message (\w{12}):", form) for form in (said["message"], page))
    assert by_hook
    assert by_mail
    assert tally(store.engine, ALERTS).waiting == 0


def test_without_a_file_nobody_is_alerted_and_what_waits_is_told_once_there_is_one(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    assert at(home).told == f"1 alert waiting; {NO_FILE}"
    with web() as hook:
        to.one(hook.url)
        assert at(home).messages == 1
    (home.path / "alerts.yml").write_text("routes: 3\n")
    assert "alerts.yml:1: routes" in at(home).told


def test_a_finding_is_told_on_change_only_and_its_end_to_who_heard_of_it(
    home: Home, store: Store, to: To
) -> None:
    known = finding(severity=Severity.HIGH)
    with web() as hook, web() as other, web() as pager:
        to.patch.setenv("ALERTS_ONE", hook.url)
        to.patch.setenv("ALERTS_OTHER", other.url)
        severe = to.route("severe", "ALERTS_OTHER", severity="critical")
        to.patch.setenv("ALERTS_PAGER", pager.url)
        rings = to.route("pager", "ALERTS_PAGER", resolved=False)
        to.file(to.route("duty", "ALERTS_ONE"), severe, rings)
        happen(store, known)
        at(home)
        happen(store, known, change=Change.CONTINUED)
        at(home, NOON + MINUTE)
        happen(store, finding(severity=Severity.LOW), change=Change.EASED)
        at(home, NOON + 2 * MINUTE)
        assert len(hook.got) == 1
        over = finding(severity=Severity.LOW, state=State.RESOLVED, verdict=Verdict.PASS)
        happen(store, over, change=Change.RESOLVED)
        at(home, NOON + 3 * MINUTE)

    assert hook.titles[1:] == ["Resolved: loans, 1 finding"]
    assert [said["type"] for said in hook.got] == ["failure", "success"]
    assert len(pager.got) == 1
    assert other.got == []


def test_a_storm_is_one_message(home: Home, store: Store, to: To) -> None:
    happen(store, *[finding(number) for number in range(1, 301)])
    with web() as hook:
        to.one(hook.url)
        assert at(home).told == "1 message delivered"
    (said,) = hook.got
    assert said["title"] == "High: loans, 300 findings"
    assert "and 290 more; of all that stand: 300 high." in said["message"]
    assert len(said["message"]) < 6000


def test_a_storm_of_many_audits_is_one_message_too(home: Home, store: Store, to: To) -> None:
    for number in range(1, 41):
        happen(store, finding(number, audit=f"audit_{number}"))
    with web() as hook:
        to.one(hook.url)
        assert at(home).told == "1 message delivered"
    assert hook.titles == ["High: 40 audits, 40 findings"]


def test_a_dead_address_is_left_alone_for_longer_each_time_and_gets_all_in_the_end(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1))
    to.one(f"json://user:geheim-secret@127.0.0.1:{free_port()}/t0ken-in-path")
    first = at(home)
    assert first.waiting == 1
    assert "ALERTS_ONE: " in first.told
    assert "geheim" not in first.told
    assert "t0ken" not in first.told
    assert "tried again at 12:00:30 UTC" in first.told
    assert "12:00:30" in at(home, NOON + timedelta(seconds=20)).told  # not even tried
    assert "12:01:30" in at(home, NOON + timedelta(seconds=30)).told
    happen(store, finding(2))
    with web() as hook:
        to.one(hook.url)
        assert at(home, NOON + timedelta(seconds=60)).messages == 0
        assert at(home, NOON + timedelta(seconds=90)).messages == 2
    assert len(hook.got) == 2


def test_an_unset_variable_and_nonsense_are_said(home: Home, store: Store, to: To) -> None:
    happen(store, finding())
    to.patch.setenv("ALERTS_BAD", "nosuchservice://geheim")
    to.file(to.route("duty", "ALERTS_NOT_SET", "ALERTS_BAD"))
    told = at(home).told
    assert "the environment has no ALERTS_NOT_SET" in told
    assert "ALERTS_BAD holds no address that Apprise knows" in told
    assert "geheim" not in told


def test_hanging_addresses_hold_up_nobody_among_five_hundred(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    with web() as living, web() as hanging:
        hanging.hangs.set()
        names = [f"ALERTS_{number}" for number in range(500)]
        for number, name in enumerate(names):
            to.patch.setenv(name, hanging.url if number % 50 == 0 else living.url)
        to.file(to.route("everybody", *names))
        begun = time.monotonic()
        done = deliver(home, 25, NOON, patience=Patience(message=3))
        taken = time.monotonic() - begun

    assert (done.messages, done.waiting) == (490, 10)
    assert len(living.got) == 490
    assert taken < 20
    assert "no answer within 3 seconds" in done.told


def test_an_alert_that_nobody_takes_holds_up_no_other_and_is_set_aside(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1, audit="poison"))
    with web(lambda said: 400 if "poison" in said["message"] else 200) as hook:
        to.one(hook.url)
        for number in range(2, 8):
            happen(store, finding(number))
            at(home, NOON + number * timedelta(hours=1))

    assert len(hook.got) == 6
    counted = tally(store.engine, ALERTS)
    assert (counted.waiting, counted.set_aside) == (0, 1)


def test_a_broken_address_is_a_finding_and_its_alerts_go_to_the_second_channel(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    to.patch.setenv("ALERTS_ONE", f"json://127.0.0.1:{free_port()}")
    with web() as second:
        to.patch.setenv("ALERTS_SECOND", second.url)
        to.file(to.route("duty", "ALERTS_ONE", fallback_env=["ALERTS_SECOND"]))
        at(home)
        assert second.got == []
        at(home, NOON + 31 * MINUTE)  # known to be broken, and tried once more before
        at(home, NOON + 31.5 * MINUTE)
        assert sorted(second.titles) == [
            "Critical: audit-pipeline, delivery of alerts failed: new",
            "High: loans, population stability index failed: new",
        ]
        assert any("because ALERTS_ONE does not answer" in said["message"] for said in second.got)
        with web() as first:
            to.patch.setenv("ALERTS_ONE", first.url)
            happen(store, finding(7))
            at(home, NOON + 2 * timedelta(hours=1))
            at(home, NOON + 3 * timedelta(hours=1))

    assert tally(store.engine, ALERTS).waiting == 0
    assert first.titles[0] == "High: loans, population stability index failed: new"
    assert "Resolved: audit-pipeline, 1 finding" in first.titles + second.titles


QUIET = {"from": "22:00", "to": "06:00", "timezone": "Europe/Berlin"}


def test_quiet_hours_wait_across_midnight_but_what_is_critical_does_not(
    home: Home, store: Store, to: To
) -> None:
    late = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 23:30; that night the clock is set forward
    happen(store, finding(1))
    happen(store, finding(2, severity=Severity.CRITICAL))
    with web() as hook:
        to.one(hook.url, quiet_hours=QUIET)
        told = at(home, late).told
        assert told == "1 message delivered; 1 alert waiting, 1 of them for the end of quiet hours"
        assert at(home, datetime(2026, 3, 29, 3, 59, tzinfo=UTC)).messages == 0  # 05:59
        assert at(home, datetime(2026, 3, 29, 4, 0, tzinfo=UTC)).messages == 1  # 06:00

    assert [title.split(":")[0] for title in hook.titles] == ["Critical", "High"]


def test_who_was_told_is_reminded_and_others_hear_of_what_is_overdue(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1), finding(2, check=finding(2).check, state=State.ACKNOWLEDGED))
    with web() as hook, web() as head:
        to.patch.setenv("ALERTS_HEAD", head.url)
        escalate = {"to_env": ["ALERTS_HEAD"], "after_days": 1}
        to.one(hook.url, remind_after_days=3, escalate=escalate)
        for day in range(12):
            at(home, NOON + day * DAY)

    # days 0, 3, 6; due on day 7, so on day 8 that which somebody looks after, and the other; day 11
    assert [title.split(", ")[1] for title in hook.titles] == [
        "2 findings",
        "population stability index failed: still open",
        "population stability index failed: still open",
        "2 findings",
        "2 findings",
    ]
    assert head.titles == ["High: loans, 2 findings"]
    assert "2 overdue" in head.got[0]["message"]


def test_of_late_windows_nobody_is_reminded_while_their_audit_is_paused_and_of_all_else_they_are(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1), finding(2, check=LATE))
    with web() as hook:
        to.one(hook.url, remind_after_days=3)
        at(home, NOON)
        for paused, day in ((True, 4), (False, 8)):
            with store.engine.begin() as connection:
                write_pause(connection, "loans", NOON + day * DAY, paused=paused)
            at(home, NOON + day * DAY)

    told = [said["message"].partition("\n")[0] for said in hook.got]
    assert told == ["2 findings: 2 new.", "1 finding: 1 still open.", "2 findings: 2 still open."]


KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from audit_pipeline.audits.home import Home
from audit_pipeline.stages.alerting.delivering import deliver
deliver(Home(Path(sys.argv[1])), 20, datetime.fromisoformat(sys.argv[2]))
"""


def test_a_kill_between_sending_and_the_note_of_it_loses_nothing(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    killed: list[int] = []

    def kill(_: object) -> int:
        if not killed:
            killed.append(started.pid)
            os.kill(started.pid, signal.SIGKILL)
            started.wait()
        return 200

    with web(kill) as hook:
        to.one(hook.url)
        command = [sys.executable, "-W", "ignore", "-c", KILLED, str(home.path), NOON.isoformat()]
        root = str(Path(__file__).parents[3])
        started = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": root})
        assert started.wait() == -signal.SIGKILL
        assert at(home).told == "1 message delivered"  # who held the channel is known to be dead
        assert at(home, NOON + MINUTE).told == "no alert waits"

    assert len(hook.got) == 2  # at least once, and twice only after a kill


def test_two_deliverers_never_send_twice(home: Home, store: Store, to: To) -> None:
    for number in range(1, 4):
        happen(store, finding(number))
    root = str(Path(__file__).parents[3])
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(home.path), NOON.isoformat()]
    with web() as hook:
        to.one(hook.url)
        both = [subprocess.Popen(command, env=os.environ | {"PYTHONPATH": root}) for _ in range(2)]
        assert [each.wait() for each in both] == [0, 0]
    assert len(hook.got) == 3


def test_all_of_it_on_postgresql(
    home: Home, to: To, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", postgres_url)
    store = Store(home.store_url)
    happen(store, finding(1), finding(2))
    monkeypatch.setenv("ALERTS_TWO", f"json://127.0.0.1:{free_port()}")
    with web() as hook:
        to.one(hook.url)
        route = to.route("duty", "ALERTS_ONE", "ALERTS_TWO", fallback_env=["ALERTS_ONE"])
        to.file(route, remind_after_days=3, escalate={"to_env": ["ALERTS_ONE"]})
        first = at(home)
        assert (first.messages, first.waiting) == (1, 1)
        for days in (4, 4.1, 9, 9.1):
            at(home, NOON + days * DAY)
    store.close()
    leads = [said["message"].partition("\n")[0] for said in hook.got]
    assert leads[0] == "2 findings: 2 new."
    assert "2 findings: 2 still open." in leads
    assert leads[-1] == "3 findings: 3 overdue."
    assert any("delivery of alerts" in title for title in hook.titles)
