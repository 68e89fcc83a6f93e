"""What the verdict rests on: from the columns of the source to the verdict."""

from markupsafe import Markup

from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.delivery import told_of_events
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.pictures.lineage import lineage_picture
from audit_pipeline.report.resting import resting
from audit_pipeline.report.resting_rows import lead, row_of_column, row_of_kind, rows_in_order
from audit_pipeline.report.verdicts import WORDS

BROKEN = Markup(
    "<p>What the verdict rests on could not be put together; the log of the run says where."
    " The verdict and everything else in this report stand.</p>"
)


def write_lineage(report: ReportInput) -> Markup | None:
    """Return the picture, its table and what became of the events, or that it broke."""
    if report.lineage is None:
        return None
    if report.lineage.broken:
        return BROKEN
    rests, record = resting(report, report.lineage), report.record
    return fill_file(
        "sections/lineage.html",
        lead=lead(rests),
        picture=lineage_picture(rests, record.verdict, record.window.key),
        rests=rests,
        kinds=[row_of_kind(kind) for kind in rests.kinds],
        verdicts=[verdict.value for verdict in WORDS],
        rows=[row_of_column(report, column) for column in rows_in_order(rests.columns)],
        events=told_of_events(report.lineage),
    )


SECTION = Section(title="What the verdict rests on", order=85, write=write_lineage)
