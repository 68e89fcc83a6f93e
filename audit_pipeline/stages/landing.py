"""What an audit asks its tables for, and how they stand: there, complete, changed meanwhile."""

from collections.abc import Mapping
from dataclasses import replace

from audit_pipeline.audits.audit import Audit, Table, Tables
from audit_pipeline.sources.base import SourceError, State, Wanted
from audit_pipeline.sources.catalog import SOURCES

FURTHER = {"sql": 1_000_000}
"""Rows that are looked at of a table that is joined: it has its rows in an order of its own."""


def looked_at(table: Table, asked: Wanted) -> Wanted:
    """Return what is asked of a table that is joined: where a look will do, one that goes far."""
    if asked.limit is None:
        return asked
    return replace(asked, limit=max(asked.limit, FURTHER.get(table.kind, 0)))


def roles(tables: Tables) -> dict[str, Table]:
    """Return the tables of a data set by their role."""
    named = {"table": tables.table, "predictions": tables.predictions, "labels": tables.labels}
    return {role: table for role, table in named.items() if table is not None}


def asked(audit: Audit, wanted: Wanted) -> dict[str, Wanted]:
    """Return what each table is asked for, by its role."""
    columns = audit.columns
    when = columns.timestamp.column if columns.timestamp.format == "timestamp" else None
    said = [columns.prediction.label, columns.prediction.score] if columns.prediction else []
    said.append(columns.latency)  # logged with the answer, as a rule
    came = [columns.target.column] if columns.target else []
    wanted = replace(wanted, audit=audit.name)
    return {
        "table": replace(wanted, timestamp=when, columns=tuple(declared_columns(audit))),
        "predictions": replace(wanted, columns=(columns.id, *filter(None, said))),
        # labels come when they come: those of this window may stand in a later one's files
        "labels": replace(wanted, columns=(columns.id, *came), window=None),
    }


def declared_columns(audit: Audit) -> list[str]:
    """Return every column an audit names, in the order of the audit file, once."""
    columns = audit.columns
    named: list[str | None] = [columns.id, columns.timestamp.column, *columns.features]
    named += columns.groups
    if columns.prediction is not None:
        named += [columns.prediction.label, columns.prediction.score]
    named += [columns.target.column if columns.target else None]
    named += [columns.version, columns.weight, columns.latency]
    return list(dict.fromkeys(name for name in named if name))


def states(audit: Audit, tables: Tables, wanted: Wanted) -> dict[str, State]:
    """Return how each table stands, by its role.

    Raises:
        SourceError: The main table cannot be looked at.
    """
    each = asked(audit, wanted)
    return {role: _state(table, each[role], role) for role, table in roles(tables).items()}


def _state(table: Table, wanted: Wanted, role: str) -> State:
    try:
        return SOURCES[table.kind].state(table.settings, wanted)
    except SourceError:
        if role == "table":
            raise
        return State(mark="out of reach", landed=False)  # costs its own columns only, and is said


def moving(audit: Audit, tables: Tables, wanted: Wanted) -> dict[str, State]:
    """Return how those tables stand that may change while they are read.

    Raises:
        SourceError: The main table is one of them and cannot be looked at.
    """
    each, named = asked(audit, wanted), roles(tables)
    still = {role for role, table in named.items() if SOURCES[table.kind].at_once}
    return {r: _state(table, each[r], r) for r, table in named.items() if r not in still}


def need_unchanged(
    audit: Audit, tables: Tables, wanted: Wanted, before: Mapping[str, State]
) -> None:
    """Let a data set pass that is as it was before it was read.

    Raises:
        SourceError: A table changed meanwhile: what was read may be neither the old nor the new.
    """
    each = asked(audit, wanted)
    for role, table in roles(tables).items():
        if SOURCES[table.kind].at_once:
            continue
        if _state(table, each[role], role).mark != before[role].mark:
            raise SourceError(
                f"the {role} changed while it was read: what was read may be neither the old rows"
                " nor the new; the window is audited again when the rows stand still"
            )
