"""One side of an audit, baseline or current, opened for a look."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.engines.base import EngineError
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, open_duckdb
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.engine_words import reading_rows
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.examination.looked import look_in_place
from audit_pipeline.stages.gathered import Gathered
from audit_pipeline.stages.in_place import stays_in_place
from audit_pipeline.stages.landing import asked, declared_columns, looked_at, roles
from audit_pipeline.stages.missing import MissingError, said
from audit_pipeline.stages.predicted import must_score
from audit_pipeline.stages.proposal.facts import ColumnFacts, facts_of
from audit_pipeline.stages.reference import SAMPLE
from audit_pipeline.stages.revision import read_snapshot
from audit_pipeline.stages.rows import ROWS
from audit_pipeline.stages.tables import gather

LOOK = 10_000
"""Rows of a database that are looked at; those of files cost nothing until asked for."""
ASKED = frozenset({"sql", "http_json"})
"""Kinds of source that hand out no more rows than are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The declared columns of one side's rows, joined as the audit joins them."""

    name: str
    tables: Tables
    looked: Tables
    """The tables as they were looked at: where they stay in place, files of their first rows."""
    gathered: Gathered
    facts: Mapping[str, ColumnFacts]
    backend: IbisBackend
    folder: Path
    kept: bool = False
    """Whether the rows are those that were approved, which are kept here."""
    cut: frozenset[str] = frozenset()
    """The roles of tables of which only the first rows were looked at."""

    @property
    def table(self) -> IbisTable:
        """The rows."""
        return self.gathered.table

    @property
    def rows(self) -> int:
        """How many rows were looked at."""
        return next((each.rows for each in self.facts.values()), 0)

    @property
    def whole(self) -> bool:
        """Whether all rows were looked at."""
        return "table" not in self.cut

    @property
    def about(self) -> str:
        """What is said of values is said of."""
        if self.kept:
            return f"{self.name}, as approved"
        return self.name if self.whole else f"{self.name}, by its first {self.rows:,} rows"


@contextmanager
def open_sides(
    audit: Audit, findings: Findings, approved: Path | None = None
) -> Iterator[dict[str, Side]]:
    """Open both sides on one engine; of one that cannot be opened, the problem is noted.

    Where rows are `approved` and kept, they are the baseline, whatever its source holds now.
    """
    folder = Path(tempfile.mkdtemp(prefix="audit-check-"))
    backend = open_duckdb(folder)
    sides: dict[str, Side] = {}
    try:
        for name, tables in (("baseline", audit.baseline), ("current", audit.current)):
            rows = approved if name == "baseline" else None
            with _noted(findings, name):
                sides[name] = _open(audit, name, tables, backend, folder / name, rows)
                findings.about(name, _absent(audit, sides[name].gathered))
        yield sides
    finally:
        backend.disconnect()
        shutil.rmtree(folder, ignore_errors=True)


def _absent(audit: Audit, gathered: Gathered) -> Iterator[str]:
    """Yield what the rows lack."""
    yield from gathered.missing.values()
    unscored = must_score(audit, gathered) if stays_in_place(audit) else None
    if unscored is not None:
        yield unscored


@contextmanager
def _noted(findings: Findings, name: str) -> Iterator[None]:
    try:
        with reading_rows():  # what is wrong with a file may show only when its rows are asked for
            yield
    except (SourceError, EngineError, MissingError) as error:
        findings.about(name, [str(error)])
    except Exception as error:  # noqa: BLE001 (its words quote rows; `said` has none of them)
        findings.about(name, [f"it cannot be read: {said(error)}"])


def _open(
    audit: Audit,
    name: str,
    tables: Tables,
    backend: IbisBackend,
    folder: Path,
    approved: Path | None,
) -> Side:
    folder.mkdir()
    looked = tables
    if approved is not None:
        gathered, cut = _approved(audit, backend, approved)
    else:
        wanted, cut = Wanted(folder=folder, limit=LOOK), frozenset[str]()
        if stays_in_place(audit):
            first = look_in_place(audit, tables, wanted)
            looked, cut = first.tables, first.cut
        gathered = gather(audit, looked, backend, wanted)
        cut |= _cut(looked, gathered)
        path = folder / "rows.parquet"
        gathered.table.to_parquet(str(path))  # else each question would read and join them again
        gathered.table = backend.read_parquet(str(path))
    return Side(
        name=name,
        tables=tables,
        looked=looked,
        gathered=gathered,
        facts=_known(audit, gathered.table, cut),
        backend=backend,
        folder=folder,
        kept=approved is not None,
        cut=cut,
    )


def _approved(audit: Audit, backend: IbisBackend, folder: Path) -> tuple[Gathered, frozenset[str]]:
    """Return the approved rows; where they were not copied, the sample of them that is kept."""
    record = read_snapshot(folder)
    sampled = record is not None and record.kept == "sample"
    rows = backend.read_parquet(str(folder / (SAMPLE if sampled else ROWS)))
    gathered = Gathered(table=rows, everyone=rows)
    for name in declared_columns(audit):
        if name not in rows.columns:
            gathered.lack(name, " from the approved rows")
    more = record is not None and sampled and record.rows > audit.explain.sample
    return gathered, frozenset({"table"} if more else ())


def _cut(tables: Tables, gathered: Gathered) -> frozenset[str]:
    """Return the roles of the tables that may have more rows than were looked at."""
    read = {record.role: record.rows for record in gathered.sources}
    look = Wanted(folder=Path(), limit=LOOK)
    return frozenset(
        role
        for role, table in roles(tables).items()
        if table.kind in ASKED
        and read.get(role, 0) >= (LOOK if role == "table" else looked_at(table, look).limit or 0)
    )


def _known(audit: Audit, table: IbisTable, cut: frozenset[str]) -> dict[str, ColumnFacts]:
    """Return what is to be known of each column.

    Nothing is, of one whose values stand among the rows of its table that were not looked at.
    """
    facts, each = facts_of(table), asked(audit, Wanted(folder=Path()))
    far = {name for role in cut - {"table"} for name in each[role].columns or ()}
    return {n: f for n, f in facts.items() if n not in far or f.missing < f.rows}
