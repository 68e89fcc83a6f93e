"""What an audit says of each cause: of every check, and of what checks need."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from audit_pipeline.domain.check import STAGE_OF, Check, Outcome
from audit_pipeline.domain.finding import Finding, Sighting
from audit_pipeline.domain.finding_changes import causes_of
from audit_pipeline.domain.prerequisite import CHECKS, LABELS, is_prerequisite, lacked, was_there
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.reading import UnreadableRecordError, understood
from audit_pipeline.store.later import Later

THERE = "what was missing is there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """What one audit says of each cause.

    `untold` are those of which it cannot tell: checks that something else kept from being made,
    which has the finding; and prerequisites that nobody could look for. `blind` says that something
    was lacking, so that nobody knows what else would have been asked.
    """

    by_cause: Mapping[Check, Sighting]
    untold: frozenset[Check]
    blind: bool

    def without(self, finding: Finding) -> Sighting | None:
        """Return a sighting of another cause, where the audit does not ask this one any more."""
        asked = finding.check in self.by_cause or finding.check in self.untold
        if asked or self.blind or finding.check.asset not in STAGE_OF:
            return None
        return next(iter(self.by_cause.values()), None)

    def opening(self, known: Collection[Check]) -> Iterator[Sighting]:
        """Yield what opens a finding: causes that are not known, and did not pass."""
        for cause, sighting in sorted(self.by_cause.items()):
            if cause not in known and sighting.verdict is not Verdict.PASS:
                yield sighting


def sightings_in(record: AuditRecord, known: Collection[Check], at: datetime) -> Sightings:
    """Return what a sealed audit says of the causes it asks, and of those that are known."""
    outcomes = causes_of(record.outcomes)
    made = {check: outcome for check, outcome in outcomes.items() if outcome.lacks is None}
    lacking = {outcome.check: outcome for outcome in lacked(outcomes.values())}
    asked = [c for c in known if is_prerequisite(c) and c not in lacking and c not in outcomes]
    told = {check: was_there(check, record) for check in asked}
    there = {
        check: Outcome(check=check, verdict=Verdict.PASS, reason=THERE)
        for check, was in told.items()
        if was
    }
    every = there | lacking | made
    return Sightings(
        by_cause={check: _sighting(record, outcome, at) for check, outcome in every.items()},
        untold=frozenset(outcomes.keys() - made.keys())
        | {check for check, was in told.items() if was is None},
        blind=bool(lacking.keys() - {LABELS, CHECKS}),  # labels are looked for last of all
    )


def passed_later(later: Later | None, causes: Collection[Check]) -> dict[Check, Sighting]:
    """Return the causes that an audit of a later window passed, each as it was seen there."""
    record = _record_of(later)
    if later is None or record is None:
        return {}
    seen = sightings_in(record, causes, record.window.start).by_cause
    words = f"the audit of {later.window} had passed before"
    return {
        cause: replace(seen[cause], reason=words)
        for cause in causes
        if cause in seen and seen[cause].verdict is Verdict.PASS
    }


def _record_of(later: Later | None) -> AuditRecord | None:
    try:
        return understood(later.record) if later is not None else None
    except UnreadableRecordError:  # of another version: nothing is settled by it
        return None


def _sighting(record: AuditRecord, outcome: Outcome, at: datetime) -> Sighting:
    return Sighting(
        audit=record.audit,
        check=outcome.check,
        window=record.window.key,
        start=record.window.start,
        revision=record.revision,
        verdict=outcome.verdict,
        required=outcome.required,
        reason=outcome.reason,
        at=at,
    )
