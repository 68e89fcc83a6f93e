"""Audit windows of a model."""

from typing import Annotated

import typer

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.audits import home_at, newest_window, say_if_paused, windows_between
from audit_pipeline.cli.console import err, out, refuse
from audit_pipeline.cli.exits import Exit, exit_of
from audit_pipeline.cli.options import HomeOption, NameArgument
from audit_pipeline.cli.running import no_room, supervised
from audit_pipeline.cli.screen import show_results


def command(
    name: NameArgument,
    window: Annotated[
        list[str] | None,
        typer.Option("--window", "-w", help="Which window; the newest that has ended if left out."),
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", help="All windows from this one on, the oldest first."),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", help="Up to this one; to the newest that has ended if left out."),
    ] = None,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Audit anew what was audited already.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Audit one window (or several) of a model; the run shows in the Dagster UI."""
    found = home_at(home)
    windows = _chosen(found, name, window, (first, last))
    say_if_paused(found, name)
    ended = supervised(found, name, windows, again=again)
    show_results(out, name, ended.results)
    code = exit_of(ended.results)
    if code is Exit.CRASHED:
        err.print(no_room(ended.log) or f"Something broke; the details are in {ended.log}")
    raise typer.Exit(code)


def _chosen(
    home: Home, name: str, windows: list[str] | None, reach: tuple[str | None, str | None]
) -> list[str]:
    """Return the windows to audit: those named, those of a reach, or the newest."""
    first, last = reach
    if first is None and last is not None:
        refuse("--to needs --from: name the first window, too")
    if first is None:
        return windows or [newest_window(home, name)]
    if windows:
        refuse("--window names windows one by one, --from and --to all of a reach: give one")
    return windows_between(home, name, first, last)
