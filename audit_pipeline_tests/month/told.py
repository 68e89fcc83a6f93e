"""What a month came to, in a few lines for people."""

from collections import Counter

from audit_pipeline_tests.month.accounts import sealed_of
from audit_pipeline_tests.month.faults import Stretch
from audit_pipeline_tests.month.month import Month
from audit_pipeline_tests.month.telling import news, repeated


def told(month: Month) -> str:
    """Return what happened: audits, deaths, findings, alerts, events, and the time it took."""
    sealed = {name: sealed_of(month, name) for name in month.world.names}
    revisions = [each for of in sealed.values() for window in of.values() for each in window]
    incomplete = sum(not each.complete for each in revisions)
    happened, faults, catalogue = month.happened, month.faults, month.there.catalogue
    again = sum(many - 1 for many in catalogue.keys.values())
    changes, arrived = news(month), sum(each.counts.total() for each in month.there.got)
    windows = sum(map(len, sealed.values()))
    lines = (
        f"seed {faults.seed}: {len(sealed)} audits, {windows} windows, {len(revisions)} revisions",
        f"  {incomplete} of them with gaps, of killed runs; {happened.seconds:.0f} s",
        f"  runs: {_counted(happened.runs)}",
        f"  killed: {_counted(happened.kills)}",
        f"  alerts dead: {_stretches(faults.alerts)}; lineage dead: {_stretches(faults.lineage)}",
        f"  daemon down: {_stretches(faults.daemon)}; late: {', '.join(sorted(happened.late))}",
        f"  findings: {len({number for number, _, _ in changes})}, to hear of: {len(changes)}",
        f"  of these {_counted(Counter(why for _, why, _ in changes))}",
        f"  told: {arrived}, in {len(month.there.got)} messages",
        f"  {repeated(month)} of them again, of {happened.kills['ALERT_SENT']} killed deliveries",
        f"  lineage: {len(month.books.events)} events of {len(catalogue.runs)} runs",
        f"  {again} of them again, of {happened.kills['EVENTS_SENT']} killed deliveries",
    )
    return "\n".join(lines)


def _counted(of: "Counter[str]") -> str:
    return ", ".join(f"{name} {many}" for name, many in sorted(of.items())) or "none"


def _stretches(of: tuple[Stretch, ...]) -> str:
    hours = [(each.ends - each.begins).total_seconds() / 3600 for each in of]
    return ", ".join(f"{each.manner} {long:g} h" for each, long in zip(of, hours, strict=True))
