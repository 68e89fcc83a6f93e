"""From when to when a table of a database reaches, where only its first rows are looked at."""

from dataclasses import dataclass
from datetime import datetime

from audit_pipeline.profiles.engine import one_row
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.databases.address import scheme_of
from audit_pipeline.sources.databases.statement import parts_of
from audit_pipeline.stages.gathered import read_table
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.proposal.locating import Place
from audit_pipeline.stages.proposal.looking import Desk, table_at
from audit_pipeline.stages.proposal.questions import ProposalError
from audit_pipeline.stages.proposal.times import Time
from audit_pipeline.stages.proposal.zones import clock_time

SECONDS = 60
"""How long the database may look for the first and the last time."""
BACKTICKS = frozenset({"mysql", "bigquery", "databricks", "impala", "clickhouse"})
"""Databases that quote names so; the others do as the standard says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The first and the last clock time of a table, and its rows."""

    first: datetime
    last: datetime
    rows: int


def extent_of(place: Place, time: Time, zone: str, desk: Desk) -> Extent | None:
    """Return how far a whole table reaches, by one query; None where no cheap one can tell."""
    table, texts = place.settings.get("table"), time.format not in {"timestamp", "year"}
    if place.kind != "sql" or table is None or (texts and not time.format.startswith("%Y")):
        return None  # texts that begin with the year are sorted as their times are
    quote = "`" if scheme_of(str(place.settings["url"])) in BACKTICKS else '"'
    when = _quoted(time.column, quote)
    rows = ".".join(_quoted(part, quote) for part in parts_of(str(table)))
    query = f"SELECT MIN({when}) AS first, MAX({when}) AS last, COUNT(*) AS n FROM {rows}"
    settings = {name: value for name, value in place.settings.items() if name != "table"}
    asked = Place(
        kind="sql", settings=settings | {"query": query, "timeout_seconds": SECONDS}, files=False
    )
    try:
        wanted = Wanted(folder=desk.folder, audit="init")
        read, _ = read_table(table_at(asked), "current", desk.backend, wanted)
        first, last = (
            clock_time(read.table, name, time.format, zone) for name in ("first", "last")
        )
        found = one_row(read.table.select(f=first, l=last, n=read.table.n))
    except (SourceError, MissingError, ProposalError):
        return None
    if found["f"] is None or found["l"] is None:
        return None
    return Extent(first=found["f"], last=found["l"], rows=found["n"])


def _quoted(name: str, quote: str) -> str:
    return quote + name.replace(quote, quote * 2) + quote
