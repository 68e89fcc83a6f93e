"""That alerts cannot be delivered is a finding, as anything else that is not as it was promised."""

from datetime import datetime

from audit_pipeline.alerts.routing import BROKEN_ALERTS
from audit_pipeline.audits.alerting import Alerting, Route
from audit_pipeline.audits.findings import FindingSettings
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import OURSELVES, Finding, Severity, Sighting
from audit_pipeline.domain.finding_changes import opened, seen
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.alerting.addressing import is_broken
from audit_pipeline.stages.alerting.writing import write_alerts
from audit_pipeline.store.alerting import ChannelState
from audit_pipeline.store.engine import number_alone
from audit_pipeline.store.findings import (
    add_findings,
    add_history,
    change_finding,
    findings_of,
    next_number,
)
from audit_pipeline.store.outbox import Transaction
from audit_pipeline.store.store import Store

NAME = "alerts_delivered"
SEVERITY = Severity.CRITICAL
"""While it stands, everything else may be wrong and nobody hears of it."""
POLICY = FindingSettings()


def note_broken(
    store: Store, settings: Alerting, states: dict[str, ChannelState], now: datetime
) -> None:
    """Open the finding of each route whose addresses do not answer; settle it when they do."""
    sightings = {s.check: s for s in (_sighting(r, settings, states, now) for r in settings.routes)}
    with store.engine.begin() as connection:
        number_alone(connection)
        known = {
            check: finding
            for check, finding in findings_of(connection, OURSELVES).items()
            if check.asset == BROKEN_ALERTS
        }
        for check, sighting in sightings.items():
            if check in known:
                _again(connection, known[check], sighting)
            elif sighting.verdict is not Verdict.PASS:
                _open(connection, settings, sighting)
        for check in known.keys() - sightings.keys():
            gone = "alerts.yml names no such route any more"
            _again(connection, known[check], _seen(check, Verdict.PASS, gone, now))


def _open(connection: Transaction, settings: Alerting, sighting: Sighting) -> None:
    due = POLICY.due(SEVERITY, sighting.at.date())
    done = opened(next_number(connection), sighting, settings.operator, SEVERITY, due)
    add_findings(connection, [done[0]])
    add_history(connection, [(done[0].number, done[1])])
    write_alerts(connection, [done])


def _again(connection: Transaction, finding: Finding, sighting: Sighting) -> None:
    """Write down a change; that it goes on as it was is none."""
    passed = sighting.verdict is Verdict.PASS
    if passed == (finding.verdict is Verdict.PASS):
        return
    due = POLICY.due(SEVERITY, sighting.at.date())
    after, happened = seen(finding, sighting, SEVERITY, due)
    change_finding(connection, after)
    if happened is not None:
        add_history(connection, [(finding.number, happened)])
        write_alerts(connection, [(after, happened)])


def _sighting(
    route: Route, settings: Alerting, states: dict[str, ChannelState], now: datetime
) -> Sighting:
    check = Check(asset=BROKEN_ALERTS, name=NAME, subject=route.name)
    broken = [name for name in route.to_env if is_broken(states.get(name), settings, now)]
    if broken:
        since = [states[name].failing_since for name in broken]
        told = "; ".join(f"{name}: {states[name].problem}" for name in broken)
        first = min(at for at in since if at is not None)
        reason = f"not reached since {first:%Y-%m-%d %H:%M} UTC: {told}"
        return _seen(check, Verdict.FAIL, reason, now)
    return _seen(check, Verdict.PASS, "every address of the route takes messages", now)


def _seen(check: Check, verdict: Verdict, reason: str, now: datetime) -> Sighting:
    return Sighting(
        audit=OURSELVES,
        check=check,
        window=now.date().isoformat(),
        start=now,
        revision=0,
        verdict=verdict,
        required=True,
        reason=reason,
        at=now,
    )
