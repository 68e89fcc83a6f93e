"""The findings that a report shows: as they stand once its audit is sealed."""

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.finding import Finding, worst_first
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.report.base import Found
from audit_pipeline.stages.findings.updating import findings_after
from audit_pipeline.store.findings import findings_of
from audit_pipeline.store.later import later_audit
from audit_pipeline.store.store import Store


def findings_shown(store: Store, audit: Audit, record: AuditRecord) -> tuple[Found, ...]:
    """Return the findings that are not resolved, and those that this audit resolves, worst first.

    New ones have no number yet: it is given when the audit is sealed.
    """
    with store.engine.begin() as connection:
        before = findings_of(connection, audit.name)
        later = later_audit(connection, audit.name, record.window.key)
    after = findings_after(audit, record, before, clock.now(), later)
    news = (*after.new, *after.changed, *after.past)
    happened = {finding.check: line for finding, line in news}  # the last of each
    standing = {finding.check: finding for finding, _ in news}
    all_of_them: list[Finding] = [*standing.values(), *after.known]
    shown = [
        Found(
            finding=finding,
            number=None if finding.check not in before else finding.number,
            now=happened[finding.check].change if finding.check in happened else None,
        )
        for finding in sorted(all_of_them, key=worst_first)
    ]
    return tuple(each for each in shown if each.is_shown)
