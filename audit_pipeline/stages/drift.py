"""The drift stage: one profile of the window, and every metric that is read from it."""

from audit_pipeline.engines.base import Engine, IbisTable
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.boundary import Ran, Stage, run_stage
from audit_pipeline.stages.lacking import Evidence
from audit_pipeline.stages.measuring import crashed, measure_asset
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.planning import plan_of
from audit_pipeline.stages.revision import AuditRun, Revision, save_profile
from audit_pipeline.stages.rows import on_rows, place_of_window


def make_profile(run: AuditRun) -> Ran:
    """Count the snapshot once: the only pass over its rows that metrics need."""

    def work(revision: Revision, stage: Stage) -> None:
        if revision.snapshot() is None:
            raise MissingError(_why(revision, "snapshot"))
        baseline = revision.baseline_profile()

        def count(rows: IbisTable, engine: Engine) -> Profile:
            plan = plan_columns(rows, run.audit) if baseline is None else plan_of(baseline)
            return profile_table(rows, run.audit, plan, engine.name)

        profile = on_rows(place_of_window(run, revision), count)
        save_profile(revision.path, profile)
        stage.facts |= {"rows": profile.rows, "columns": len(profile.columns)}
        stage.facts["not counted"] = dict(profile.unreadable)

    return run_stage(run, "profile", work)


def measure(run: AuditRun, asset: str) -> Ran:
    """Measure and judge the metrics of one asset: `drift`, `performance` or `fairness`."""

    def work(revision: Revision, stage: Stage) -> None:
        stage.outcomes += measure_asset(evidence_of(run, revision), asset)
        stage.crashes += crashed(stage.outcomes)
        stage.facts["checks"] = len(stage.outcomes)

    return run_stage(run, asset, work)


def evidence_of(run: AuditRun, revision: Revision) -> Evidence:
    """Return what the metrics of a revision are read from."""
    return Evidence(
        audit=run.audit,
        snapshot=revision.snapshot(),
        baseline=revision.baseline_profile(),
        current=revision.profile(),
        absent=_why(revision, "profile"),
        no_baseline=_why(revision, "baseline"),
    )


def _why(revision: Revision, asset: str) -> str:
    """Return why an asset's file is not there."""
    result = revision.result(asset)
    if result is not None and result.record.reason:
        return result.record.reason
    folder = revision.baseline_folder() if asset == "baseline" else None
    if folder is not None:
        return f"it was kept at {folder}, which is gone or cannot be read; audit the window again"
    return f"there is no {asset}"
