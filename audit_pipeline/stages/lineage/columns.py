"""Find the column that a question is about, or say which there are."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from audit_pipeline.domain.lineage import WHOLE, Dataset, Field, LineageGraph
from audit_pipeline.stages.lineage.names import made_by
from audit_pipeline.stages.lineage.recorded import Recorded

COLUMNS_OF = ("snapshot", "baseline", "profile")
"""What the audit makes that has the columns of its tables."""
LISTED = 20
"""Names that an error message lists."""


class LineageQuestionError(Exception):
    """There is no such thing in the lineage; the message says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A column by its name: where it stands in tables, and in what the audit makes of them."""

    sources: tuple[Field, ...]
    made: tuple[Field, ...]

    def roots(
        self, graph: LineageGraph, way: Literal["upstream", "downstream"]
    ) -> tuple[Field, ...]:
        """Return where to begin: at the tables, or else at the last that was made of them.

        A column that was missing, or that the model makes, begins where it first appears.
        """
        if way == "upstream":
            passed = {edge.source for edge in graph.upstream(self.made).edges}
            return tuple(at for at in self.made if at not in passed) or self.sources
        reached = set(graph.downstream(self.sources).fields)
        first: list[Field] = []
        for at in self.made:  # in the order in which they are made
            if at not in reached:
                first.append(at)
                reached |= graph.downstream([at]).fields
        return (*self.sources, *first)


def find_columns(recorded: Recorded, name: str) -> Columns:
    """Return the column of that name, or of a name such as `labels.id`: the table, and the column.

    A column that only other tools told of is one, too, where it reaches a table of the audit.

    Raises:
        LineageQuestionError: The audit does not read such a column.
    """
    audit, titles = recorded.audit.name, recorded.ours.titles
    made = [made_by(audit, asset) for asset in COLUMNS_OF]
    ours = [at for at in _columns(recorded.ours) if at.dataset in made or not _makes(audit, at)]
    for known in (ours, _columns(recorded.theirs)):
        found = [at for at in known if at.name == name] or _within(name, known, titles)
        if found:
            of = sorted(
                (at for at in found if at.dataset in made), key=lambda f: made.index(f.dataset)
            )
            return Columns(
                sources=tuple(at for at in found if at.dataset not in made), made=tuple(of)
            )
    names = list(dict.fromkeys(at.name for at in ours))
    raise LineageQuestionError(
        f"{audit} does not read a column {name!r}{nearest(name, names)}, so that no verdict rests"
        f" on it; it reads: {listed(names)}"
    )


def remarks(recorded: Recorded, found: Columns) -> tuple[str, ...]:
    """Return what is to be said of a column: that there are several, that it was missing."""
    return (*_twice(recorded.ours, found.sources), *_missing(recorded, found))


def _makes(audit: str, at: Field) -> bool:
    """Return whether a dataset is one that the audit makes, and so no table that it reads."""
    ours = made_by(audit, "")
    return at.dataset.namespace == ours.namespace and at.dataset.name.startswith(ours.name)


def _columns(graph: LineageGraph) -> Sequence[Field]:
    fields = dict.fromkeys(at for edge in graph.edges for at in (edge.source, edge.target))
    return [at for at in fields if at.name != WHOLE]


def _within(name: str, known: Iterable[Field], titles: Mapping[Dataset, str]) -> list[Field]:
    """Return the columns that a name such as `labels.id` means."""
    return [
        at
        for at in known
        if name.endswith(f".{at.name}")
        and name[: -len(at.name) - 1] in {at.dataset.name, titles.get(at.dataset)}
    ]


def _twice(graph: LineageGraph, sources: Sequence[Field]) -> tuple[str, ...]:
    """Say that a name is that of columns of several tables, and how to ask about one of them.

    That the window and the baseline both have it is no news.
    """
    where = [graph.titles[at.dataset] for at in sources if at.dataset in graph.titles]
    before = [title for title in where if title.startswith("baseline ")]
    if max(len(before), len(where) - len(before)) <= 1:
        return ()
    name = sources[0].name
    told = f"{len(where)} tables have a column {name!r}: {', '.join(where)}"
    return (f"{told}; --column '{where[0]}.{name}' asks about one of them",)


def _missing(recorded: Recorded, found: Columns) -> tuple[str, ...]:
    """Say that a column was to be read, and was not there."""
    record = recorded.record
    gone = record.snapshot.missing_columns if record and record.snapshot else ()
    names = sorted({at.name for at in (*found.sources, *found.made)} & set(gone))
    return tuple(f"the column {n!r} was missing in this window" for n in names)


def nearest(word: str, known: Collection[str]) -> str:
    """Return the remark that `word` was perhaps meant to be one of `known`, or no text.

    >>> nearest("agep", ["AGEP", "SEX"])
    " (did you mean 'AGEP'?)"
    """
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), list(folded), n=1)
    return f" (did you mean {folded[close[0]]!r}?)" if close else ""


def listed(names: Iterable[str], most: int = LISTED) -> str:
    """Return names as people list them, no more than `most`.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    each = list(dict.fromkeys(names))
    more = f" and {len(each) - most:,} more" if len(each) > most else ""
    return ", ".join(each[:most]) + more
