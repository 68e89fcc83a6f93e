"""Read a table once, and keep its rows where they are quickly asked again."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from audit_pipeline.audits.audit import Table
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, open_duckdb
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.gathered import read_table
from audit_pipeline.stages.proposal.facts import ColumnFacts, facts_of
from audit_pipeline.stages.proposal.locating import Place
from audit_pipeline.stages.proposal.questions import ProposalError

LOOK = 100_000
"""Rows of a database that are looked at; of files, all are."""
NOTHING = ("NA", "N/A", "n/a", "?", "null", "NULL", "None", "none", "nan", "NaN", "-", "\\N")
"""Texts that stand for no value in a CSV file."""
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A table that was read: where it is, its rows, and what is to be known of its columns."""

    place: Place
    table: IbisTable
    facts: Mapping[str, ColumnFacts]
    all_rows: bool = True
    """Whether all rows there are were read, and not the first of a database's."""

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return next((facts.rows for facts in self.facts.values()), 0)


@dataclass(frozen=True, slots=True)
class Desk:
    """An engine and a folder of copies, both gone when the proposal is made."""

    backend: IbisBackend
    folder: Path

    def keep(self, table: IbisTable, name: str) -> IbisTable:
        """Return the rows of a table as a copy that is quickly asked again."""
        path = self.folder / f"{name}-{len(list(self.folder.iterdir()))}.parquet"
        table.to_parquet(str(path))
        return self.backend.read_parquet(str(path))


@contextmanager
def desk() -> Iterator[Desk]:
    """Open an engine for the time a proposal takes."""
    with TemporaryDirectory(prefix="audit-init-") as folder:
        (Path(folder) / "rows").mkdir()
        backend = open_duckdb(Path(folder) / "spill")
        try:
            yield Desk(backend, Path(folder) / "rows")
        finally:
            backend.disconnect()


def look(place: Place, role: str, desk: Desk) -> Look:
    """Return what is at a place. A CSV file's encoding and word for no value are found out.

    Raises:
        ProposalError: It cannot be read, or holds no rows.
    """
    try:
        table, place = _read(place, role, desk)
    except SourceError as error:
        raise ProposalError(f"the {role} data cannot be read: {error}") from error
    found = Look(place=place, table=table, facts=facts_of(table))
    if not place.files and found.rows == LOOK:
        note = (
            f"only its first {LOOK:,} rows were looked at: roles, kinds, rules and limits come"
            " from them"
        )
        return replace(found, place=replace(place, notes=(*place.notes, note)), all_rows=False)
    if not found.rows:
        raise ProposalError(f"the {role} data has columns and no rows: nothing can be told of it")
    word = _word_for_nothing(found.facts) if place.kind == "csv" else None
    if word is None or "null" in place.settings:
        return found
    note = f"{word!r} stands for no value in it"
    marked = replace(place.with_settings(null=word), notes=(*place.notes, note))
    table, marked = _read(marked, role, desk)
    return Look(place=marked, table=table, facts=facts_of(table))


def _read(place: Place, role: str, desk: Desk) -> tuple[IbisTable, Place]:
    try:
        return _rows(place, role, desk), place
    except SourceError as error:
        if "not UTF-8" not in str(error) or "encoding" in place.settings:
            raise
    marked = place.with_settings(encoding="latin-1")
    note = "its text is not UTF-8, so it is read as Latin-1: look whether its umlauts are right"
    return _rows(marked, role, desk), replace(marked, notes=(*place.notes, note))


def _rows(place: Place, role: str, desk: Desk) -> IbisTable:
    copies = desk.folder.parent / f"copies-{role}"
    copies.mkdir(exist_ok=True)
    wanted = Wanted(folder=copies, limit=None if place.files else LOOK, audit="init")
    read, _ = read_table(table_at(place), role, desk.backend, wanted)
    table = read.table if place.files else read.table.limit(LOOK)
    return desk.keep(table, role)


def table_at(place: Place) -> Table:
    """Return the place as an audit has it.

    Raises:
        ProposalError: Its settings are not those of its kind.
    """
    try:
        settings = SOURCES[place.kind].settings.model_validate(dict(place.settings))
    except ValidationError as error:
        said = "; ".join(e["msg"] for e in error.errors(include_url=False, include_input=False))
        raise ProposalError(f"the {place.kind} source refuses its settings: {said}") from None
    return Table(kind=place.kind, settings=settings)


def _word_for_nothing(facts: Mapping[str, ColumnFacts]) -> str | None:
    """Return the word that turns a column of numbers into one of texts, if there is one."""
    for each in facts.values():
        rest = [text for text in each.sample if not NUMBER.fullmatch(text.strip())]
        if each.family == "text" and len(each.sample) > 1 and len(rest) == 1 and rest[0] in NOTHING:
            return rest[0]
    return None
