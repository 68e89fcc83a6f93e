"""What is said of proposed windows: how many rows they have, and what was left out."""

from audit_pipeline import clock
from audit_pipeline.stages.proposal.document import Document
from audit_pipeline.stages.proposal.draft import Draft
from audit_pipeline.stages.proposal.spans import Spans


def remark_windows(document: Document, draft: Draft) -> None:
    """Say above the windows what they rest on, and what of it is to be looked at."""
    spans, timeline = draft.timeline.spans, draft.timeline
    document.remark("window", _counts(spans))
    if not draft.current.all_rows:
        document.warn(_looked_at(draft))
    if timeline.end is not None:
        today = clock.now().date()
        document.remark(
            "window",
            f"The data ends there, long before {today}: take `end` out if it goes on.",
        )
    parts = [
        name for name, short in zip(("first", "last"), timeline.cut_short, strict=True) if short
    ]
    if parts:
        document.remark(
            "window",
            f"Of the {' and the '.join(parts)} {spans.every} the data has only a part: left out.",
        )
    few = 100
    if spans.typical < few:
        document.warn(
            f"A {spans.every} has about {spans.typical:,} rows: too few to tell much. Longer"
            " windows tell more (--every)."
        )


def _looked_at(draft: Draft) -> str:
    """Return what a proposal rests on that saw the first rows of a table only."""
    rows, whole = f"{draft.current.rows:,}", draft.timeline.extent
    said = f"Roles, kinds, rules and limits come from the first {rows} rows of the table"
    if whole is None:
        return f"{said}, and so do the windows: `start` may be too late, and no `end` is given."
    return (
        f"{said}, which has {whole.rows:,}; the windows come from its first and last time,"
        f" {whole.first:%Y-%m-%d} and {whole.last:%Y-%m-%d}."
    )


def _counts(spans: Spans) -> str:
    """Return how many windows there are, and how many rows each has."""
    count, low, high = len(spans.rows), min(spans.rows), max(spans.rows)
    windows = f"{count} {spans.every}{'s' if count > 1 else ''} of data"
    if not spans.counted:
        return f"About {windows}; the rows of each were not counted."
    return f"{windows}, {low:,} rows." if low == high else f"{windows}, {low:,} to {high:,} rows."
