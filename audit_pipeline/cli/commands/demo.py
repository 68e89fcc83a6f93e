"""Audit the example."""

import typer

from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import out
from audit_pipeline.cli.exits import Exit, exit_of
from audit_pipeline.cli.options import HomeOption
from audit_pipeline.cli.running import supervised
from audit_pipeline.cli.screen import show_results

EXAMPLE, EXAMPLE_WINDOWS = "employment_ma", ("2016", "2017", "2018")


def command(home: HomeOption = None) -> None:
    """Audit the example model on three years of census data; takes a minute."""
    found = home_at(home)
    ended = supervised(found, EXAMPLE, EXAMPLE_WINDOWS, again=False)
    show_results(out, EXAMPLE, ended.results)
    out.print(
        "\nNext: open a report above in a browser; [bold]audit-pipeline ui[/] opens Dagster;"
        " [bold]audit-pipeline init NAME DATA[/] makes an audit of your own data.",
        soft_wrap=True,
    )
    done = len(ended.results) == len(EXAMPLE_WINDOWS) and all(r["verdict"] for r in ended.results)
    raise typer.Exit(Exit.OK if done else exit_of(ended.results))
