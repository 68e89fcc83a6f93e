"""Bring the tables of a data set together: joined by id, cut to the window, cut to the columns."""

from dataclasses import replace

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, one_row
from audit_pipeline.profiles.plan import counted_columns
from audit_pipeline.sources.base import Wanted
from audit_pipeline.stages.gathered import Gathered, closest, need, read_table
from audit_pipeline.stages.joining import join
from audit_pipeline.stages.landing import asked, declared_columns, looked_at
from audit_pipeline.stages.timing import cut


def gather(
    audit: Audit, tables: Tables, backend: IbisBackend, wanted: Wanted, *, noting: bool = True
) -> Gathered:
    """Return the declared columns of a data set, of the rows within the window wanted, if any.

    `wanted` says where copies go, too, and whether a look at some rows will do. What is only to be
    said, such as how many rows of a join are left out, is not counted anew where not `noting`.

    Raises:
        SourceError: The main table cannot be read.
        MissingError: The id or timestamp column is not there, or no time in it can be read.
    """
    columns, each = audit.columns, asked(audit, wanted)
    whole = wanted.window is None  # else the rows are counted with those without a time
    read, record = read_table(
        tables.table, "table", backend, each["table"], noting=noting, counting=whole
    )
    gathered = Gathered(
        table=read.table, everyone=read.table, whole=read.whole, noting=noting, sources=[record]
    )
    need(read.table, columns.id, "id")
    if wanted.window is not None:
        cut(gathered, audit, wanted.window)
    if tables.predictions is not None and columns.prediction is not None:
        predictions = looked_at(tables.predictions, each["predictions"])
        join(gathered, tables.predictions, "predictions", backend, predictions)
    if tables.labels is not None and columns.target is not None:
        labels = looked_at(tables.labels, each["labels"])
        join(gathered, tables.labels, "labels", backend, labels)
    _keep_declared(gathered, audit)
    _tell_columns(gathered, read.table, audit)
    return gathered


def _tell_columns(gathered: Gathered, main: IbisTable, audit: Audit) -> None:
    """Keep in the main table's record which columns are from it, and not from a joined table."""
    joined = {n for source in gathered.sources[1:] for n in source.columns} - {audit.columns.id}
    own = [n for n in declared_columns(audit) if n in main.columns and n not in joined]
    kinds = {name: str(main[name].type()) for name in own}
    gathered.sources[0] = replace(gathered.sources[0], columns=kinds)


def _keep_declared(gathered: Gathered, audit: Audit) -> None:
    table = gathered.table
    declared, made = declared_columns(audit), _to_be_made(audit, table)
    for name in declared:
        if name not in table.columns and name not in made:
            gathered.lack(name, closest(name, table))
    kept = table.select([name for name in declared if name in table.columns])
    gathered.table = _empty_text_as_numbers(kept, audit)


def _to_be_made(audit: Audit, table: IbisTable) -> set[str | None]:
    """Return the predicted columns that are made when they are not there."""
    prediction = audit.columns.prediction
    if prediction is None:
        return set()
    if prediction.score in table.columns:
        by_score = audit.task == "binary" and table[prediction.score].type().is_numeric()
        return {prediction.label} if by_score else set()
    return {prediction.label, prediction.score} if audit.model is not None else set()


def _empty_text_as_numbers(table: IbisTable, audit: Audit) -> IbisTable:
    """Return the table, its columns of nulls alone as numbers: a CSV file has them as text."""
    kinds = {n: kind for n, kind in counted_columns(audit).items() if n in table.columns}
    texts = [n for n, k in kinds.items() if k != "categorical" and table[n].type().is_string()]
    if not texts:
        return table
    values = one_row(table.aggregate([table[name].count().name(name) for name in texts]))
    return table.mutate(*[table[n].cast("float64").name(n) for n in texts if not values[n]])
