"""Show how delivery of lineage events stands."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from audit_pipeline.cli.asking import HomeOption, home_at, out, refuse

if TYPE_CHECKING:
    from audit_pipeline.stages.lineage.shipping import Status
    from audit_pipeline.store.delivery import Unwanted

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

UNUSABLE = "nowhere, until what names the destination is mended"
RETRY = (
    "When the cause is mended, let them wait again: audit-pipeline lineage status --retry-refused"
)


def command(
    *,
    retry_refused: Annotated[
        bool, typer.Option("--retry-refused", help="Let events that were set aside wait again.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Show how many lineage events wait, were delivered or set aside, and what is wrong."""
    from audit_pipeline.stages.lineage import shipping
    from audit_pipeline.store.engine import StoreError

    found = home_at(home)
    try:
        again = shipping.retry_refused(found) if retry_refused else None
        status = shipping.status(found)
    except StoreError as error:
        refuse(str(error))
    if as_json:
        said = json.dumps(status.as_json(), indent=1, ensure_ascii=False)
        sys.stdout.write(said + "\n")
        return
    if again is not None:
        out.print(f"waiting again of those set aside: {again}")
    for line in _lines(status):
        out.print(line, markup=False, soft_wrap=True)
    if status.unwanted:
        out.print(_table(status.unwanted))
        out.print(RETRY, markup=False, soft_wrap=True)


def _lines(status: "Status") -> Iterator[str]:
    from audit_pipeline.stages.lineage.shipping import NOWHERE

    count = status.tally
    yield f"to: {status.place or (UNUSABLE if status.problem else NOWHERE)}"
    yield f"waiting: {count.waiting}   delivered: {count.delivered}   set aside: {count.set_aside}"
    if status.waiting_since:
        yield f"the oldest waits since {status.waiting_since:%Y-%m-%d %H:%M:%S} UTC"
    if status.problem:
        yield f"problem: {status.problem}"
    if status.next_try and count.waiting:
        yield (
            f"failures in a row: {status.failures}; next try at"
            f" {status.next_try:%Y-%m-%d %H:%M:%S} UTC; at once: audit-pipeline lineage ship"
        )


def _table(unwanted: "tuple[Unwanted, ...]") -> Table:
    table = Table("audit", "window", "event", "key", "why it was set aside", title="Set aside")
    for event in unwanted:
        cells = (event.audit, event.window, event.about, event.key, event.problem)
        table.add_row(*map(Text, cells))
    return table
