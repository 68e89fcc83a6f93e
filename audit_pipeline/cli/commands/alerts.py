"""Alerts: deliver what waits, show how it stands, try every address."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from audit_pipeline import clock
from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import err, in_words, out, print_json, refuse
from audit_pipeline.cli.delivery import oldest_line, say_retried, set_aside_table, tally_line
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.options import HomeOption, JsonOption, SecondsOption

if TYPE_CHECKING:
    from audit_pipeline.stages.alerting.looking import Address, Status

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

app = typer.Typer(
    no_args_is_help=True, help="Who is told of findings: send what waits, show it, try it."
)


@app.command()
def send(seconds: SecondsOption = 60, home: HomeOption = None) -> None:
    """Deliver the alerts that wait, at once, also to an address that failed before.

    Ends with 0 if nothing waits but for the end of quiet hours, else with 6.
    """
    from audit_pipeline.stages.alerting.delivering import deliver

    found = home_at(home)
    with in_words(), err.status("delivering alerts"):
        done = deliver(found, seconds, clock.now(), at_once=True)
    out.print(done.told, markup=False, soft_wrap=True)
    raise typer.Exit(Exit.OK if done.is_done else Exit.WAITING)


@app.command()
def status(
    *,
    retry_refused: Annotated[
        bool, typer.Option("--retry-refused", help="Let alerts that were set aside wait again.")
    ] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show who is told, what waits for whom, and what is wrong; nothing is sent.

    Ends with 0 if every address takes messages as far as is known, else with 6.
    """
    from audit_pipeline.stages.alerting import looking

    found = home_at(home)
    with in_words():
        again = looking.retry_refused(found) if retry_refused else None
        stands = looking.status(found)
    if as_json:
        print_json(stands)
    else:
        say_retried(again)
        _show(stands)
    raise typer.Exit(Exit.OK if stands.is_well else Exit.WAITING)


@app.command("test")
def try_all_addresses(
    seconds: Annotated[
        float, typer.Option(min=1, help="An address that has not answered by then has failed.")
    ] = 30,
    home: HomeOption = None,
) -> None:
    """Send a test to every address, and say what came of each.

    Ends with 0 if all took it, with 6 if one did not.
    """
    from audit_pipeline.audits.alerting_reader import AlertingError
    from audit_pipeline.stages.alerting.trying import try_all

    found = home_at(home)
    try:
        with err.status("trying every address"):
            tried = try_all(found, seconds, clock.now())
    except AlertingError as error:
        refuse(str(error))
    for each in tried:
        said = f"failed: {each.problem}" if each.problem else "took it"
        line = f"{each.variable} ({', '.join(each.routes)}): {said}"
        out.print(line, markup=False, soft_wrap=True)
    failed = any(each.problem for each in tried)
    raise typer.Exit(Exit.WAITING if failed else Exit.OK)


def _show(stands: "Status") -> None:
    for line in _lines(stands):
        out.print(line, markup=False, soft_wrap=True)
    if stands.addresses:
        table = Table("address", "of the routes", "waiting", "how it stands")
        for each in stands.addresses:
            cells = (each.variable, ", ".join(each.routes), str(each.waiting), _standing(each))
            table.add_row(*map(Text, cells))
        out.print(table)
    if stands.unwanted:
        out.print(set_aside_table(stands.unwanted, "about"))


def _lines(stands: "Status") -> Iterator[str]:
    if stands.problem:
        yield stands.problem
    yield tally_line(stands.tally)
    if stands.unaddressed:
        yield f"for nobody yet, until the next round: {stands.unaddressed}"
    yield from oldest_line(stands.waiting_since)
    yield from (each.told for each in stands.left_open)


def _standing(address: "Address") -> str:
    state = address.state
    if not address.is_set:
        return "the variable is not set here"
    if state.failing_since is not None:
        next_try = f"; tried again at {state.next_try:%H:%M:%S} UTC" if state.next_try else ""
        return f"failing since {state.failing_since:%Y-%m-%d %H:%M} UTC: {state.problem}{next_try}"
    if state.delivered is not None:
        but = f", but: {state.problem}" if state.problem else ""
        return f"took a message at {state.delivered:%Y-%m-%d %H:%M} UTC{but}"
    return "nothing was sent yet"
