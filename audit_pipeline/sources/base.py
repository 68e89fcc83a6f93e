"""What a source of tables is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from audit_pipeline.audits.settings import Settings
from audit_pipeline.domain.lineage import WHOLE, Dataset, Field, Transformation
from audit_pipeline.domain.window import Window

S = TypeVar("S", bound=Settings)
IbisTable = Any  # Ibis ships no types
IbisBackend = Any


class SourceError(Exception):
    """A table cannot be read; the message names the place and what to do.

    It never quotes a row or a password: it is shown in reports.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a table is asked for. A source may hand out more, never less.

    Files are read where they are; a database is asked for these rows and columns only.
    """

    folder: Path
    """Where copies go: the caller's, removed when the caller is done with the table."""
    window: Window | None = None
    """The stretch of time that counts; None: all of it."""
    timestamp: str | None = None
    """The column that says when a row happened, where the table has one as a date or timestamp.
    Rows without a time are to be handed out too: they are counted as left out, and said."""
    columns: tuple[str, ...] | None = None
    """The columns that count; None: all. One that does not exist is left out without an error:
    whoever asked sees what is there."""
    limit: int | None = None
    """A look at this many rows will do; None: all. Those of files cost nothing until asked for."""
    audit: str = ""
    """The audit it is for: databases show it beside the query."""
    marked: bool = True
    """Whether it is to be told how the table stands, too: a database that is read in place scans
    the rows for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A table as it was read."""

    table: IbisTable
    """On the backend that was given; its rows stay the same until the caller is done."""
    location: str
    """Where it is, without credentials."""
    sha256: str
    """Of the files, or of the copy that was made. Of a table that is read where it is: of how it
    stood, as its `State` has it; empty where that was not to be told."""
    whole: bool = True
    """Whether rows outside the window are in it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a source stands, at a glance that reads no rows."""

    mark: str
    """Differs when the rows may differ: of names, sizes, times; or of a count and a watermark."""
    landed: bool
    """Whether there is anything."""
    complete: bool | None = None
    """Whether the source itself says that nothing more will come: by a marker file or a watermark.
    False, too, while a file lacks its end. None where it says nothing, and only time can tell."""
    size: int | None = None
    """Bytes of the files, None where that is not known."""
    rows: int | None = None
    """Rows, None where counting would mean reading."""


Origins = tuple[tuple[Field, Transformation], ...]
SAME = "*"
"""In `Origin.rest`, the name of the field that goes by the column's own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a table's rows come from, by the names that OpenLineage gives such places.

    `datasets` are what is read: one, or the tables of a query. `fields` says of a column what it is
    made from, where that is not the column of its name in the only dataset; `rows` which fields
    decide what rows there are: those a query joins or filters by. `rest` says what all other
    columns are made from, where a query hands them on by `*`: `SAME` is the column of their name.
    `also` has other names of the same places, by the dataset they name: a catalogue's, where
    `datasets` has the storage's.
    """

    datasets: tuple[Dataset, ...]
    fields: Mapping[str, Origins] = field(default_factory=dict[str, Origins])
    rows: Origins = ()
    rest: Origins = ()
    also: Mapping[Dataset, Dataset] = field(default_factory=dict[Dataset, Dataset])

    def of(self, column: str) -> Origins:
        """Return what a column is made from; the rows of all datasets where that is not known."""
        if column in self.fields:
            return self.fields[column]
        if self.rest:
            return named(self.rest, column)
        known = len(self.datasets) == 1 and not self.fields
        how = Transformation() if known else Transformation(subtype="TRANSFORMATION")
        return tuple((Field(at, column if known else WHOLE), how) for at in self.datasets)


def named(rest: Origins, column: str) -> Origins:
    """Return what `rest` says of a column: `SAME` is the column of its name."""
    return tuple((Field(of.dataset, column) if of.name == SAME else of, how) for of, how in rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Generic[S]):
    """A kind of place that tables come from. Each of the functions raises `SourceError`.

    `read` returns the table; `state` how it stands, without reading rows; `digest` a digest that
    is the same as long as the rows are, or None where only reading them all could tell (then a
    baseline is taken once, and kept until a new one is approved); `origin` where it is for lineage,
    without asking the place.
    """

    settings: type[S]
    read: Callable[[S, IbisBackend, Wanted], Read]
    state: Callable[[S, Wanted], State]
    digest: Callable[[S], str | None]
    origin: Callable[[S], Origin]
    in_place: Mapping[str, Callable[[S, IbisBackend, Wanted], Read]] = field(default_factory=dict)
    """By the name of an engine that can measure such a table where it is (`postgres`, `pyspark`):
    how it is read there. The table is lazy, and nothing is copied."""
    at_once: bool = False
    """Whether what is read is one state of the table, whatever is written meanwhile: that of a
    transaction, or of a version. Others are looked at before and after."""
