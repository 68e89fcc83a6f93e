"""What a Dagster run means to the core: which audit, which window, whose run."""

from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.home import Home, find_home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.domain.verdict import Verdict

if TYPE_CHECKING:
    from audit_pipeline.stages.revision import AuditRun
    from audit_pipeline.stages.standing import Standing

AUDIT_TAG = "audit"
STARTED_TAG = "started_from"
AGAIN_TAG = "audit_pipeline/again"
"""Set on a run to make a new revision of content that was audited already."""
RECOVERY_TAG = "audit_pipeline/recovers"
"""Names the dead run whose report a run writes."""
VERDICT_TAG = "verdict"
"""How the audit of a run ended: the list of runs shows it, and else only whether a run crashed."""
ARRIVAL_TAG = "audit_pipeline/arrival"
"""The mark of the data whose landing started a run."""
PARTITION_TAG = "dagster/partition"
PORTAL = "site"
"""The asset of all audits together: who chooses everything chooses it, too."""

Context = dg.AssetExecutionContext | dg.AssetCheckExecutionContext


def home() -> Home:
    """Return the home this process works in."""
    return find_home()


def audit_run(context: Context, file: AuditFile) -> "AuditRun":
    """Return the core's view of the running step.

    Raises:
        dagster.Failure: The run is about no window, or about several.
    """
    from audit_pipeline.stages.revision import AuditRun  # noqa: PLC0415 (needs the store)

    windows = file.audit.window.windows
    key = context.run.tags.get(PARTITION_TAG)
    if key is None:
        raise dg.Failure(
            "A run audits one window: choose one partition, or let Dagster make one run each.",
            allow_retries=False,
        )
    again = context.run.tags.get(AGAIN_TAG, "").lower() in {"1", "true", "yes"}
    return AuditRun(
        home=home(),
        file=file,
        window=windows.window(key, clock.now()),
        run_id=context.run.run_id,
        again=again,
    )


def say_which_audit(context: dg.AssetExecutionContext, file: AuditFile) -> None:
    """Tag a run that a click in the UI started, so that the list of runs tells whose it is."""
    if VERDICT_TAG in context.run.tags:  # a re-execution brings that of the run before along
        context.instance.add_run_tags(context.run.run_id, {VERDICT_TAG: "not yet"})
    chosen = {key.path[0] for key in context.run.asset_selection or ()} - {PORTAL}
    if AUDIT_TAG not in context.run.tags and chosen == {file.audit.name}:
        context.instance.add_run_tags(context.run.run_id, {AUDIT_TAG: file.audit.name})


def say_how_it_ended(context: dg.AssetExecutionContext, audit: str, standing: "Standing") -> None:
    """Tell the verdict where an operator looks: a tag in the list of runs, a line in its events.

    A run is green whatever the verdict, unless a stage crashed.
    """
    if standing.verdict is None:
        return
    context.instance.add_run_tags(context.run.run_id, {VERDICT_TAG: standing.verdict})
    told = [f"{audit}, window {standing.window}: {standing.verdict}", *standing.headlines]
    told.append(f"The report: {standing.report}")
    say = context.log.info if standing.verdict == Verdict.PASS else context.log.warning
    say("\n".join(told))
