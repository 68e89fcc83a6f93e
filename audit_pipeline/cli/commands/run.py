"""Audit windows of a model."""

from typing import Annotated

import typer

from audit_pipeline.cli.asking import (
    HomeOption,
    NameArgument,
    err,
    home_at,
    newest_window,
    no_room,
    out,
    supervised,
)
from audit_pipeline.cli.exits import Exit, exit_of
from audit_pipeline.cli.screen import show_results


def command(
    name: NameArgument,
    window: Annotated[
        list[str] | None,
        typer.Option("--window", "-w", help="Which window; the newest that has ended if left out."),
    ] = None,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Audit anew what was audited already.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Audit one window (or several) of a model; the run shows in the Dagster UI."""
    found = home_at(home)
    windows = window or [newest_window(found, name)]
    ended = supervised(found, name, windows, again=again)
    show_results(out, name, ended.results)
    code = exit_of(ended.results)
    if code is Exit.CRASHED:
        err.print(no_room(ended.log) or f"Something broke; the details are in {ended.log}")
    raise typer.Exit(code)
