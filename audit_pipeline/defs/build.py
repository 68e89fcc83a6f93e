"""Every audit of the home as Dagster definitions; a broken file does not take the others down."""

import dagster as dg

from audit_pipeline.audits.home import AUDITS, Home, HomeError, find_home
from audit_pipeline.defs.alerts import alert_sensors
from audit_pipeline.defs.arrivals import arrival_sensors
from audit_pipeline.defs.assets import audit_assets, nothing_crashed
from audit_pipeline.defs.catching_up import catch_up_sensors
from audit_pipeline.defs.deadlines import deadline_sensors
from audit_pipeline.defs.jobs import schedule_of, shared_jobs
from audit_pipeline.defs.left_running import left_running_sensors
from audit_pipeline.defs.lineage import lineage_sensors
from audit_pipeline.defs.old_records import old_records_sensors
from audit_pipeline.defs.places import place_assets
from audit_pipeline.defs.recovery import recovery_sensors
from audit_pipeline.defs.site import site_asset, site_sensor
from audit_pipeline.defs.training import train
from audit_pipeline.stages.lineage.outside import outside_of
from audit_pipeline.stages.vocabulary import load_audit_files


def build_definitions(home: Home | None = None) -> dg.Definitions:
    """Return assets, jobs, schedules and sensors of all audits of a home."""
    try:
        home = home or find_home()
    except HomeError as error:
        return dg.Definitions(assets=[_broken("home", str(error))])
    if not home.audits.is_dir():
        why = f"no folder of audits at {home.audits}: make it, or name another with {AUDITS}"
        return dg.Definitions(assets=[_broken("home", why)])
    found = load_audit_files(home)
    files = found.usable
    broken = [_broken(error.path.stem, str(error)) for error in found.broken]
    jobs = shared_jobs(files)
    outside = [outside_of(file.audit) for file in files]
    assets = [a for file, of in zip(files, outside, strict=True) for a in audit_assets(file, of)]
    return dg.Definitions(
        assets=[*assets, *place_assets(outside), *broken, *([site_asset()] if files else [])],
        asset_checks=[nothing_crashed(file) for file in files],
        jobs=[*jobs, train],
        schedules=[schedule_of(file) for file in files],
        sensors=[
            *left_running_sensors(files),
            *recovery_sensors(files, jobs),
            *arrival_sensors(files, jobs),
            *catch_up_sensors(files, jobs),
            *deadline_sensors(files),
            *lineage_sensors(files),
            *alert_sensors(files),
            *old_records_sensors(files),
            *([site_sensor()] if files else []),
        ],
        executor=dg.in_process_executor,
    )


def _broken(name: str, error: str) -> dg.AssetsDefinition:
    """Return a placeholder that carries the error of an audit file that cannot be read."""
    safe = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)

    @dg.asset(
        key=["broken", safe],
        group_name="broken",
        description=f"This audit file cannot be used:\n\n```\n{error}\n```",
        metadata={"error": dg.MetadataValue.md(f"```\n{error}\n```")},
    )
    def placeholder() -> None:
        raise dg.Failure(description=error)

    return placeholder
