"""What must be there before checks can be made: gaps that lack the same thing have one cause.

A file that did not come leaves every check of its audit without an answer. That is one finding, not
one for each check; it is named as a check is, so that all that happens to findings happens to it.
"""

from collections.abc import Callable, Iterable, Mapping

from audit_pipeline.domain.check import Check, Outcome, gap
from audit_pipeline.domain.record import AuditRecord, SnapshotRecord
from audit_pipeline.domain.verdict import Verdict

ROWS = Check(asset="snapshot", name="rows", subject="window")
LABELS = Check(asset="snapshot", name="labels", subject="window")
PREDICTIONS = Check(asset="snapshot", name="predictions", subject="model")
BASELINE = Check(asset="baseline", name="baseline", subject="audit")
CHECKS = Check(asset="verdicts", name="checks", subject="audit")
_COLUMN, _RESULTS = "column", "results"
_CALLED = {
    ROWS: "rows of the window",
    LABELS: "labels",
    PREDICTIONS: "predictions of the model",
    BASELINE: "baseline",
    CHECKS: "checks of the audit",
}


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
    return check in _CALLED or check in {column(check.subject), results_of(check.asset)}


def called(what: Check, subject: str = "") -> str:
    """Return what people call a prerequisite; `subject` is the title of a column, if it has one.

    >>> called(ROWS), called(column("income")), called(results_of("drift"))
    ('rows of the window', 'column income', 'results of the stage drift')
    """
    about = subject or what.subject
    named = {_COLUMN: f"column {about}", _RESULTS: f"results of the stage {about}"}
    return _CALLED[what] if what in _CALLED else named[what.name]


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
    reason = f"{first.reason}; {len(of):,} checks could not be made" if others else first.reason
    return gap(what, reason, required=any(outcome.required for outcome in of))


def was_there(what: Check, record: AuditRecord) -> bool | None:
    """Return whether an audit had a prerequisite; None where it cannot be told.

    Without rows nothing can be told of what is read from them, nor of the results of a stage in
    which everything broke.
    """
    if what in _OF_AUDIT:
        return _OF_AUDIT[what](record)
    snapshot = record.snapshot
    if snapshot is None or not snapshot.rows:
        return None
    if what in _OF_ROWS:
        return _OF_ROWS[what](snapshot)
    if what.name == _COLUMN:
        return what.subject in snapshot.columns
    return _made(what.asset, record) or None


def _made(asset: str, record: AuditRecord) -> bool:
    """Return whether a stage has results, though a metric of it may have crashed."""
    told = any(o.check.asset == asset and o.verdict is not Verdict.GAP for o in record.outcomes)
    return told or any(s.asset == asset and s.status == "done" for s in record.stages)


_OF_AUDIT: Mapping[Check, Callable[[AuditRecord], bool]] = {
    BASELINE: lambda record: record.baseline is not None,
    CHECKS: lambda record: any(outcome.check != CHECKS for outcome in record.outcomes),
    ROWS: lambda record: record.snapshot is not None and record.snapshot.rows > 0,
}
_OF_ROWS: Mapping[Check, Callable[[SnapshotRecord], bool]] = {
    LABELS: lambda snapshot: snapshot.labelled > 0,
    PREDICTIONS: lambda snapshot: snapshot.predictions != "none" and snapshot.unscored is None,
}
