"""Approve the baseline that windows are compared with, and show who approved which."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.approvals import show_approvals, show_candidate, show_standing
from audit_pipeline.cli.audits import audit_file, home_at
from audit_pipeline.cli.console import err, out, print_json, refuse
from audit_pipeline.cli.options import HomeOption, JsonOption, NameArgument

if TYPE_CHECKING:
    from audit_pipeline.audits.reader import AuditFile
    from audit_pipeline.stages.approval import Candidate

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

app = typer.Typer(help="Approve the baseline of an audit; show who approved which, when and why.")


@app.command()
def approve(
    name: NameArgument,
    by: Annotated[str | None, typer.Option(help="Who approves: a name or an address.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why this baseline is right.")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Approve without being asked.")] = False,
    home: HomeOption = None,
) -> None:
    """Approve the baseline as the audit file has it now: later runs compare with it."""
    from audit_pipeline.stages.approval import approve as write_down
    from audit_pipeline.store.approvals import OvertakenError

    found = home_at(home)
    file = audit_file(found, name)
    by, reason = _told("by", by, "Who approves it"), _told("reason", reason, "Why")
    if not (yes or _on_terminal()):
        refuse("Nothing was approved: nobody is there to be asked, so add --yes.")
    candidate = _read(found, file)
    show_candidate(out, candidate)
    if not yes and not typer.confirm("Approve it?"):
        refuse("Nothing was approved.")
    try:
        approval = write_down(found, candidate, by, reason)
    except OvertakenError as error:
        refuse(f"Nothing was approved: {error}.")
    out.print(f"Approved by {approval.by}: approval {approval.number}.", markup=False)


@app.command()
def show(name: NameArgument, *, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Show the approval in force, what it covers, and whether its source is still the same."""
    from audit_pipeline.stages.approved import standing_approval

    found = home_at(home)
    standing = standing_approval(found, audit_file(found, name))
    if as_json:
        print_json(standing.as_json())
    else:
        show_standing(out, standing)


@app.command()
def history(name: NameArgument, *, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Show every approval of an audit's baselines, newest first."""
    from audit_pipeline.stages.approval import approvals

    found = home_at(home)
    audit_file(found, name)
    given = approvals(found, name)
    if as_json:
        print_json(given)
    else:
        show_approvals(out, name, given)


def _told(option: str, text: str | None, question: str) -> str:
    """Return what was said for an option, asked for on a terminal where it was not."""
    from audit_pipeline.stages.approval import said

    if text is None and not _on_terminal():
        refuse(f"Nothing was approved: --{option} is missing.")
    try:
        return said(option, typer.prompt(question) if text is None else text)
    except ValueError as error:
        refuse(f"Nothing was approved: {error}.")


def _read(home: Home, file: "AuditFile") -> "Candidate":
    from audit_pipeline.stages.approval import read_candidate
    from audit_pipeline.stages.boundary import MISSING

    try:
        with err.status("reading the baseline"):
            return read_candidate(home, file)
    except MISSING as error:
        refuse(f"Nothing was approved: {error}")


def _on_terminal() -> bool:
    return sys.stdin.isatty()
