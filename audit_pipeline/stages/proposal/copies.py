"""Where the tables of a proposal are: the data itself, or a copy that has what it lacks."""

from typing import Any

from audit_pipeline.audits.home import Home
from audit_pipeline.profiles.engine import IbisTable
from audit_pipeline.stages.proposal.document import Document, written
from audit_pipeline.stages.proposal.draft import Draft
from audit_pipeline.stages.proposal.features import PERSONAL
from audit_pipeline.stages.proposal.tables import write_copy

DATA = "data"
"""The folder of copies in a home; rows of people are in it."""


def place_tables(document: Document, draft: Draft, home: Home, name: str) -> None:
    """Add `current` and `baseline` to a document; copies of rows are written where needed."""
    timeline, folder = draft.timeline, home.path / DATA / name
    current = draft.current.place
    if draft.made:
        current = write_copy(_kept(draft, draft.current.table), folder / "current.parquet")
        document.warn(_copied(draft))
    baseline = current if timeline.same else timeline.baseline.place
    if (timeline.split or draft.made) and not timeline.same:
        baseline = write_copy(_kept(draft, timeline.baseline.table), folder / "baseline.parquet")
    labels = written(draft.labels.place, home.audits) if draft.labels else None
    target = draft.outcomes.target
    for side, place, look in (
        ("current", current, draft.current),
        ("baseline", baseline, timeline.baseline),
    ):
        part: dict[str, Any] = {"table": written(place, home.audits)}
        if labels is not None and target not in look.facts:
            part["labels"] = labels
        document.parts[side] = part
    for said in draft.current.place.notes:
        document.remark("current", f"Of the data: {said}.")
    _baseline(document, draft)


def _kept(draft: Draft, table: IbisTable) -> IbisTable:
    """Return the columns that may be copied: what looks personal stays where it is."""
    left_out = draft.inputs.left_out.items()
    hidden = [name for name, why in left_out if why.startswith(PERSONAL)]
    return table.drop(*[name for name in hidden if name in table.columns])


def _copied(draft: Draft) -> str:
    lacks = []
    if draft.keys.as_of is not None:
        lacks.append(f"a time for each row ({draft.keys.time.column} is {draft.keys.as_of} in all)")
    if draft.keys.make_id:
        lacks.append(f"an id for each row ({draft.keys.id} counts them)")
    if draft.outcomes.positives:
        said = ", ".join(str(value) for value in draft.outcomes.positives)
        lacks.append(
            f"a prediction in the words of the target ({draft.outcomes.label} is positive where"
            f" {draft.outcomes.prediction} is {said})"
        )
    return (
        f"The data lacks {' and '.join(lacks)}. So a copy that has it is audited: rows that"
        " come later are not in it. Once the data has it, name the data itself under `current`."
    )


def _baseline(document: Document, draft: Draft) -> None:
    timeline = draft.timeline
    if timeline.split:
        document.warn(
            f"No baseline was given. It is the first part of the same data, the"
            f" {timeline.baseline.rows:,} rows before {timeline.start:%Y-%m-%d}, and the windows"
            " begin after it: drift is then drift since those days, and nobody has said that the"
            " model was good on them. Better: the rows on which it was approved."
        )
    if timeline.same:
        document.warn(
            "The baseline is the very rows that are audited: drift is nil and says nothing."
            " Performance and fairness are measured all the same. Better: the rows on which the"
            " model was approved."
        )
