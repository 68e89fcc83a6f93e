"""Write down what is to be told of findings, in the transaction in which it happens."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from audit_pipeline.alerts.notice import Item, Notice, Why, written
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import LOUD, OURSELVES, Finding, Happened, Severity, State
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.store.outbox import ALERTS, Entry, Transaction, add

NOBODY = "notice"
"""The stream of what nobody was told yet: who is to be is decided when it is delivered."""


def write_alerts(transaction: Transaction, happened: Iterable[tuple[Finding, Happened]]) -> None:
    """Write down what is to be heard of what happened to findings: one notice for each audit.

    It asks neither a file nor a service, so it cannot fail where the findings themselves do not.
    """
    by_audit: dict[str, list[Item]] = {}
    for finding, line in happened:
        if line.change in LOUD:
            item = Item(why=Why(line.change.value), finding=finding, at=line.at)
            by_audit.setdefault(finding.audit, []).append(item)
    add(transaction, [notice_entry(Notice(items=tuple(items))) for items in by_audit.values()])


def notice_entry(notice: Notice) -> Entry:
    """Return a notice as an entry of the outbox, for nobody yet."""
    return entry_of(notice, NOBODY, uuid4().hex)


def notice_of_test(operator: str, reason: str, now: datetime) -> Notice:
    """Return a notice that tells of nothing but that it arrived."""
    finding = Finding(
        number=0,
        audit=OURSELVES,
        check=Check(asset="alerts", name="test_of_alerts", subject="all rows"),
        owner=operator,
        severity=Severity.LOW,
        state=State.OPEN,
        since=now.date().isoformat(),
        opened=now,
        window=now.date().isoformat(),
        start=now,
        revision=0,
        verdict=Verdict.PASS,
        reason=reason,
        due=now.date() + timedelta(days=1),
    )
    return Notice(items=(Item(why=Why.TEST, finding=finding, at=now),))


def entry_of(notice: Notice, stream: str, key: str) -> Entry:
    """Return a notice as an entry of the outbox."""
    finding = notice.worst_first[0].finding
    one_window = {item.finding.window for item in notice.items} == {finding.window}
    return Entry(
        channel=ALERTS,
        key=key,
        stream=stream,
        audit=finding.audit,
        window=finding.window if one_window else "",
        about=notice.about[:128],
        body=written(notice),
    )
