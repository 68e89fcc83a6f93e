"""What must be there before checks can be made: gaps that lack the same thing have one cause.

A file that did not come leaves every check of its audit without an answer. That is one finding, not
one for each check; it is named as a check is, so that all that happens to findings happens to it.
"""

from collections.abc import Callable, Iterable, Mapping

from audit_pipeline.domain.check import Check, Outcome, gap
from audit_pipeline.domain.record import AuditRecord, SnapshotRecord

ROWS = Check(asset="snapshot", name="rows", subject="window")
LABELS = Check(asset="snapshot", name="labels", subject="window")
PREDICTIONS = Check(asset="snapshot", name="predictions", subject="model")
BASELINE = Check(asset="baseline", name="baseline", subject="audit")
_COLUMN, _RESULTS = "column", "results"


def column(name: str) -> Check:
    """Return the prerequisite that a column is in the window."""
    return Check(asset=ROWS.asset, name=_COLUMN, subject=name)


def results_of(asset: str) -> Check:
    """Return the prerequisite that an asset was made: it is lacking where its stage broke."""
    return Check(asset=asset, name=_RESULTS, subject=asset)


def is_prerequisite(check: Check) -> bool:
    """Return whether what a finding is about is something that checks need, and no check.

    >>> is_prerequisite(column("income")), is_prerequisite(results_of("drift"))
    (True, True)
    >>> is_prerequisite(Check(asset="rule_results", name="rows", subject="window"))
    False
    """
    single = {ROWS, LABELS, PREDICTIONS, BASELINE}
    return check in single | {column(check.subject), results_of(check.asset)}


def lacked(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return a gap for each thing that was lacking, with how many checks it took.

    It is required if a check is that could not be made for it.
    """
    without: dict[Check, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.lacks is not None:
            without.setdefault(outcome.lacks, []).append(outcome)
    return [_lacking(what, of) for what, of in without.items()]


def _lacking(what: Check, of: list[Outcome]) -> Outcome:
    first, *others = of
    reason = f"{first.reason}; {len(of):,} checks need it" if others else first.reason
    return gap(what, reason, required=any(outcome.required for outcome in of))


def was_there(what: Check, record: AuditRecord) -> bool | None:
    """Return whether an audit had a prerequisite; None where it cannot be told.

    Without rows nothing can be told of what is read from them.
    """
    snapshot = record.snapshot
    if what == BASELINE:
        return record.baseline is not None
    if what == ROWS:
        return snapshot is not None and snapshot.rows > 0
    if snapshot is None or not snapshot.rows:
        return None
    if what in _OF_ROWS:
        return _OF_ROWS[what](snapshot)
    if what.name == _COLUMN:
        return what.subject in snapshot.columns
    return any(s.asset == what.asset and s.status == "done" for s in record.stages)


_OF_ROWS: Mapping[Check, Callable[[SnapshotRecord], bool]] = {
    LABELS: lambda snapshot: snapshot.labelled > 0,
    PREDICTIONS: lambda snapshot: snapshot.predictions != "none" and snapshot.unscored is None,
}
