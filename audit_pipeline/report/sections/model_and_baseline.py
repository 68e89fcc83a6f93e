"""What to know before comparing with earlier windows: another baseline, another model."""

from markupsafe import Markup

from audit_pipeline.domain.record import VersionRecord
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.suppression import cells


def write_model_and_baseline(report: ReportInput) -> Markup | None:
    """Return what changed besides the data, or None when nothing did."""
    record = report.record
    versions = dict(record.snapshot.versions) if record.snapshot else {}
    if not record.changes and len(versions) < 2:  # noqa: PLR2004 (one version is no change)
        return None
    return fill_file(
        "sections/model_and_baseline.html",
        changes=[f"{sentence[:1].upper()}{sentence[1:]}." for sentence in record.changes],
        versions=_table(versions) if len(versions) > 1 else [],
    )


def _table(versions: dict[str, VersionRecord]) -> list[tuple[str, str, str, str]]:
    """Return name, rows, first and last time of each version, in the order they appeared."""
    rows = cells({name: version.rows for name, version in versions.items()})
    ordered = sorted(versions.items(), key=lambda item: item[1].place)
    return [(name, rows[name], each.first or "", each.last or "") for name, each in ordered]


SECTION = Section(title="Baseline and model: what changed", order=4, write=write_model_and_baseline)
