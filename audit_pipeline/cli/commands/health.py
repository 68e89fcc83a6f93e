"""Say whether all that should run does: for cron, systemd and Kubernetes probes."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from audit_pipeline import clock
from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import out
from audit_pipeline.cli.daemon import begin_asking
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.options import HomeOption

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(
    heartbeat: Annotated[
        Path | None,
        typer.Option(help="A file to write each time all is well: a watcher looks at its age."),
    ] = None,
    *,
    without_daemon: Annotated[
        bool,
        typer.Option(
            "--without-daemon", help="Do not ask for Dagster's daemon: cron starts the audits."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing where all is well: cron mails it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Say whether all that should run does; an audit that is late becomes a finding, too."""
    found = home_at(home)
    daemon = None if without_daemon else begin_asking(found)  # it imports while we do

    from audit_pipeline.stages.deadlines.health import look_at_health, write_heartbeat

    health = look_at_health(found, clock.now(), daemon)
    if health.healthy and heartbeat is not None:
        health = write_heartbeat(heartbeat.absolute(), health)
    if as_json:
        sys.stdout.write(json.dumps(health.as_json(), indent=1, ensure_ascii=False) + "\n")
    elif not (quiet and health.healthy):
        out.print(health.told, markup=False, soft_wrap=True)
    raise typer.Exit(Exit.OK if health.healthy else Exit.UNHEALTHY)
