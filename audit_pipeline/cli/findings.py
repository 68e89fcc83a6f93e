"""How findings look on the screen."""

from collections.abc import Iterable
from unicodedata import category

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audit_pipeline.cli.screen import STYLES
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Finding, Happened, Severity
from audit_pipeline.domain.prerequisite import called, is_prerequisite
from audit_pipeline.domain.verdict import Verdict

SEVERITIES = {
    Severity.CRITICAL: "[bold red]critical[/]",
    Severity.HIGH: "[red]high[/]",
    Severity.MEDIUM: "[yellow]medium[/]",
    Severity.LOW: "low",
}


def findings_table(findings: Iterable[Finding]) -> Table:
    """Return findings as a table, one a line; gaps of one cause are one line, with their number."""
    table = Table("no", "severity", "what", "since", "due", "state", box=None, pad_edge=False)
    for column in table.columns:
        column.no_wrap = column.header != "what"
        column.overflow = "fold"
    for each, *others in _by_cause(findings):
        what = f"{each.audit}: {_about(each.check)}"
        more = (
            f"\nand {len(others):,} more for the same reason: {plain(each.reason)}"
            if others
            else ""
        )
        table.add_row(
            str(each.number),
            SEVERITIES[each.severity],
            f"{escape(plain(what))} {STYLES[each.verdict]}{escape(more)}",
            each.since,
            str(each.due),
            each.state + (f" until {each.until}" if each.until else ""),
        )
    return table


def _about(check: Check) -> str:
    return called(check) if is_prerequisite(check) else f"{check.name} of {check.subject}"


def _by_cause(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return findings in their order, those together that one thing left without an answer."""
    found: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        is_gap = each.verdict is Verdict.GAP
        cause = (each.audit, each.severity, each.since, each.due, each.state, each.until)
        found.setdefault((*cause, each.reason) if is_gap else (each.number,), []).append(each)
    return list(found.values())


def show_finding(console: Console, finding: Finding, history: Iterable[Happened]) -> None:
    """Print one finding, and all that happened to it."""
    check = finding.check
    title = f"finding {finding.number}: {_about(check)} in {finding.audit}"
    console.print(plain(title), markup=False)
    until = f" until {finding.until}" if finding.until else ""
    facts = {
        "state": f"{finding.state}{until}",
        "severity": finding.severity.value,
        "last verdict": f"{finding.verdict} in {finding.window}, revision {finding.revision}",
        "because": finding.reason,
        "since": f"window {finding.since}, found {finding.opened:%Y-%m-%d %H:%M} UTC",
        "due": str(finding.due),
        "owner": finding.owner,
    }
    if not is_prerequisite(check):
        facts["lineage"] = f"audit-pipeline lineage {finding.audit} --metric {check.name!r}"
    for name, value in facts.items():
        console.print(f"  {name:<13} {plain(value)}", markup=False)
    console.print("history", markup=False)
    for line in history:
        said = plain(f"{line.by}: {line.words}")
        told = f"{line.at:%Y-%m-%d %H:%M}  {line.change.value:<14} {said}"
        console.print(f"  {told}", markup=False)


def plain(text: str) -> str:
    r"""Return a text without what a terminal obeys: names and reasons are other people's choice.

    >>> plain("\x1b[2Jgone\nnew\u202e \u20ac")
    '·[2Jgone·new· €'
    """
    return "".join("·" if category(character)[0] == "C" else character for character in text)
