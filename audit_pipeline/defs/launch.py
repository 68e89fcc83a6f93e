"""Run audits in this process, on the home's Dagster instance, so that the UI shows them.

Run as `python -m audit_pipeline.defs.launch` by the command line, which watches over it: a process
that is killed here leaves its audit to a second one that writes the report, with gaps.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from audit_pipeline import clock
from audit_pipeline.audits.home import Home, HomeError, find_home, keep_quiet, use_home
from audit_pipeline.audits.reader import AuditFile, AuditFileError
from audit_pipeline.domain.window import WindowError
from audit_pipeline.stages import work
from audit_pipeline.stages.progress import tell
from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file
from audit_pipeline.store.file_lock import alone

if TYPE_CHECKING:
    from dagster import DagsterInstance

USAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What to run: windows of one audit, each with the id its run is to have.

    `finish` only writes what a killed run left unwritten.
    """

    audit: str
    windows: Mapping[str, str]
    again: bool = False
    finish: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments name; return an exit code. Problems are told on the progress pipe."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--audit", required=True)
    parser.add_argument("--window", action="append", required=True)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--finish", action="store_true")
    given = parser.parse_args(arguments)
    keep_quiet()
    try:
        home = find_home(given.home)
        use_home(home)
        file = load_audit_file(home, given.audit)
        now, all_windows = clock.now(), file.audit.window.windows
        windows = [all_windows.window(key, now) for key in given.window]
    except (HomeError, UnknownAuditError, AuditFileError, WindowError) as error:
        tell("refused", why=str(error))
        return USAGE
    run_ids = [str(uuid4()) for _ in windows]
    if not given.finish:
        work.warm_up(model=file.audit.model is not None)
        work.begin_snapshot(home, file, windows[0], run_ids[0])
    launch = Launch(
        audit=given.audit,
        windows=dict(zip(given.window, run_ids, strict=True)),
        again=given.again,
        finish=given.finish,
    )
    return run(file, launch)


def run(file: AuditFile, launch: Launch) -> int:
    """Run an audit's windows one after the other, telling of each; return 0, or 1 for a red run."""
    import dagster as dg  # noqa: PLC0415 (a second; the processes above import meanwhile)

    from audit_pipeline.defs.assets import ASSETS  # noqa: PLC0415
    from audit_pipeline.defs.build import build_definitions  # noqa: PLC0415
    from audit_pipeline.defs.partitions import job_name  # noqa: PLC0415
    from audit_pipeline.defs.recovery import FINISH  # noqa: PLC0415

    home = find_home()
    if not launch.finish:  # not before: three processes importing on two cores delay each other
        work.warm_up(rules=bool(file.audit.rules))
    job = build_definitions(home).resolve_job_def(job_name(file.audit))
    names = FINISH if launch.finish else ASSETS
    green = True
    with _instance(home) as instance:
        for window, run_id in launch.windows.items():
            tell("window", window=window)
            try:
                result = job.execute_in_process(
                    instance=instance,
                    partition_key=window,
                    run_id=run_id,
                    asset_selection=[dg.AssetKey([launch.audit, name]) for name in names],
                    raise_on_error=False,
                    tags=_tags(launch),
                    run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                )
            except BaseException:  # Ctrl-C: give the window back, so that the next run has it
                work.release(home, launch.audit, window)
                raise
            green = green and result.success
            found = work.standing(home, file, window, result.run_id)
            tell("result", **asdict(found), red=not result.success)
    return 0 if green else 1


def _instance(home: Home) -> "DagsterInstance":
    """Return the home's Dagster instance, its tables made: two first runs would both make them."""
    from dagster import DagsterInstance  # noqa: PLC0415

    with alone(home.path / ".lock"):
        instance = DagsterInstance.get()
        instance.get_runs_count()
    return instance


def _tags(launch: Launch) -> dict[str, str]:
    from audit_pipeline.defs.run_process import process_tags  # noqa: PLC0415
    from audit_pipeline.defs.runs import AGAIN_TAG, AUDIT_TAG, STARTED_TAG  # noqa: PLC0415

    tags = {AUDIT_TAG: launch.audit, STARTED_TAG: "command_line"} | process_tags()
    return tags | ({AGAIN_TAG: "true"} if launch.again else {})


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # all is sealed and synced; taking the interpreter apart costs a second
