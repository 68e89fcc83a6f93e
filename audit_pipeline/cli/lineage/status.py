"""Show how delivery of lineage events stands."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import in_words, out, print_json
from audit_pipeline.cli.delivery import oldest_line, say_retried, set_aside_table, tally_line
from audit_pipeline.cli.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from audit_pipeline.stages.lineage.shipping import Status

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
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show how many lineage events wait, were delivered or set aside, and what is wrong."""
    from audit_pipeline.stages.lineage import shipping

    found = home_at(home)
    with in_words():
        again = shipping.retry_refused(found) if retry_refused else None
        status = shipping.status(found)
    if as_json:
        print_json(status)
        return
    say_retried(again)
    for line in _lines(status):
        out.print(line, markup=False, soft_wrap=True)
    if status.unwanted:
        out.print(set_aside_table(status.unwanted, "event", "key"))
        out.print(RETRY, markup=False, soft_wrap=True)


def _lines(status: "Status") -> Iterator[str]:
    from audit_pipeline.stages.lineage.shipping import NOWHERE

    count = status.tally
    yield f"to: {status.place or (UNUSABLE if status.problem else NOWHERE)}"
    yield tally_line(count)
    yield from oldest_line(status.waiting_since)
    if status.problem:
        yield f"problem: {status.problem}"
    if status.next_try and count.waiting:
        yield (
            f"failures in a row: {status.failures}; next try at"
            f" {status.next_try:%Y-%m-%d %H:%M:%S} UTC; at once: audit-pipeline lineage ship"
        )
