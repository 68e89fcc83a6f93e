"""Write down what is to be told of findings, in the transaction in which it happens."""

from collections.abc import Iterable
from uuid import uuid4

from audit_pipeline.alerts.notice import Item, Notice, Why, written
from audit_pipeline.domain.finding import LOUD, Finding, Happened
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
