"""One side of an audit, baseline or current, opened for a look."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, open_duckdb
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.gathered import Gathered
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.proposal.facts import ColumnFacts, facts_of
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
    gathered: Gathered
    facts: Mapping[str, ColumnFacts]
    backend: IbisBackend
    folder: Path

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
        return self.tables.table.kind not in ASKED


@contextmanager
def open_sides(audit: Audit, findings: Findings) -> Iterator[dict[str, Side]]:
    """Open both sides on one engine; of one that cannot be opened, the problem is noted."""
    folder = Path(tempfile.mkdtemp(prefix="audit-check-"))
    backend = open_duckdb(folder)
    sides: dict[str, Side] = {}
    try:
        for name, tables in (("baseline", audit.baseline), ("current", audit.current)):
            side = _open(audit, name, tables, backend, folder / name, findings)
            if side is not None:
                sides[name] = side
        yield sides
    finally:
        backend.disconnect()
        shutil.rmtree(folder, ignore_errors=True)


def _open(
    audit: Audit, name: str, tables: Tables, backend: IbisBackend, folder: Path, findings: Findings
) -> Side | None:
    folder.mkdir()
    try:
        gathered = gather(audit, tables, backend, Wanted(folder=folder, limit=LOOK))
    except (SourceError, MissingError) as error:
        findings.about(name, [str(error)])
        return None
    findings.about(name, gathered.missing.values())
    return Side(
        name=name,
        tables=tables,
        gathered=gathered,
        facts=facts_of(gathered.table),
        backend=backend,
        folder=folder,
    )
