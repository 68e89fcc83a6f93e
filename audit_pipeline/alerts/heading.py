"""The title of a message and its first sentence: how bad, of whom, how many."""

from itertools import groupby

from audit_pipeline.alerts.notice import Item, Why
from audit_pipeline.alerts.words import WORDS, how_it_ended, plain, what_of

NAMED = 2
"""Audits that a title names; of more it says how many."""


def title_of(items: list[Item]) -> str:
    """Return the title: how bad the worst is that stands, of which audits, and how many."""
    if items[0].why is Why.TEST:
        return "A test of alerts"
    open_ones = [item for item in items if item.why is not Why.RESOLVED]
    if not open_ones:
        return f"Resolved: {_where(items)}, {_findings(len(items))}"
    first, over = open_ones[0], len(items) - len(open_ones)
    if len(items) == 1:
        what = f"{what_of(first.finding)} {how_it_ended(first.finding)}"
        return f"{_severity(first)}: {_where(items)}, {what}: {WORDS[first.why]}"
    resolved = f", {over:,} resolved" if over else ""
    return f"{_severity(first)}: {_where(open_ones)}, {_findings(len(open_ones))}{resolved}"


def _where(items: list[Item]) -> str:
    audits = list(dict.fromkeys(item.finding.audit for item in items))
    named = " and ".join(plain(audit) for audit in audits)
    return named if len(audits) <= NAMED else f"{len(audits):,} audits"


def _severity(item: Item) -> str:
    return item.finding.severity.value.capitalize()


def lead_of(items: list[Item]) -> str:
    """Return in a sentence what there is: so many new, so many resolved."""
    if items[0].why is Why.TEST:
        return "If you read this, alerts arrive here. Nothing is to be done."
    by_why = groupby(sorted(items, key=lambda i: list(Why).index(i.why)), key=lambda i: i.why)
    counted = [f"{len(list(of))} {WORDS[why]}" for why, of in by_why]
    return f"{_findings(len(items))}: {', '.join(counted)}."


def _findings(number: int) -> str:
    return f"{number:,} finding{'s' * (number != 1)}"
