"""What speaks against an audit though it would run: leakage, personal data, a biased baseline."""

from collections.abc import Mapping
from pathlib import Path

import ibis

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.engine import IbisTable, one_row
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.examination.sides import LOOK, Side
from audit_pipeline.stages.gathered import read_table
from audit_pipeline.stages.proposal.features import leaks
from audit_pipeline.stages.proposal.overlap import overlap_of
from audit_pipeline.stages.proposal.personal import personal
from audit_pipeline.stages.timing import as_instant


def suspect(audit: Audit, sides: Mapping[str, Side], findings: Findings) -> None:
    """Note what looks wrong in the data of both sides."""
    baseline, current = sides.get("baseline"), sides.get("current")
    known = baseline or current
    if known is None or not known.rows:
        return
    _personal(audit, known, findings)
    _leaking(audit, known, findings)
    if audit.columns.prediction is None:
        findings.warn("nothing is predicted: the data alone is audited, by rules and drift")
    if baseline is not None:
        _overlap_with_current(audit, baseline, current, findings)
        _overlap_with_training(audit, baseline, findings)


def _personal(audit: Audit, side: Side, findings: Findings) -> None:
    for name in (*audit.columns.features, audit.columns.id):
        reason = personal(side.facts[name]) if name in side.facts else None
        if reason is not None:
            findings.warn(f"the column {name!r} looks personal: {reason}; is it needed?")


def _leaking(audit: Audit, side: Side, findings: Findings) -> None:
    target = audit.columns.target
    if target is None or target.column not in side.facts:
        return
    features = [name for name in audit.columns.features if name in side.facts]
    about = (target.column, audit.task, target.positive)
    for name, why in leaks(side.table, side.facts, features, about).items():
        findings.warn(f"the feature {name!r} looks like leakage: {why}; was it known in time?")


def _overlap_with_current(
    audit: Audit, baseline: Side, current: Side | None, findings: Findings
) -> None:
    if current is None or not (baseline.whole and current.whole):
        return
    if audit.baseline.table == audit.current.table:
        findings.warn(
            "baseline and current are the same table: drift is nil by construction and says"
            " nothing; name the rows on which the model was approved"
        )
        return
    features = [n for n in audit.columns.features if n in baseline.facts]
    audited = _audited(audit, current)
    found = overlap_of(baseline.table, audited, audit.columns.id, features)
    if found.much:
        findings.warn(
            f"{found.said} stand in the current data too: such rows hide drift; name a baseline of"
            " other rows"
        )


def _audited(audit: Audit, current: Side) -> IbisTable:
    """Return the current rows that belong to a window; all where no time can be read."""
    stamp, windows = audit.columns.timestamp, audit.window.windows
    try:
        when = as_instant(current.table, stamp.column, stamp.format).cast("timestamp")
        one_row(current.table.aggregate(n=when.count()))  # what is no format shows only now
    except Exception:  # noqa: BLE001 (said when the window is cut)
        return current.table
    return current.table.filter(when >= ibis.literal(windows.start, "timestamp"))


def _overlap_with_training(audit: Audit, baseline: Side, findings: Findings) -> None:
    table = audit.model.trained_on if audit.model else None
    if table is None:
        return
    folder = Path(baseline.folder) / "trained-on"
    folder.mkdir()
    wanted = Wanted(folder=folder, limit=LOOK, audit=audit.name)
    try:
        read, _ = read_table(table, "training", baseline.backend, wanted)
    except SourceError as error:
        findings.problem(f"model.trained_on: {error}")
        return
    features = [name for name in audit.columns.features if name in baseline.facts]
    found = overlap_of(baseline.table, read.table, audit.columns.id, features)
    if found.much:
        findings.warn(
            f"{found.said} stand in the data the model was trained on: it does better there than"
            " on new rows, so performance will seem to fall; name a baseline it has not seen"
        )
