"""Days on which much goes wrong: nothing is lost, told twice, or told in the wrong order."""

import re
import socket
from contextlib import closing
from datetime import timedelta

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.finding import Change, Finding, Severity, State
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.alerting.delivered import Delivered
from audit_pipeline.stages.alerting.delivering import deliver
from audit_pipeline.stages.alerting.lanes import Patience
from audit_pipeline.stages.alerting.looking import status
from audit_pipeline.stages.findings.looking import Wanted, findings_wanted
from audit_pipeline.store.channels import a_holder, hold
from audit_pipeline.store.findings import history_of
from audit_pipeline.store.incidents import note_incident, open_incidents
from audit_pipeline.store.outbox import ALERTS, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.alerts.made import NOON, finding, happen
from audit_pipeline_tests.alerts.services import mail, web
from audit_pipeline_tests.servers import free_port
from audit_pipeline_tests.stages.alerting.conftest import To

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OVER = {"state": State.RESOLVED, "verdict": Verdict.PASS}


def at(home: Home, after: timedelta = timedelta()) -> Delivered:
    return deliver(home, 14, NOON + after, patience=Patience(message=6))  # on a busy machine


def broken(home: Home) -> list[Finding]:
    """Return the findings that alerts are not delivered."""
    return findings_wanted(home, Wanted(audit="audit-pipeline"))


def test_after_a_week_without_the_service_each_finding_is_told_as_it_stands(
    home: Home, store: Store, to: To
) -> None:
    to.one(f"json://127.0.0.1:{free_port()}")
    for day in range(7):
        happen(store, finding(100 * (day + 1)), at=NOON + day * DAY)
        at(home, day * DAY)
    happen(store, finding(100, **OVER), finding(600, **OVER), change=Change.RESOLVED)
    at(home, 6.5 * DAY)
    with web() as hook:
        to.one(hook.url)
        at(home, 7 * DAY)
        at(home, 7 * DAY + HOUR)
    last: dict[int, bool] = {}
    for line in "\n".join(said["message"] for said in hook.got).splitlines():
        if about := re.search(r"income_(\d)00", line):  # what a reader believes in the end
            last[int(about.group(1))] = "resolved" in line.lower()
    assert last == {number: number in {1, 6} for number in range(1, 8)}
    assert tally(store.engine, ALERTS).waiting == 0
    assert len(hook.got) == 3  # the try, the storm, and that alerts arrive again


def test_few_alerts_that_failed_come_in_the_order_in_which_they_were_written(
    home: Home, store: Store, to: To
) -> None:
    to.one(f"json://127.0.0.1:{free_port()}", messages_at_once=9)
    for number in (1, 2, 3, 4):
        happen(store, finding(number))
        at(home, number * MINUTE)  # one is tried each time
    with web() as hook:
        to.one(hook.url, messages_at_once=9)
        at(home, HOUR)
    told = [said["message"].partition("income_")[2][:1] for said in hook.got]
    told = [number for number in told if number]
    assert sorted(told) == ["1", "2", "3", "4"]
    assert told[1:] == sorted(told[1:])  # the first was the try


def test_what_waits_for_the_end_of_a_night_does_not_hide_what_is_critical(
    home: Home, store: Store, to: To
) -> None:
    happen(store, *[finding(number, audit=f"audit_{number}") for number in range(1, 601)])
    happen(store, finding(601, severity=Severity.CRITICAL))
    quiet = {"from": "10:00", "to": "14:00"}
    with web() as hook:
        to.one(hook.url, quiet_hours=quiet)
        assert deliver(home, 30, NOON).messages == 1
        assert hook.titles == ["Critical: loans, population stability index failed: new"]
        assert deliver(home, 30, NOON + 2 * HOUR).messages == 1
    assert hook.titles[1] == "High: 600 audits, 600 findings"


def test_alerts_for_a_variable_that_was_renamed_go_to_the_new_one(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    to.one(f"json://127.0.0.1:{free_port()}")
    at(home)
    with web() as hook:
        to.patch.setenv("ALERTS_NEW", hook.url)
        to.file(to.route("duty", "ALERTS_NEW"))
        assert at(home, MINUTE).told == "1 message delivered"
    assert len(hook.got) == 1


def test_a_broken_address_is_tried_by_itself_and_its_finding_resolved(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    to.patch.setenv("ALERTS_ONE", f"json://127.0.0.1:{free_port()}")
    with web() as second, web() as first:
        to.patch.setenv("ALERTS_TWO", second.url)
        to.file(to.route("duty", "ALERTS_ONE", fallback_env=["ALERTS_TWO"]))
        for after in (timedelta(), 31 * MINUTE, 31.5 * MINUTE, 60 * MINUTE):
            at(home, after)
        assert len(broken(home)) == 1
        to.patch.setenv("ALERTS_ONE", first.url)
        at(home, 2 * HOUR)
        at(home, 3 * HOUR)
        at(home, 4 * HOUR)
    assert broken(home) == []
    assert first.titles[0] == "A test of alerts"
    assert "failed since 2026-03-10 12:00 UTC" in first.got[0]["message"]
    assert first.titles.count("A test of alerts") == 1


def test_a_clock_that_was_far_ahead_leaves_no_address_alone_for_long(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    to.one(f"json://127.0.0.1:{free_port()}", remind_after_days=7)
    at(home, 900 * DAY)
    with web() as hook:
        to.one(hook.url, remind_after_days=7)
        assert at(home).messages == 1
        assert at(home, 8 * DAY).messages == 1  # what was told in times to come is told again
    assert len(hook.got) == 2


def test_days_without_a_daemon_are_one_reminder_and_one_escalation(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1), finding(2))
    with web() as hook, web() as head:
        to.patch.setenv("ALERTS_HEAD", head.url)
        to.one(hook.url, remind_after_days=1, escalate={"to_env": ["ALERTS_HEAD"]})
        at(home)
        for seconds in range(3):
            at(home, 20 * DAY + timedelta(seconds=seconds))
    assert len(hook.got) == 2
    assert len(head.got) == 1


def test_an_escalation_and_a_second_channel_that_are_broken_are_findings_too(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    nobody = f"json://127.0.0.1:{free_port()}"
    with web() as hook:
        to.patch.setenv("ALERTS_HEAD", nobody)
        to.one(hook.url, escalate={"to_env": ["ALERTS_HEAD"], "after_days": 0})
        for after in (8 * DAY, 8 * DAY + 31 * MINUTE, 8 * DAY + 40 * MINUTE):
            at(home, after)
    assert [each.check.subject for each in broken(home)] == ["(escalation)"]


def test_that_nobody_can_be_told_is_heard_by_somebody(home: Home, store: Store, to: To) -> None:
    happen(store, finding())
    to.patch.setenv("ALERTS_DEAD", f"json://127.0.0.1:{free_port()}")
    with web() as hook:
        to.patch.setenv("ALERTS_ONE", hook.url)
        loans = to.route("loans", "ALERTS_DEAD", audits=["loans"])
        to.file(loans, to.route("cards", "ALERTS_ONE", audits=["cards"]))
        for after in (timedelta(), 31 * MINUTE, 32 * MINUTE):
            at(home, after)
    assert hook.titles == ["Critical: audit-pipeline, delivery of alerts failed: new"]


def test_a_file_that_cannot_be_read_is_a_finding_until_it_can(
    home: Home, store: Store, to: To
) -> None:
    (home.path / "alerts.yml").write_text("escalate: 'mailto://u:geheim@example.org'\n")
    assert "geheim" not in at(home).told
    at(home, MINUTE)
    (found,) = broken(home)
    assert (found.check.subject, found.severity) == ("alerts.yml", Severity.CRITICAL)
    assert "geheim" not in found.reason
    (home.path / "alerts.yml").write_text("")
    at(home, 1.5 * MINUTE)
    (otherwise,) = broken(home)
    assert "holds no keys" in otherwise.reason
    assert "holds no keys" not in found.reason
    with web() as hook:
        to.one(hook.url)
        at(home, 2 * MINUTE)
    assert broken(home) == []


def test_a_pagers_incident_is_ended_once_all_it_told_of_is_settled(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1), finding(2), finding(3))
    note_incident(store.engine, ("ALERTS_ONE", "k-1"), [1, 2])
    note_incident(store.engine, ("ALERTS_ONE", "k-1"), [1, 2])  # sent again after a kill
    with web() as hook:
        to.one(hook.url)
        at(home)
        happen(store, finding(1, **OVER), change=Change.RESOLVED)
        at(home, MINUTE)
        with store.engine.connect() as connection:
            assert open_incidents(connection) == {("ALERTS_ONE", "k-1"): {1, 2}}
        happen(store, finding(2, state=State.WAIVED), change=Change.WAIVED)
        assert at(home, 2 * MINUTE).told == "1 message delivered"  # to no pager: nothing is said
    with store.engine.connect() as connection:
        assert open_incidents(connection) == {}
    assert hook.titles == ["High: loans, 3 findings", "Resolved: loans, 1 finding"]


def test_an_incident_behind_a_variable_that_left_the_file_is_told_and_ended_when_it_is_back(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1), finding(2))
    note_incident(store.engine, ("ALERTS_ONE", "k-1"), [1])
    note_incident(store.engine, ("ALERTS_TWO", "k-2"), [2])
    with web() as hook:
        to.patch.setenv("ALERTS_OTHER", hook.url)
        to.file(to.route("duty", "ALERTS_OTHER"))
        at(home)
        happen(store, finding(1, **OVER), change=Change.RESOLVED)
        at(home, MINUTE)
        one, two = status(home).left_open
        assert (one.variable, one.findings, one.settled) == ("ALERTS_ONE", (1,), True)
        assert (two.variable, two.findings, two.settled) == ("ALERTS_TWO", (2,), False)
        assert "which alerts.yml does not name, holds an incident open about finding 1" in one.told
        to.patch.setenv("ALERTS_ONE", hook.url)
        to.file(to.route("duty", "ALERTS_OTHER"), to.route("pager", "ALERTS_ONE", audits=["none"]))
        assert at(home, 2 * MINUTE).told == "1 message delivered"  # to no pager: nothing is said
    assert [each.variable for each in status(home).left_open] == ["ALERTS_TWO"]


def test_the_end_of_an_incident_that_was_on_its_way_is_kept_when_its_variable_leaves(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1))
    happen(store, finding(1, state=State.WAIVED), change=Change.WAIVED)  # which is told nobody
    note_incident(store.engine, ("ALERTS_ONE", "k-1"), [1])
    with web() as hook:
        to.patch.setenv("ALERTS_OTHER", hook.url)
        both = to.route("duty", "ALERTS_OTHER"), to.route("pager", "ALERTS_ONE", audits=["none"])
        to.file(*both)
        assert at(home).waiting == 1  # its variable is not set
        to.file(both[0])
        for after in (MINUTE, 2 * MINUTE):
            assert at(home, after).told == "no alert waits"
            assert [each.variable for each in status(home).left_open] == ["ALERTS_ONE"]
        to.patch.setenv("ALERTS_ONE", hook.url)
        to.file(*both)
        assert at(home, 3 * MINUTE).told == "1 message delivered"
        assert at(home, 4 * MINUTE).told == "no alert waits"
    assert status(home).left_open == ()


def test_an_incident_that_nobody_can_end_is_not_told_of_for_ever(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding(1))
    happen(store, finding(1, **OVER), change=Change.RESOLVED, at=NOON + DAY)
    note_incident(store.engine, ("ALERTS_GONE", "k-1"), [1])
    with web() as hook:
        to.one(hook.url)
        at(home, 90 * DAY)
        assert len(status(home).left_open) == 1
        at(home, 92 * DAY)
    assert status(home).left_open == ()


def test_an_address_that_fails_for_another_reason_now_says_the_reason_of_now(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    to.one(f"json://127.0.0.1:{free_port()}")
    for after in (timedelta(), 31 * MINUTE, 32 * MINUTE):
        at(home, after)
    (first,) = broken(home)
    number_of_lines = len(history_of(store.engine, first.number))
    to.patch.delenv("ALERTS_ONE")
    for after in (2 * HOUR, 2.5 * HOUR):
        at(home, after)
    (now,) = broken(home)
    assert "ALERTS_ONE" in now.reason
    assert "the environment has no ALERTS_ONE" in now.reason
    assert "the environment has no ALERTS_ONE" not in first.reason
    assert (now.number, now.opened, now.since) == (first.number, first.opened, first.since)
    assert len(history_of(store.engine, first.number)) == number_of_lines


def test_who_took_a_mail_does_not_get_it_again_because_another_refused_it(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    with mail() as post:
        post.refused.add("gone@example.org")
        to.one(post.url + ",gone@example.org")
        assert at(home).told == "1 message delivered"
        assert at(home, HOUR).told == "no alert waits"
    assert len(post.got) == 1
    stands = status(home)
    assert "not all of its recipients took it" in str(stands.addresses[0].state.problem)
    assert not stands.is_well
    assert "gone" not in str(stands)


def test_a_channel_that_a_living_process_holds_is_left_to_it(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    to.one("json://127.0.0.1:1")
    assert hold(store.engine, ALERTS, a_holder(), MINUTE)
    assert "another process delivers" in at(home).told
    elsewhere = f"{socket.gethostname()[:16]}:ffffffffffff:1:0:00000000"
    with closing(store.engine.raw_connection()) as raw:
        raw.cursor().execute("UPDATE audit_outbox_channels SET held_by = ?", [elsewhere])
        raw.commit()
    assert "another process delivers" in at(home).told  # of another machine it is not known


def test_a_service_that_answers_a_byte_a_second_holds_up_nobody(
    home: Home, store: Store, to: To
) -> None:
    happen(store, finding())
    with web() as hook, web() as slow:
        slow.drips = 30
        to.patch.setenv("ALERTS_SLOW", slow.url)
        to.patch.setenv("ALERTS_ONE", hook.url)
        to.file(to.route("duty", "ALERTS_SLOW", "ALERTS_ONE"))
        assert deliver(home, 14, NOON, patience=Patience(message=3)).messages == 1
    assert len(hook.got) == 1
