"""Which columns the page is given, as what, and from where: IDs, times and weights never are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Kind, Labels
from audit_pipeline.profiles.counting.classes import binary_of, classes, negative_of
from audit_pipeline.profiles.engine import (
    IbisTable,
    IbisValue,
    as_code,
    as_number,
    is_number,
    open_duckdb,
)
from audit_pipeline.profiles.plan import counted_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column, as the page is to show it; `labels` name its codes."""

    name: str
    kind: Kind
    title: str | None = None
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was predicted and what came of it; the classes are named as the page shows them."""

    task: str
    target: str
    prediction: str
    score: str | None
    threshold: float
    positive: str | None
    """None unless the audit is of two classes."""
    negative: str | None


def columns_of(audit: Audit, kinds: Mapping[str, Kind]) -> list[Column]:
    """Return the columns whose distribution is audited, outcomes first.

    Args:
        audit: The audit.
        kinds: How the audit counted each column; a column that it did not count is not listed.
    """
    names = [name for name in counted_columns(audit) if name in kinds and name != audit.columns.id]
    outcomes = _outcomes(audit)
    return [
        Column(name=name, kind=kinds[name], title=_title(audit, name), labels=_labels(audit, name))
        for name in sorted(names, key=lambda name: name not in outcomes)
    ]


def outcome_of(audit: Audit) -> Outcome | None:
    """Return what can be held against what, None where no label or no prediction is declared."""
    target, prediction = audit.columns.target, audit.columns.prediction
    if target is None or prediction is None:
        return None
    binary = audit.task == "binary"
    positive, negative = _classes(audit) if binary else (None, None)
    labels = _labels(audit, target.column)
    return Outcome(
        task=audit.task,
        target=target.column,
        prediction=prediction.label,
        score=prediction.score if binary else None,
        threshold=prediction.threshold,
        positive=shown(positive, labels) if positive else None,
        negative=shown(negative, labels) if negative else None,
    )


def write_plain(rows: Path, to: Path, audit: Audit, columns: Sequence[Column]) -> bool:
    """Write the columns that the Parquet file `rows` has, as doubles and text only, to `to`.

    Return whether the rows are now in the order of their time; a time that is text is no order.

    Evidently leaves out decimals, nullable integers and Arrow types without a word. The casts are
    those by which the audit itself counted.
    """
    backend = open_duckdb(to.with_name("spill"))
    try:
        table = backend.read_parquet(str(rows))
        time, key = audit.columns.timestamp.column, audit.columns.id
        timed = time in table.columns and not table[time].type().is_string()
        table = table.order_by([time, key] if timed else [key])
        chosen = {c.name: _plain(table, audit, c) for c in columns if _is_there(table, c)}
        table.select(**chosen).to_parquet(str(to))
    finally:
        backend.disconnect()
    return timed


def shown(code: str, labels: Mapping[str, str]) -> str:
    """Return a code as the page shows it: with its label, and without what a browser would obey.

    >>> shown("2", {"2": "female"})
    'female (2)'
    >>> shown("<b>", {})
    '⟨b⟩'
    """
    text = f"{labels[code]} ({code})" if code in labels else code
    return text.translate(HARMLESS)


HARMLESS = str.maketrans({"<": "⟨", ">": "⟩"})
"""Evidently writes values into a script of its page as they are: `</script>` would end it."""


def _is_there(table: IbisTable, column: Column) -> bool:
    there = column.name in table.columns
    return there and (column.kind == "categorical" or is_number(table[column.name]))


def _plain(table: IbisTable, audit: Audit, column: Column) -> IbisValue:
    if column.kind == "numeric":
        return as_number(table[column.name])
    if audit.task == "binary" and column.name in _outcomes(audit):
        target = audit.columns.target
        positive = target.positive if target else 1
        return classes(table, column.name, binary_of(positive, target.negative if target else None))
    return as_code(table[column.name])


def _outcomes(audit: Audit) -> set[str]:
    target, prediction = audit.columns.target, audit.columns.prediction
    found = {target.column} if target else set()
    return found | ({prediction.label} if prediction else set())


def _classes(audit: Audit) -> tuple[str, str]:
    target = audit.columns.target
    binary = binary_of(target.positive if target else 1, target.negative if target else None)
    return binary.positive, binary.negative or negative_of(binary.positive)


def _title(audit: Audit, name: str) -> str | None:
    columns = audit.columns
    if columns.target is not None and name == columns.target.column:
        return columns.target.title
    known = columns.features.get(name) or columns.groups.get(name)
    return known.title if known else None


def _labels(audit: Audit, name: str) -> Labels:
    columns = audit.columns
    if columns.target is not None and name in _outcomes(audit):
        return columns.target.labels
    found: Labels = {}
    for known in (columns.features.get(name), columns.groups.get(name)):
        found = {**found, **(known.labels if known else {})}
    return found
