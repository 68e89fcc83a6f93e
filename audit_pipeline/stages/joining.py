"""Join predictions or labels that stand in a table of their own, by the id of the row."""

from collections.abc import Iterable
from dataclasses import replace

import ibis

from audit_pipeline.audits.audit import Table
from audit_pipeline.profiles.engine import (
    IbisBackend,
    IbisTable,
    IbisValue,
    as_code,
    as_number,
    one_row,
    own_name,
)
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.stages.gathered import Gathered, closest, counted, need, read_table
from audit_pipeline.stages.missing import MissingError

FIRST_INEXACT = {"Float16": 2**11, "Float32": 2**24, "Float64": 2**53}
"""From where on a float does not tell an id from the next one."""


def join(gathered: Gathered, table: Table, role: str, backend: IbisBackend, asked: Wanted) -> None:
    """Add the columns asked for of another table; the first of them is the id, which joins.

    A table that cannot be read, or has no ids, costs its own columns and no others. An id that
    stands there twice is left out, and said.
    Ids of two types are compared as text, for numbers of two types meet as doubles, where ids of
    2**53 and more run into each other; such ids that are floats already are refused.
    """
    key, *wanted = asked.columns or ()
    try:
        read, record = read_table(table, role, backend, asked, noting=gathered.noting)
        other = read.table
        need(other, key, f"{role} id")
        codes = _kind(gathered.table[key]) != _kind(other[key])  # 17 is the id '17'
        _need_exact(gathered.table, key, "table", codes=codes)
        _need_exact(other, key, role, codes=codes)
    except (SourceError, MissingError) as error:
        gathered.table = gathered.table.drop(*[n for n in wanted if n in gathered.table.columns])
        for name in wanted:
            gathered.lack(name, f": {error}")
        return
    present = [name for name in wanted if name in other.columns]
    kinds = {name: str(other[name].type()) for name in (key, *present)}
    gathered.sources.append(replace(record, columns=kinds))
    for name in set(wanted) - set(present) - set(gathered.table.columns):
        gathered.lack(name, f" from the {role} table{closest(name, other)}")
    left = gathered.table.drop(*_like(gathered.table, present))
    theirs = as_id(other[key], codes=codes)
    key_of_theirs = own_name("theirs", left, other)
    once = _once(gathered, other.select(*present, **{key_of_theirs: theirs}), key_of_theirs, role)
    if gathered.noting:
        keys = as_id(gathered.everyone[key], codes=codes)
        _note_unknown(gathered, once, gathered.everyone.select(**{key_of_theirs: keys}), role)
    ours = as_id(left[key], codes=codes)
    joined = left.left_join(once, ours == once[key_of_theirs])
    gathered.table = joined.drop(key_of_theirs)


def as_id(column: IbisValue, *, codes: bool) -> IbisValue:
    """Return the ids by which rows are joined; null where there is none: empty text, NaN.

    To the engine one NaN is as good as another, and all rows without an id would be one.
    """
    ids = as_code(column) if codes else column
    if ids.type().is_string():
        return ids.nullif("")
    return ibis.ifelse(ids.isnan(), ibis.null(ids.type()), ids) if ids.type().is_floating() else ids


def _like(table: IbisTable, names: Iterable[str]) -> list[str]:
    """Return the columns of a table that have one of the names, in whatever case.

    The engine does not tell `Repaid` from `repaid`: it would take the wrong one of the two.
    """
    folded = {name.lower() for name in names}
    return [name for name in table.columns if name.lower() in folded]


def _kind(column: IbisValue) -> str:
    """Return what two columns must have in common to be compared as they are."""
    kind = column.type()
    if kind.is_integer():
        return "integer"
    return "float" if kind.is_floating() else type(kind).__name__


def _need_exact(table: IbisTable, key: str, role: str, *, codes: bool) -> None:
    """Let a table pass whose ids are all exact.

    Raises:
        MissingError: Ids are floats so large that a neighbouring id is the same number.
    """
    kind = table[key].type()
    if not (kind.is_floating() or (codes and kind.is_decimal())):  # a decimal's code is a float's
        return
    first = FIRST_INEXACT.get(type(kind).__name__, 2**53)
    size = as_number(table[key]).abs()
    huge = one_row(table.aggregate(n=((size >= first) & ~size.isnan()).sum()))["n"]
    if huge:
        raise MissingError(
            f"{counted(huge, 'row')} of the {role} table with an id in {key!r} that is not exact:"
            f" the column is {kind}, where numbers from {first:,} on run into each other; write"
            " ids as integers or text"
        )


def _once(gathered: Gathered, rows: IbisTable, key: str, role: str) -> IbisTable:
    """Return the rows whose id stands once; say of the others that they are left out."""
    names = [name for name in rows.columns if name != key]
    known = rows.filter(rows[key].notnull())
    counted_by = own_name("times", rows)
    values = [known[name].arbitrary().name(name) for name in names]
    grouped = known.group_by(key).aggregate([known.count().name(counted_by), *values])
    if gathered.noting:
        _note_lost(gathered, grouped.select(times=counted_by), role)
    return grouped.filter(grouped[counted_by] == 1).drop(counted_by)


def _note_lost(gathered: Gathered, ids: IbisTable, role: str) -> None:
    """Say how many ids stand there more than once, and how many rows have none."""
    found = one_row(ids.aggregate(doubled=(ids.times > 1).sum(), rows=ids.times.sum()))
    if found["doubled"]:
        gathered.notes.append(
            f"{counted(found['doubled'], 'id')} more than once in the {role} table: which row is"
            f" right cannot be known, so their {role} count as missing"
        )
    nameless = gathered.sources[-1].rows - (found["rows"] or 0)
    if nameless:
        gathered.notes.append(f"{counted(nameless, 'row')} of the {role} table without an id")


def _note_unknown(gathered: Gathered, once: IbisTable, everyone: IbisTable, role: str) -> None:
    """Say how many ids of the other table belong to no row, of this window or any other.

    Where only this window's rows were read, the others' ids are unknown and right: then it is said
    when none belongs to a row.
    """
    (key,) = everyone.columns
    unknown = one_row(once.anti_join(everyone, key).aggregate(n=ibis._.count()))["n"]
    if unknown and not gathered.whole and unknown < one_row(once.aggregate(n=once.count()))["n"]:
        return
    if unknown:
        gathered.notes.append(
            f"{counted(unknown, 'id')} of the {role} table not in the table of rows: left out"
        )
