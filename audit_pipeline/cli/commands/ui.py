"""Open Dagster."""

import os
import signal
import socket
import sys
from typing import Annotated

import typer

from audit_pipeline.audits.home import Home, use_home
from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import refuse
from audit_pipeline.cli.daemon import daemons_at
from audit_pipeline.cli.options import HomeOption

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

ADDRESS = "127.0.0.1"
LOCK = ".ui.lock"
"""In the home: held by the one who has it open, gone with its process."""
KNOWN = "ignore:Function `dev_command` is superseded"
"""Dagster's advice to its developers is none to an operator."""


def command(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Where the web server listens.")] = (
        3000
    ),
) -> None:
    """Open Dagster: its web server on this machine, and the daemon that runs the schedules."""
    found = home_at(home)
    use_home(found)
    _open_once(found, port)
    _need(port)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a script's background job could not be ended
    command = [sys.executable, "-W", KNOWN, "-m", "dagster", "dev"]
    command += ["-m", "audit_pipeline.definitions", "--host", ADDRESS, "--port", str(port)]
    os.execv(sys.executable, command)  # noqa: S606 (our own arguments, by this interpreter)


def _open_once(home: Home, port: int) -> None:
    """End the command if the home is open already: two daemons would get in each other's way."""
    from audit_pipeline.store.file_lock import held_by_other

    url = f"http://{ADDRESS}:{port}"
    try:
        other = held_by_other(home.path / LOCK, f"{url}, process {os.getpid()}")
    except OSError as error:
        refuse(f"nothing can be written in {home.path}: {error.strerror}")
    if other is not None:
        refuse(
            f"{home.path} is open already: {other}. Use that one, or end it first (kill and the"
            " number of the process): a home has one daemon"
        )
    for number in daemons_at(home):
        refuse(
            f"a daemon works in {home.path} already: process {number}. A home has one: end it"
            " first, or open the pages alone: dagster-webserver -m audit_pipeline.definitions"
            f" --port {port}"
        )


def _need(port: int) -> None:
    """End the command if the port is taken: Dagster would run on, without its pages."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((ADDRESS, port))
        except OSError as error:
            refuse(
                f"port {port} cannot be used ({error.strerror}): name another, such as"
                f" --port {port % 65_535 + 1}"
            )
