"""The commands, each thin: it reads its arguments, calls the core, shows what came of it."""

import json
import os
import sys
from typing import Annotated

import typer

from audit_pipeline import __version__
from audit_pipeline.audits.home import keep_quiet, use_home
from audit_pipeline.cli.asking import (
    HomeOption,
    NameArgument,
    err,
    home_at,
    newest_window,
    out,
    refuse,
    supervised,
)
from audit_pipeline.cli.exits import Exit, exit_of
from audit_pipeline.cli.screen import show_outcomes, show_results

app = typer.Typer(
    help="Audits machine-learning models: validate, drift, explain, report.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
EXAMPLE, EXAMPLE_WINDOWS = "employment_ma", ("2016", "2017", "2018")

# ruff: noqa: PLC0415 (a command imports what it alone needs, so that every other one starts fast)


def main() -> None:
    """Run the command line."""
    keep_quiet()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)


@app.command()
def demo(home: HomeOption = None) -> None:
    """Audit the example model on three years of census data; takes a minute."""
    found = home_at(home)
    ended = supervised(found, EXAMPLE, EXAMPLE_WINDOWS, again=False)
    show_results(out, EXAMPLE, ended.results)
    out.print(
        "\nNext: open a report above in a browser; [bold]audit-pipeline ui[/] opens Dagster;"
        f" [bold]{found.audits}/{EXAMPLE}.yaml[/] is the file to copy for a model of your own.",
        soft_wrap=True,
    )
    done = len(ended.results) == len(EXAMPLE_WINDOWS) and all(r["verdict"] for r in ended.results)
    raise typer.Exit(Exit.OK if done else exit_of(ended.results))


@app.command()
def run(
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
        err.print(f"Something broke; the details are in {ended.log}")
    raise typer.Exit(code)


@app.command()
def check(
    name: Annotated[str | None, typer.Argument(help="One audit; all of them if left out.")] = None,
    home: HomeOption = None,
) -> None:
    """Check audit files, their data, columns, model and rules, without running anything."""
    from audit_pipeline.stages.checking import check_audit

    found = home_at(home)
    paths = [found.audits / f"{name}.yaml"] if name else found.audit_paths()
    bad = 0
    for path in paths:
        if not err.is_terminal:
            err.print(f"checking {path.stem}")
        with err.status(f"checking {path.stem}"):
            problems = check_audit(found, path.stem)
        bad += bool(problems)
        out.print(f"{path.stem}: " + ("[red]problems[/]" if problems else "[green]good[/]"))
        for problem in problems:
            out.print(f"  {problem}", markup=False, soft_wrap=True)
    if not paths:
        out.print(f"There is no audit in {found.audits} yet.")
    raise typer.Exit(Exit.USAGE if bad else Exit.OK)


@app.command("list")
def list_audits(home: HomeOption = None) -> None:
    """List the audits, and how the newest audited window of each ended."""
    from audit_pipeline.cli.listing import audits_table

    out.print(audits_table(home_at(home)))


@app.command()
def results(
    name: NameArgument,
    window: Annotated[
        str | None, typer.Option("--window", "-w", help="The newest audited one if left out.")
    ] = None,
    revision: Annotated[
        int | None, typer.Option(help="The last revision of the window if left out.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The whole record, as JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Show what an audit found: every measurement and verdict with its coverage."""
    from audit_pipeline.stages.reading import NoResultsError, read_results

    found = home_at(home)
    try:
        record = read_results(found, name, window, revision)
    except NoResultsError as error:
        refuse(str(error))
    if as_json:
        sys.stdout.write(json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    else:
        show_outcomes(out, record)


@app.command()
def ui(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Where the web server listens.")] = 3000,
) -> None:
    """Open Dagster: its web server on this machine, and the daemon that runs the schedules."""
    found = home_at(home)
    use_home(found)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "audit_pipeline.definitions"]
    os.execv(sys.executable, [*command, "--host", "127.0.0.1", "--port", str(port)])  # noqa: S606


@app.command()
def schema() -> None:
    """Print the JSON Schema of audit files, for an editor that completes their keys."""
    from audit_pipeline.audits.schema import audit_schema
    from audit_pipeline.stages.vocabulary import VOCABULARY

    sys.stdout.write(json.dumps(audit_schema(VOCABULARY), indent=1, sort_keys=True) + "\n")


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)
