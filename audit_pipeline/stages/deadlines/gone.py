"""Audits whose file was taken away or renamed: no audit of theirs will settle what they found."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from audit_pipeline.alerts.notice import Notice
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.finding import OURSELVES, Finding, State


def gone(home: Home, findings: Iterable[Finding]) -> frozenset[str]:
    """Return the audits of findings that are not resolved, of which the home has no file any more.

    A file that is there and cannot be read is not gone.
    """
    audits = {each.audit for each in findings if each.state is not State.RESOLVED}
    return frozenset(audits - {OURSELVES, *home.audit_names()})


def gone_words(home: Home, audit: str) -> str:
    """Return a sentence for whoever looks at findings of an audit that is gone."""
    return (
        f"{audit} has no file any more: {audit}.yaml is not in {home.audits}, so no audit settles"
        " its findings; bring the file back, or have each waived by somebody other than its owner"
        " (audit-pipeline findings waive)"
    )


def mark_gone(notice: Notice, names: Collection[str]) -> Notice:
    """Return a notice that says of findings which audits have no file; `names` are those that do.

    It is asked when a message is sent: a file may be taken away, or come back, while it waits.
    """
    there = {OURSELVES, *names}
    items = (replace(item, gone=item.finding.audit not in there) for item in notice.items)
    return replace(notice, items=tuple(items))
