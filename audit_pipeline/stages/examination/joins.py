"""How predictions and labels of their own tables meet the rows."""

from dataclasses import replace

import ibis

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.engine import IbisTable, one_row
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.examination.sides import LOOK, Side
from audit_pipeline.stages.gathered import counted, read_table
from audit_pipeline.stages.joining import as_id
from audit_pipeline.stages.landing import asked, looked_at, roles


def examine_joins(audit: Audit, side: Side, findings: Findings) -> None:
    """Note how many rows of a side find their predictions and labels, and what keeps others.

    Of a database, the rows that were looked at are sought among the first million of the other.
    """
    key = audit.columns.id
    each = asked(audit, Wanted(folder=side.folder, limit=LOOK))
    joined = {} if side.kept else {r: t for r, t in roles(side.looked).items() if r != "table"}
    for role, table in joined.items():
        wanted = replace(looked_at(table, each[role]), columns=(key,))
        try:
            read, _ = read_table(table, role, side.backend, wanted)
        except SourceError:
            continue  # told with the columns that it costs
        if key in read.table.columns:
            _meet(audit, side, role, read.table, findings)


def _meet(audit: Audit, side: Side, role: str, other: IbisTable, findings: Findings) -> None:
    key = audit.columns.id
    own = side.gathered.everyone
    ours, theirs = (table.select(k=as_id(table[key], codes=True)) for table in (own, other))
    ids = theirs.filter(theirs.k.notnull()).group_by("k").aggregate(n=ibis._.count())
    found = one_row(ids.aggregate(known=ids.n.sum(), doubled=(ids.n > 1).sum()))
    once = ids.filter(ids.n == 1)
    met = one_row(ours.semi_join(once, "k").aggregate(n=ibis._.count()))["n"]
    rows, share = one_row(other.aggregate(n=other.count()))["n"], met / (side.rows or 1)
    if met:
        findings.fact(f"{side.about}: {share:.1%} of the rows find their {role} by {key!r}")
    elif role in side.cut:
        findings.fact(
            f"{side.about}: whether they find their {role} cannot be told: none is among the first"
            f" {counted(rows, 'row')} of it"
        )
    else:
        kinds = f"it is {own[key].type()} here and {other[key].type()} there"
        findings.problem(f"{side.name}: no row finds its {role} by {key!r}; {kinds}")
    if found["doubled"]:
        findings.warn(
            f"{side.name}: {counted(found['doubled'], 'id')} more than once in the {role} table:"
            f" which row is right cannot be known, so their {role} count as missing"
        )
    if nameless := rows - (found["known"] or 0):
        findings.warn(
            f"{side.name}: {counted(nameless, 'row')} of the {role} table without an id in {key!r}"
        )
