"""What the UI says of an audit wherever it shows something of it: what it is for, whose, paused."""

from audit_pipeline.audits.audit import Audit
from audit_pipeline.defs.linking import escaped
from audit_pipeline.defs.runs import AUDIT_TAG

PAUSED_TAG = "paused"
"""By which assets and schedules of paused audits are found: `tag:"paused"="yes"`."""


def description_of(audit: Audit, what: str) -> str:
    """Return what an asset is, and of which audit; a paused one says so, and why."""
    said = [
        what,
        f"Audit **{escaped(audit.report.title or audit.name)}**: {escaped(audit.purpose)}",
    ]
    if audit.schedule.paused is not None:
        said.append(f"**Paused**: {escaped(audit.schedule.paused)}")
    return "\n\n".join(said)


def schedule_words(audit: Audit) -> str:
    """Return what a schedule does and by whose clock; that it is paused comes first."""
    paused = audit.schedule.paused
    return (f"Paused: {paused.rstrip('.')}. " if paused else "") + (
        f"Audits the newest window of {audit.name} that has ended, by the clock of"
        f" {audit.window.timezone}."
    )


def owners_of(audit: Audit) -> list[str]:
    """Return the owner as Dagster accepts one: an e-mail address, or a team."""
    if "@" in audit.owner and " " not in audit.owner:
        return [audit.owner]
    team = "".join(c if c.isalnum() else "_" for c in audit.owner.lower()).strip("_")
    return [f"team:{team}"] if team else []


def schedule_tags(audit: Audit) -> dict[str, str]:
    """Return by what a schedule is found."""
    return {AUDIT_TAG: audit.name} | ({PAUSED_TAG: "yes"} if audit.schedule.paused else {})


def asset_tags(audit: Audit) -> dict[str, str]:
    """Return by what assets are found and told apart."""
    return {**schedule_tags(audit), "risk": audit.risk}
