"""Bring the tables of a data set together: joined by id, cut to the window, cut to the columns."""

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.columns import one_row
from audit_pipeline.profiles.engine import IbisBackend, IbisTable
from audit_pipeline.profiles.plan import counted_columns
from audit_pipeline.stages.gathered import Gathered, closest, need, read_table
from audit_pipeline.stages.joining import join
from audit_pipeline.stages.timing import cut


def gather(audit: Audit, tables: Tables, backend: IbisBackend, window: Window | None) -> Gathered:
    """Return the declared columns of a data set, of the rows within `window` (all, if None).

    Raises:
        SourceError: The main table cannot be read.
        MissingError: The id or timestamp column is not there, or no time in it can be read.
    """
    main, record = read_table(tables.table, "table", backend)
    gathered = Gathered(table=main, everyone=main, sources=[record])
    columns = audit.columns
    need(main, columns.id, "id")
    if window is not None:
        cut(gathered, audit, window)
    if tables.predictions is not None and columns.prediction is not None:
        wanted = [n for n in (columns.prediction.label, columns.prediction.score) if n]
        join(gathered, tables.predictions, "predictions", backend, columns.id, wanted)
    if tables.labels is not None and columns.target is not None:
        join(gathered, tables.labels, "labels", backend, columns.id, [columns.target.column])
    _keep_declared(gathered, audit)
    return gathered


def declared_columns(audit: Audit) -> list[str]:
    """Return every column an audit names, in the order of the audit file, once."""
    columns = audit.columns
    named: list[str | None] = [columns.id, columns.timestamp.column, *columns.features]
    named += columns.groups
    if columns.prediction is not None:
        named += [columns.prediction.label, columns.prediction.score]
    named += [columns.target.column if columns.target else None, columns.weight]
    return list(dict.fromkeys(name for name in named if name))


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
    values = one_row(table.aggregate(**{name: table[name].count() for name in texts}))
    return table.mutate(**{n: table[n].cast("float64") for n in texts if not values[n]})
