"""What columns, their codes and metrics are called in the report."""

from audit_pipeline.domain.intersection import BY
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.glossary import PHRASES


def column(report: ReportInput, name: str) -> str:
    """Return what people call the column, or the columns joined by a comma or a cross."""
    between = BY if BY in name else ", "
    parts = name.split(between)
    return report.titles.get(name) or between.join(report.titles.get(p) or p for p in parts)


def category(report: ReportInput, name: str, code: str) -> str:
    """Return what the code of a column stands for, or the code itself; of two columns, both."""
    columns, codes = name.split(BY), code.split(BY)
    if len(columns) > 1 and len(columns) == len(codes):
        return BY.join(category(report, *pair) for pair in zip(columns, codes, strict=True))
    return report.labels.get(name, {}).get(code) or code


def metric(report: ReportInput, name: str) -> str:
    """Return the title of a metric, or of a rule its name in words."""
    return report.metrics.get(name) or name.replace("_", " ").strip().capitalize() or name


def phrase(name: str) -> str:
    """Return what a metric tells in one short phrase, or nothing where it is not in the list."""
    return PHRASES.get(name, "")
