"""Arguments and options that several commands have, with the words of their help."""

from pathlib import Path
from typing import Annotated

import typer

NameArgument = Annotated[str, typer.Argument(help="The audit's name: its file without .yaml.")]
HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The home folder; else DAGSTER_HOME, else ./dagster_home."),
]
WindowOption = Annotated[
    str | None, typer.Option("--window", "-w", help="The newest audited one if left out.")
]
RevisionOption = Annotated[
    int | None, typer.Option(help="The last revision of the window if left out.")
]
SecondsOption = Annotated[
    float, typer.Option(min=1, help="After so many seconds it ends, whatever waits.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="The same as JSON.")]
