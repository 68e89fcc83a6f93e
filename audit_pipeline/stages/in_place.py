"""What keeps an audit's tables from being measured where they are, in words."""

from collections.abc import Iterator

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.audits.engine import DuckDBEngine
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.landing import roles
from audit_pipeline.stages.missing import MissingError

BACKENDS = {"postgres": "postgres", "spark": "pyspark"}
"""What sources call the engines that measure rows where they are."""


def stays_in_place(audit: Audit) -> bool:
    """Return whether the audit's rows are measured where they are, and not copied."""
    return not isinstance(audit.engine, DuckDBEngine)


def hindrances(audit: Audit, tables: Tables) -> list[str]:
    """Return why a data set cannot be measured on the audit's engine, a sentence each.

    Only what the audit file alone tells; nothing is connected to.
    """
    return list(_hindrances(audit, tables)) if stays_in_place(audit) else []


def need_no_hindrance(audit: Audit, tables: Tables) -> None:
    """Let a data set pass that can be measured on the audit's engine.

    Raises:
        MissingError: It cannot.
    """
    found = hindrances(audit, tables)
    if found:
        raise MissingError("; ".join(found))


def _hindrances(audit: Audit, tables: Tables) -> Iterator[str]:
    engine, backend = audit.engine.kind, BACKENDS[audit.engine.kind]
    able = ", ".join(sorted(kind for kind, each in SOURCES.items() if backend in each.in_place))
    for role, table in roles(tables).items():
        if backend not in SOURCES[table.kind].in_place:
            yield (
                f"the engine {engine} cannot measure the {role} where it is: its kind is"
                f" {table.kind!r}, and of the kinds only {able} can; leave `engine` out to have"
                " the rows copied"
            )
    stamp = audit.columns.timestamp
    if stamp.format not in {"timestamp", "year"}:
        yield (
            f"the engine {engine} cannot read the text in {stamp.column!r} as {stamp.format!r}:"
            " use a column that is a date or a timestamp (a query or a view can cast it) and leave"
            " `format` out, or leave `engine` out to have the rows copied"
        )
