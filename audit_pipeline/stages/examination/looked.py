"""A look at tables that stay where they are: their first rows, as files that can be examined."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from audit_pipeline.audits.audit import Audit, Table, Tables
from audit_pipeline.domain.window import Window
from audit_pipeline.engines.base import Engine
from audit_pipeline.engines.run import on_engine
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.gathered import read_table
from audit_pipeline.stages.in_place import need_no_hindrance
from audit_pipeline.stages.landing import asked, roles
from audit_pipeline.stages.reference import plain
from audit_pipeline.stages.tables import gather

FURTHER = 1_000_000
"""Rows that are looked at of a table that is joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Tables as files of their first rows, and the roles of those that have more."""

    tables: Tables
    cut: frozenset[str]


def look_in_place(audit: Audit, tables: Tables, wanted: Wanted) -> Looked:
    """Return the first rows of a data set's tables, as the audit's engine reads them.

    They are written to the folder wanted, as many as its limit says; of a table that is joined,
    `FURTHER`: it has its rows in an order of its own. One that cannot be read stays as it was.

    Raises:
        SourceError: The main table cannot be read.
        EngineError: The engine cannot be used.
        MissingError: The engine cannot measure such tables where they are.
    """
    need_no_hindrance(audit, tables)
    each = asked(audit, wanted)
    each |= {r: replace(each[r], limit=FURTHER) for r in ("predictions", "labels")}

    def look(engine: Engine) -> Looked:
        found: dict[str, Table] = {}
        cut: set[str] = set()
        for role, table in roles(tables).items():
            path = wanted.folder / f"{role}.parquet"
            try:
                rows = _first(table, role, engine, each[role], path)
            except SourceError:
                if role == "table":
                    raise
                continue  # said when it is to be joined
            found[role] = _file(path)
            cut |= {role} if rows >= (each[role].limit or 0) else set()
        return Looked(tables=_instead(tables, found), cut=frozenset(cut))

    return on_engine(audit, tables, wanted.folder / "spill", look)


def rows_in_place(audit: Audit, tables: Tables, folder: Path, window: Window) -> int:
    """Return how many rows a window has, counted where they are.

    Raises:
        SourceError: A table cannot be read.
        EngineError: The engine cannot be used.
        MissingError: The id or timestamp column is not there.
    """
    wanted = Wanted(folder=folder, window=window)

    def count(engine: Engine) -> int:
        gathered = gather(audit, tables, engine.backend, wanted, noting=False)
        return int(gathered.table.count().execute())

    return on_engine(audit, tables, folder / "spill", count)


def _first(table: Table, role: str, engine: Engine, wanted: Wanted, path: Path) -> int:
    read, _ = read_table(table, role, engine.backend, wanted, noting=False)
    names = [name for name in wanted.columns or () if name in read.table.columns]
    rows = plain(read.table.select(names) if names else read.table).limit(wanted.limit)
    found = rows.to_pyarrow()
    pq.write_table(found, path)
    return int(found.num_rows)


def _file(path: Path) -> Table:
    return Table(kind="parquet", settings=SOURCES["parquet"].settings(path=str(path)))


def _instead(tables: Tables, found: Mapping[str, Table]) -> Tables:
    return tables.model_copy(update=dict(found))
