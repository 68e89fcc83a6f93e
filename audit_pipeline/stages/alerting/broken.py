"""That alerts cannot be delivered is a finding, as anything else that is not as it was promised."""

from datetime import datetime

from audit_pipeline.alerts.routing import BROKEN_ALERTS
from audit_pipeline.audits.alerting import OPERATOR, Alerting
from audit_pipeline.audits.alerting_reader import FILE_NAME
from audit_pipeline.audits.findings import FindingSettings
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import OURSELVES, Finding, Severity, Sighting
from audit_pipeline.domain.finding_changes import opened, seen
from audit_pipeline.domain.storable import storable
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.alerting.addressing import is_broken
from audit_pipeline.stages.alerting.writing import write_alerts
from audit_pipeline.store.alerting import ChannelState
from audit_pipeline.store.engine import number_alone
from audit_pipeline.store.findings import (
    add_findings,
    add_history,
    change_finding,
    finding_of,
    findings_of,
    next_number,
)
from audit_pipeline.store.outbox import Transaction
from audit_pipeline.store.store import Store

NAME = "alerts_delivered"
SEVERITY = Severity.CRITICAL
"""While it stands, everything else may be wrong and nobody hears of it."""
POLICY = FindingSettings()
FILE, ESCALATION = FILE_NAME, "(escalation)"
"""Two subjects that are no route's name."""


def note_file(store: Store, now: datetime, problem: str | None = None) -> None:
    """Open a finding while `alerts.yml` cannot be read; settle it when it can.

    Nobody hears of it before; but the lists, the reports and the portal have it.
    """
    check = Check(asset=BROKEN_ALERTS, name=NAME, subject=FILE)
    verdict = Verdict.FAIL if problem else Verdict.PASS
    words = " ".join((problem or "it can be read").split())
    sighting = _seen(check, verdict, words, now)
    with store.engine.begin() as connection:
        known = finding_of(connection, OURSELVES, check)
    if (known is None or known.verdict is Verdict.PASS) and problem is None:
        return
    with store.engine.begin() as connection:
        number_alone(connection)
        known = finding_of(connection, OURSELVES, check)
        if known is not None:
            _again(connection, known, sighting)
        elif problem is not None:
            _open(connection, OPERATOR, sighting)


def note_broken(
    store: Store, settings: Alerting, states: dict[str, ChannelState], now: datetime
) -> None:
    """Open the finding of each route whose addresses do not answer; settle it when they do."""
    watched = {route.name: [*route.to_env, *route.fallback_env] for route in settings.routes}
    if settings.escalate is not None:
        watched[ESCALATION] = settings.escalate.to_env
    seen_now = (_sighting(name, of, settings, states, now) for name, of in watched.items())
    sightings = {sighting.check: sighting for sighting in seen_now}
    with store.engine.begin() as connection:
        number_alone(connection)
        known = {
            check: finding
            for check, finding in findings_of(connection, OURSELVES).items()
            if check.asset == BROKEN_ALERTS and check.subject != FILE
        }
        for check, sighting in sightings.items():
            if check in known:
                _again(connection, known[check], sighting)
            elif sighting.verdict is not Verdict.PASS:
                _open(connection, settings.operator, sighting)
        for check in known.keys() - sightings.keys():
            gone = "alerts.yml names no such route any more"
            _again(connection, known[check], _seen(check, Verdict.PASS, gone, now))


def _open(connection: Transaction, operator: str, sighting: Sighting) -> None:
    due = POLICY.due(SEVERITY, sighting.at.date())
    done = opened(next_number(connection), sighting, operator, SEVERITY, due)
    add_findings(connection, [done[0]])
    add_history(connection, [(done[0].number, done[1])])
    write_alerts(connection, [done])


def _again(connection: Transaction, finding: Finding, sighting: Sighting) -> None:
    """Write down a change; that it goes on as it was is none.

    Where it goes on for another reason, that is what the finding says from now on; it is no line of
    its history: what a service answers may differ each time it is tried.
    """
    passed = sighting.verdict is Verdict.PASS
    goes_on = passed == (finding.verdict is Verdict.PASS)
    if goes_on and (passed or _is_known(finding, sighting)):
        return
    due = POLICY.due(SEVERITY, sighting.at.date())
    after, happened = seen(finding, sighting, SEVERITY, due)
    change_finding(connection, after)
    if happened is not None and not goes_on:
        add_history(connection, [(finding.number, happened)])
        write_alerts(connection, [(after, happened)])


def _is_known(finding: Finding, sighting: Sighting) -> bool:
    """Return whether a finding has this reason already, as the store can keep it."""
    return finding.reason == storable(sighting.reason)


def _sighting(
    subject: str,
    addresses: list[str],
    settings: Alerting,
    states: dict[str, ChannelState],
    now: datetime,
) -> Sighting:
    check = Check(asset=BROKEN_ALERTS, name=NAME, subject=subject)
    broken = [name for name in addresses if is_broken(states.get(name), settings, now)]
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
