"""Join predictions or labels that stand in a table of their own, by the id of the row."""

import ibis

from audit_pipeline.audits.audit import Table
from audit_pipeline.profiles.columns import one_row
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, as_code
from audit_pipeline.sources.base import SourceError
from audit_pipeline.stages.gathered import Gathered, closest, counted, need, read_table
from audit_pipeline.stages.missing import MissingError


def join(
    gathered: Gathered, table: Table, role: str, backend: IbisBackend, wanted: tuple[str, list[str]]
) -> None:
    """Add columns of another table; `wanted` is the id column and what to bring in by it.

    A table that cannot be read, or has no ids, costs its own columns and no others. An id that
    stands there twice is left out, and said.
    """
    key, names = wanted
    try:
        other, record = read_table(table, role, backend)
        need(other, key, f"{role} id")
    except (SourceError, MissingError) as error:
        gathered.table = gathered.table.drop(*[n for n in names if n in gathered.table.columns])
        for name in names:
            gathered.lack(name, f": {error}")
        return
    gathered.sources.append(record)
    present = [name for name in names if name in other.columns]
    for name in set(names) - set(present) - set(gathered.table.columns):
        gathered.lack(name, f" from the {role} table{closest(name, other)}")
    left = gathered.table.drop(*[n for n in present if n in gathered.table.columns])
    codes = left[key].type().is_string() != other[key].type().is_string()  # 17 is the id '17'
    own = left.mutate(_key=as_code(left[key]) if codes else left[key])
    theirs = as_code(other[key]) if codes else other[key]
    once = _once(gathered, other.select(*present, _key=theirs), role)
    gathered.table = own.left_join(once, "_key").drop("_key", "_key_right")


def note_unknown_ids(gathered: Gathered, everyone: IbisTable, other: IbisTable, role: str) -> None:
    """Say how many ids of another table are of no row, in this window or any other."""


def _once(gathered: Gathered, rows: IbisTable, role: str) -> IbisTable:
    """Return the rows whose id stands once; say of the others that they are left out."""
    names = [name for name in rows.columns if name != "_key"]
    known = rows.filter(rows["_key"].notnull())
    grouped = known.group_by("_key").aggregate(
        _times=known.count(), **{name: known[name].arbitrary() for name in names}
    )
    asked = {"n": (grouped["_times"] > 1).sum(), "rows": grouped["_times"].sum()}
    doubled = one_row(grouped.aggregate(**asked))["n"]
    if doubled:
        gathered.notes.append(
            f"{counted(doubled, 'id')} more than once in the {role} table: which row is right"
            f" cannot be known, so their {role} count as missing"
        )
    return grouped.filter(grouped["_times"] == 1).drop("_times")


_ = ibis
