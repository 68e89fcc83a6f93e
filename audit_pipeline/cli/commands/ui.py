"""Open Dagster."""

import os
import sys
from typing import Annotated

import typer

from audit_pipeline.audits.home import use_home
from audit_pipeline.cli.asking import HomeOption, home_at


def command(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Where the web server listens.")] = 3000,
) -> None:
    """Open Dagster: its web server on this machine, and the daemon that runs the schedules."""
    found = home_at(home)
    use_home(found)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "audit_pipeline.definitions"]
    os.execv(sys.executable, [*command, "--host", "127.0.0.1", "--port", str(port)])  # noqa: S606
