"""What the command line shows of baselines and their approvals."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audit_pipeline.domain.masking import FEWEST, few

if TYPE_CHECKING:
    from audit_pipeline.domain.record import Approval, SnapshotRecord
    from audit_pipeline.stages.approval import Candidate, Difference
    from audit_pipeline.stages.approved import Approved

Fact = tuple[str, str]
NAMED = 8
"""Columns that are listed by name; the others are counted."""


def show_candidate(console: Console, candidate: "Candidate") -> None:
    """Print what is about to be approved, and how it differs from what is in force."""
    console.print(f"[bold]{candidate.audit}[/]: the baseline as its source has it now")
    digest = candidate.digest or "none: its source can only be told by reading it all"
    _show_facts(console, [*_covered(candidate.record), ("digest of the source", digest)])
    for note in candidate.record.notes:
        console.print(f"  to know: {note}", markup=False, soft_wrap=True)
    for line in _compared(candidate):
        console.print(line, markup=False, soft_wrap=True)


def show_standing(console: Console, standing: "Approved") -> None:
    """Print the approval in force, what it covers, and how its source stands."""
    approval = standing.approval
    if approval is None:
        console.print(f"Nobody approved a baseline of {standing.audit} yet.")
        _show_facts(console, [("source", standing.source)])
        return
    console.print(f"[bold]{standing.audit}[/]: {escape(_named(approval))}", soft_wrap=True)
    record = standing.record
    covers = _covered(record) if record else [("rows", f"{approval.rows:,}, not kept here")]
    facts = [("reason", approval.reason), ("age", _days(standing.days or 0)), *covers]
    _show_facts(console, [*facts, ("source", standing.source)])


def show_approvals(console: Console, audit: str, approvals: "Iterable[Approval]") -> None:
    """Print approvals as a table."""
    table = Table("approval", "when", "by", "rows", "fingerprint", "reason")
    for each in approvals:
        said = (escape(each.by), f"{each.rows:,}", each.fingerprint[:12], escape(each.reason))
        table.add_row(str(each.number), each.at, *said)
    if table.row_count:
        console.print(table)
    else:
        console.print(f"Nobody approved a baseline of {audit} yet.")


def _compared(candidate: "Candidate") -> Iterator[str]:
    before = candidate.in_force
    if before is None:
        yield "No baseline was approved before."
    elif candidate.difference is None:
        yield (
            f"The same rows are already approved: {_named(before)}. To approve them once more"
            " affirms them, under a new number; nothing is compared anew."
        )
    else:
        yield f"In force until now: {_named(before)}, {before.rows:,} rows."
        yield from _moved(candidate.difference)


def _moved(difference: "Difference") -> Iterator[str]:
    if difference.reason:
        yield f"How its columns differ is not known: {difference.reason}."
        return
    of = f"{len(difference.moved)} of {difference.compared} columns"
    yield f"{of} moved by more than {difference.beyond} (population stability index)" + (
        ": " + _listed([f"{name} {value:.2f}" for name, value in difference.moved.items()])
        if difference.moved
        else "."
    )
    if difference.untold:
        told = _listed([f"{name} ({why})" for name, why in difference.untold.items()])
        yield f"Not compared: {told}"


def _listed(names: list[str]) -> str:
    more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _covered(record: "SnapshotRecord") -> list[Fact]:
    share = f" ({record.labelled / record.rows:.1%})" if record.rows else ""
    known = f"fewer than {FEWEST}" if few(record.labelled) else f"{record.labelled:,}{share}"
    return [
        ("rows", f"{record.rows:,}"),
        ("time", f"{record.first or 'unknown'} to {record.last or 'unknown'}"),
        ("known outcomes", known),
        ("columns", f"{len(record.columns)}: {', '.join(record.columns)}"),
        ("fingerprint", record.fingerprint),
    ]


def _named(approval: "Approval") -> str:
    return f"approval {approval.number}, by {approval.by} on {approval.at}"


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _show_facts(console: Console, facts: Iterable[Fact]) -> None:
    for name, value in facts:
        console.print(f"  {name:<20} {value}", markup=False, soft_wrap=True)
