"""How predictions and labels of their own tables meet the rows."""

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.columns import one_row
from audit_pipeline.profiles.engine import as_code
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.examination.sides import ASKED, LOOK, Side
from audit_pipeline.stages.gathered import read_table
from audit_pipeline.stages.landing import asked, roles


def examine_joins(audit: Audit, side: Side, findings: Findings) -> None:
    """Note how many rows of a side find their predictions and labels, and what keeps others."""
    each = asked(audit, Wanted(folder=side.folder, limit=LOOK))
    for role, table in roles(side.tables).items():
        if role == "table" or not side.whole or table.kind in ASKED:
            continue
        try:
            read, _ = read_table(table, role, side.backend, each[role])
        except SourceError:
            continue  # told with the columns that it costs
        if audit.columns.id in read.table.columns:
            _meet(audit, side, role, read.table, findings)


def _meet(audit: Audit, side: Side, role: str, other: object, findings: Findings) -> None:
    key = audit.columns.id
    own, theirs = side.gathered.everyone, other
    left, right = own.select(k=as_code(own[key])), theirs.select(k=as_code(theirs[key]))  # type: ignore[attr-defined,index]
    found = one_row(right.aggregate(rows=right.count(), ids=right.k.nunique()))
    met = one_row(left.semi_join(right, "k").aggregate(n=lambda t: t.count()))["n"]
    share = met / side.rows if side.rows else 0.0
    said = f"{side.name}: {share:.1%} of the rows find their {role} by {key!r}"
    if not met:
        kinds = f"it is {own[key].type()} here and {theirs[key].type()} there"  # type: ignore[index]
        findings.problem(f"{side.name}: no row finds its {role} by {key!r}; {kinds}")
    else:
        findings.fact(said)
    doubled = found["rows"] - found["ids"]
    if doubled:
        findings.warn(
            f"{side.name}: {doubled:,} rows of the {role} table repeat an id or have none: which"
            " one is right cannot be known, so those ids count as missing"
        )
