"""What audits found and nobody has settled: list it, look at it, say what is done about it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from audit_pipeline.cli.audits import home_at, say_if_paused
from audit_pipeline.cli.console import err, in_words, out, print_json
from audit_pipeline.cli.findings import findings_table, show_finding
from audit_pipeline.cli.options import HomeOption, JsonOption
from audit_pipeline.domain.finding import Severity, State

if TYPE_CHECKING:
    from audit_pipeline.audits.home import Home
    from audit_pipeline.domain.finding import Finding

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

app = typer.Typer(help="What audits found: list it, look at it, say what is done about it.")
NumberArgument = Annotated[int, typer.Argument(help="The finding's number.")]
ByOption = Annotated[str, typer.Option("--by", help="Who: a name or an address.")]


@app.command("list")
def list_findings(
    audit: Annotated[str | None, typer.Argument(help="Of one audit only.")] = None,
    state: Annotated[
        list[State] | None,
        typer.Option(help="In one of these states; open and acknowledged if left out."),
    ] = None,
    severity: Annotated[Severity, typer.Option(help="At least so severe.")] = Severity.LOW,
    *,
    all_states: Annotated[bool, typer.Option("--all", help="In any state.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List findings, the worst first: those that are open or acknowledged."""
    from audit_pipeline.stages.deadlines.gone import gone
    from audit_pipeline.stages.findings.looking import Wanted, findings_wanted
    from audit_pipeline.stages.findings.looking import as_json as told

    states = frozenset(State) if all_states else frozenset(state or Wanted().states)
    wanted = Wanted(audit=audit, states=states, severity=severity)
    with _in_words():
        there = home_at(home)
        found = findings_wanted(there, wanted)
    for name in sorted({each.audit for each in found}):
        say_if_paused(there, name)
    away = gone(there, found)
    _say_gone(there, away)
    if as_json:
        listed = [told(each) | {"audit_is_gone": each.audit in away} for each in found]
        print_json(listed, sort_keys=True)
    elif found:
        out.print(findings_table(found))
    else:
        out.print("no findings" if all_states else "no open findings")


@app.command()
def show(number: NumberArgument, *, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Show one finding and all that happened to it."""
    from audit_pipeline.stages.deadlines.gone import gone
    from audit_pipeline.stages.findings.looking import as_json as told
    from audit_pipeline.stages.findings.looking import finding_and_history

    with _in_words():
        there = home_at(home)
        found, history = finding_and_history(there, number)
    say_if_paused(there, found.audit)
    away = gone(there, [found])
    _say_gone(there, away)
    if as_json:
        print_json(told(found, history) | {"audit_is_gone": bool(away)}, sort_keys=True)
    else:
        show_finding(out, found, history)


@app.command()
def ack(
    number: NumberArgument,
    by: ByOption,
    note: Annotated[str, typer.Option(help="What is being done.")] = "",
    *,
    home: HomeOption = None,
) -> None:
    """Acknowledge a finding: somebody looks after it."""
    from audit_pipeline.stages.findings.looking import acknowledge

    with _in_words():
        _done(acknowledge(home_at(home), number, by, note or "looks after it"))


@app.command()
def waive(
    number: NumberArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option(help="Why nothing is to be done for now.")],
    until: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], help="The last day on which it holds, in UTC; within a year."
        ),
    ],
    *,
    home: HomeOption = None,
) -> None:
    """Waive a finding until a day: somebody other than its owner answers for it."""
    from audit_pipeline.stages.findings.looking import waive as write_down

    with _in_words():
        _done(write_down(home_at(home), number, by, reason, until.date()))


@contextmanager
def _in_words() -> Iterator[None]:
    """End with a sentence where something cannot be done, or the store cannot be used."""
    from audit_pipeline.domain.finding import FindingError

    with in_words(FindingError):
        yield


def _say_gone(home: "Home", audits: AbstractSet[str]) -> None:
    """Say of which audits there is no file any more: nothing will settle what they found."""
    from audit_pipeline.stages.deadlines.gone import gone_words

    for name in sorted(audits):
        err.print(gone_words(home, name), markup=False)


def _done(after: "Finding") -> None:
    until = f" until {after.until}" if after.until else ""
    out.print(f"finding {after.number} is {after.state}{until}", markup=False)
