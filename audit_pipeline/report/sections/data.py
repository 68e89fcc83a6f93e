"""Ingest: what was read, from where, and how it compares with the baseline."""

from markupsafe import Markup

from audit_pipeline.domain.record import Approval, SnapshotRecord
from audit_pipeline.report import naming
from audit_pipeline.report.addresses import without_credentials
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.numbers import SPACE, count, percent
from audit_pipeline.report.suppression import shown

PREDICTIONS = {
    "log": "as the model logged them",
    "model": "none were logged: the pinned model scored the rows for this audit",
    "none": "none",
}


def write_data(report: ReportInput) -> Markup | None:
    """Return the facts of window and baseline side by side, or None when neither was read."""
    now, before = report.record.snapshot, report.record.baseline
    if now is None and before is None:
        return None
    both = [("this window", now), ("baseline", before)]
    facts = zip(_facts(now), _facts(before), strict=True)
    approval = _approved(report.record.approval) if before else "there is none"
    return fill_file(
        "sections/data.html",
        in_place=any(s.kept == "sample" for _, s in both if s),
        missing=now.missing_columns if now else (),
        facts=[
            *((name, first, second) for (name, first), (_, second) in facts),
            ("Approved", "", approval),
        ],
        notes=[n for _, s in both if s for n in s.notes],
        sources=[
            (whose, s, without_credentials(s.location)) for whose, r in both if r for s in r.sources
        ],
        columns=_columns(report, now, before),
    )


def _facts(snapshot: SnapshotRecord | None) -> list[tuple[str, str]]:
    names = ("Rows", "Rows with a known outcome", "First row", "Last row", "Predictions", "Engine")
    if snapshot is None:
        return [(name, "not read") for name in names]
    rows, labelled = snapshot.rows, snapshot.labelled
    share = f"{shown(labelled)}{SPACE}({percent(labelled / rows)})" if rows else "no rows"
    values = (
        count(rows),
        share,
        snapshot.first or "none",
        snapshot.last or "none",
        PREDICTIONS[snapshot.predictions],
        snapshot.engine,
    )
    return list(zip(names, values, strict=True))


def _approved(approval: Approval | None) -> str:
    if approval is None:
        return "nobody approved this baseline"
    return f"{approval.who_and_when}: {approval.reason}"


def _columns(
    report: ReportInput, now: SnapshotRecord | None, before: SnapshotRecord | None
) -> list[tuple[str, str, str, str]]:
    first, second = (dict(s.columns) if s else {} for s in (now, before))
    return [
        (naming.column(report, name), name, first.get(name, ""), second.get(name, ""))
        for name in dict.fromkeys([*first, *second])
    ]


SECTION = Section(title="Ingest: the data", order=10, write=write_data)
