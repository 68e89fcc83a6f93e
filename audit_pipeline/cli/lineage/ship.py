"""Deliver lineage events now."""

from typing import Annotated

import typer

from audit_pipeline.cli.asking import HomeOption, err, home_at, out, refuse
from audit_pipeline.cli.exits import Exit

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(
    seconds: Annotated[
        float, typer.Option(min=1, help="After so many seconds it ends, whatever waits.")
    ] = 60,
    home: HomeOption = None,
) -> None:
    """Deliver the lineage events that wait, at once, also to a backend that failed before.

    Ends with 0 if none waits any more and a destination is named, else with 6.
    """
    from audit_pipeline.stages.lineage.shipping import ship
    from audit_pipeline.store.engine import StoreError

    found = home_at(home)
    try:
        with err.status("delivering lineage events"):
            shipped = ship(found, seconds, at_once=True)
    except StoreError as error:
        refuse(str(error))
    out.print(shipped.told, markup=False, soft_wrap=True)
    done = shipped.place is not None and not shipped.waiting
    raise typer.Exit(Exit.OK if done else Exit.WAITING)
