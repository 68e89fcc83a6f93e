"""What changed since the last revision of this window, and since the window before it.

In numbers, and besides the data: another baseline, another version of the model.
"""

from markupsafe import Markup

from audit_pipeline.domain.compared import Change
from audit_pipeline.domain.comparison import Comparison, Side
from audit_pipeline.domain.masking import FEWEST, few
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.report.base import Before, ReportInput, Section
from audit_pipeline.report.differences import difference_line
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.links import UP, report_of
from audit_pipeline.report.numbers import count, percent
from audit_pipeline.report.suppression import cells

MOST_MOVED = 5
"""How many numbers are listed whose verdict stayed."""
MOST_WORSE = 5
"""How many checks that got worse since the window before are named."""

Fact = tuple[str, str, str]


def write_changes(report: ReportInput) -> Markup | None:
    """Return what changed, or None for an audit that nothing came before."""
    before, record = report.before or Before(), report.record
    versions = _versions(record.snapshot)
    parts = (before.since_revision, before.since_window, before.unread, record.changes, versions)
    if not any(parts):
        return None
    return fill_file(
        "sections/changes.html",
        revision=_since_revision(report, before.since_revision) if before.since_revision else None,
        window=_since_window(report, before.since_window) if before.since_window else None,
        unread=before.unread,
        besides=[f"{s[:1].upper()}{s[1:].removesuffix('.')}." for s in record.changes],
        versions=versions,
    )


def _since_revision(report: ReportInput, comparison: Comparison) -> dict[str, object]:
    """Return what the template says of two revisions of one window."""
    changed = comparison.of(Change.WORSE, Change.GONE, Change.NEW, Change.BETTER)
    moved, counts = comparison.of(Change.MOVED), comparison.counts
    first, second = comparison.before, comparison.after
    sides = f"{first.window}@{first.revision} {second.window}@{second.revision}"
    return {
        "side": first,
        "address": UP + report_of(first.window, first.revision),
        "cause": _cause(first, second),
        "doubts": comparison.doubts,
        "verdicts": (first.verdict.value, second.verdict.value),
        "facts": _facts(first, second),
        "changed": [difference_line(report, each) for each in changed],
        "moved": [difference_line(report, each) for each in moved[:MOST_MOVED]],
        "more": max(0, len(moved) - MOST_MOVED),
        "unchanged": counts[Change.UNCHANGED],
        "command": f"audit-pipeline diff {comparison.audit} {sides} --all",
    }


def _cause(first: Side, second: Side) -> str:
    """Return why there is another revision, as far as the data tell."""
    if first.rows is None or second.rows is None:
        return "The data of one of the two could not be read."
    if first.fingerprint == second.fingerprint:
        return "It read the very same rows: what differs is not the data's."
    if first.rows != second.rows:
        return "It read other rows than the last one."
    if (second.labelled or 0) > (first.labelled or 0):
        return "It has as many rows, and more of them with a known outcome: labels came late."
    return "It has as many rows as the last one, with other values in them."


def _facts(first: Side, second: Side) -> list[Fact]:
    return [
        ("Rows", _rows(first.rows), _rows(second.rows)),
        ("Rows with a known outcome", _labelled(first), _labelled(second)),
        ("Checks with an answer", _answered(first), _answered(second)),
    ]


def _labelled(side: Side) -> str:
    """Return the rows with a label; the share only where it does not give few of them away."""
    if not side.labelled or few(side.labelled) or not side.rows:
        return _rows(side.labelled)
    return f"{_rows(side.labelled)} ({percent(side.labelled / side.rows)})"


def _rows(rows: int | None) -> str:
    if rows is None:
        return "not read"
    return f"fewer than {FEWEST}" if few(rows) else count(rows)


def _answered(side: Side) -> str:
    return f"{count(side.answered)} of {count(side.checks)}"


def _since_window(report: ReportInput, comparison: Comparison) -> dict[str, object]:
    """Return what the template says of the window before."""
    side, counts = comparison.before, comparison.counts
    named = (Change.WORSE, Change.BETTER, Change.NEW, Change.GONE)
    worse = [difference_line(report, each) for each in comparison.of(Change.WORSE)]
    return {
        "side": side,
        "address": UP + report_of(side.window, side.revision),
        "counts": [(change.value, counts[change]) for change in named if counts[change]],
        "stayed": counts[Change.MOVED] + counts[Change.UNCHANGED],
        "worse": worse[:MOST_WORSE],
        "more": max(0, len(worse) - MOST_WORSE),
    }


def _versions(snapshot: SnapshotRecord | None) -> list[tuple[str, str, str, str]]:
    """Return name, rows, first and last time of each version of the model, if there are several.

    They stand in the order they appeared.
    """
    versions = snapshot.versions if snapshot else {}
    if len(versions) < 2:  # noqa: PLR2004 (one version is no change)
        return []
    rows = cells({name: version.rows or 0 for name, version in versions.items()})
    ordered = sorted(versions.items(), key=lambda item: item[1].place)
    return [(name, rows[name], each.first or "", each.last or "") for name, each in ordered]


SECTION = Section(title="Changes", order=4, write=write_changes)
