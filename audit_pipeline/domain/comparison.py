"""Two audits of one model side by side, as far as they may be handed out and compared."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from audit_pipeline.domain.check import Outcome, publishable
from audit_pipeline.domain.comparability import doubts, same_baseline
from audit_pipeline.domain.compared import Change, Compared
from audit_pipeline.domain.masking import FEWEST, few
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.domain.verdict import Verdict

AGAINST_THE_BASELINE = "drift"
"""The asset whose every number is a distance from the baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one of two compared audits was.

    `rows`, `labelled` and `fingerprint` are None where it has no snapshot; `answered` counts the
    checks that are no gap; `created` is an ISO time.
    """

    window: str
    revision: int
    verdict: Verdict
    created: str
    rows: int | None
    labelled: int | None
    fingerprint: str | None
    checks: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two audits of one model, and all their checks, the worst change first.

    `doubts` are sentences on what keeps numbers from being compared: they are read first.
    """

    audit: str
    before: Side
    after: Side
    checks: tuple[Compared, ...]
    doubts: tuple[str, ...]

    @property
    def counts(self) -> Mapping[Change, int]:
        """How many checks became what."""
        found = Counter(each.change for each in self.checks)
        return {change: found[change] for change in Change}

    def of(self, *changes: Change) -> tuple[Compared, ...]:
        """Return the checks that became one of `changes`, worst first."""
        return tuple(each for each in self.checks if each.change in changes)


def compare(before: AuditRecord, after: AuditRecord) -> Comparison:
    """Return what changed from one audit to another of the same model.

    Only what may be handed out is compared: a number that is one row's, or of so few rows that a
    difference could give it away, is on neither side. Limitation: explanations are not compared.
    """
    checks = tuple(sorted(_compared(before, after), key=lambda each: each.concern))
    return Comparison(
        audit=after.audit,
        before=_side(before),
        after=_side(after),
        checks=checks,
        doubts=tuple(doubts(before, after)),
    )


def _compared(before: AuditRecord, after: AuditRecord) -> Iterator[Compared]:
    first = {outcome.check: _handed_out(outcome) for outcome in before.outcomes}
    second = {outcome.check: _handed_out(outcome) for outcome in after.outcomes}
    one_baseline = same_baseline(before, after)
    for check in dict.fromkeys([*first, *second]):
        yield Compared(
            check=check,
            before=first.get(check),
            after=second.get(check),
            comparable=one_baseline or check.asset != AGAINST_THE_BASELINE,
            independent=before.window.key != after.window.key,
        )


def _handed_out(outcome: Outcome) -> Outcome:
    outcome = publishable(outcome)
    measured = outcome.measurement
    if measured is None or not few(measured.coverage.used):
        return outcome
    reason = f"the number is withheld: it is of fewer than {FEWEST} rows"
    return replace(outcome, measurement=None, reason=reason)


def _side(record: AuditRecord) -> Side:
    snapshot = record.snapshot
    return Side(
        window=record.window.key,
        revision=record.revision,
        verdict=record.verdict,
        created=record.created,
        rows=snapshot.rows if snapshot else None,
        labelled=snapshot.labelled if snapshot else None,
        fingerprint=snapshot.fingerprint if snapshot else None,
        checks=len(record.outcomes),
        answered=sum(outcome.verdict is not Verdict.GAP for outcome in record.outcomes),
    )
