"""List the audits."""

from audit_pipeline.cli.audits import home_at, say_there_is_none
from audit_pipeline.cli.console import out
from audit_pipeline.cli.options import HomeOption

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(home: HomeOption = None) -> None:
    """List the audits, and how the newest audited window of each ended."""
    from audit_pipeline.cli.listing import audits_table

    found = home_at(home)
    known = audits_table(found)
    if known.row_count:
        out.print(known)
    else:
        say_there_is_none(found)
