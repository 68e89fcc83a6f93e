"""Who is told of what: each address gets each thing once, whatever routes lead to it."""

from collections.abc import Callable

from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.audits.alerting import Alerting

BROKEN_ALERTS = "alerts"
"""The asset of the check that alerts are delivered."""

Heard = Callable[[int], set[str]]
"""Returns the addresses that were told of a finding, by its number."""


def addressed(notice: Notice, settings: Alerting, heard: Heard) -> dict[str, Notice]:
    """Return what each address is told of a notice; those that are told nothing are left out.

    That a finding is resolved is told to who heard of it, and to nobody else.
    """
    told: dict[str, list[Item]] = {}
    for item in notice.items:
        for channel in _channels(item, settings, heard):
            told.setdefault(channel, []).append(item)
    return {channel: Notice(items=tuple(items)) for channel, items in told.items()}


def _channels(item: Item, settings: Alerting, heard: Heard) -> list[str]:
    if item.why is Why.RESOLVED:
        knows = heard(item.finding.number)
        return [c for c in settings.channels if c in knows and settings.hears_the_end(c)]
    found = [c for route in settings.routes if route.takes(item.finding) for c in route.to_env]
    if item.finding.check.asset == BROKEN_ALERTS:  # the channel itself may be what is broken
        found += [c for route in settings.routes for c in route.fallback_env]
        found = found or settings.channels  # some route is for all else, and this must be heard
    return list(dict.fromkeys(found))
