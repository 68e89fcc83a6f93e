"""Receive lineage from other tools."""

import errno
from typing import Annotated

import typer

from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import err, out, refuse
from audit_pipeline.cli.options import HomeOption

# ruff: noqa: PLC0415 (a command imports what it alone needs, so that every other one starts fast)

TO_DO: dict[int | None, str] = {
    errno.EADDRINUSE: "name another --port, or end what listens there",
    errno.EACCES: "name a --port above 1023",
}
ANOTHER = "--host is a name or an address of this machine; leave it out for 127.0.0.1"


def command(
    home: HomeOption = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where it listens; 0 takes a free port.")
    ] = 5001,
    host: Annotated[
        str, typer.Option(help="Another than this machine alone: set a key then, see the how-to.")
    ] = "127.0.0.1",
) -> None:
    """Receive OpenLineage events of Spark, dbt, Airflow and others, so that lineage begins there.

    Runs until Ctrl-C. Senders must know the key if the environment has OPENLINEAGE_RECEIVER_KEY.
    """
    from audit_pipeline.stages.lineage.receiving import served
    from audit_pipeline.store.engine import StoreError

    try:
        served(home_at(home), host, port, _ready)
    except OSError as error:
        why = str(error.strerror).partition(" (while attempting")[0]  # it tells the address again
        refuse(
            f"nothing can listen at {host}, port {port} ({why}): {TO_DO.get(error.errno, ANOTHER)}"
        )
    except StoreError as error:
        refuse(str(error))


def _ready(address: str, is_open: bool) -> None:  # noqa: FBT001 (called by one name only)
    if is_open:
        err.print(
            "Warning: whoever reaches this machine can send events: there is no authentication."
            " Set OPENLINEAGE_RECEIVER_KEY, and put TLS before it."
        )
    out.print(f"Receiving at {address}; Ctrl-C ends.", markup=False, soft_wrap=True)
    out.file.flush()  # a service's log shows it at once
