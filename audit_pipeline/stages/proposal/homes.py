"""A home folder where there is none yet."""

from pathlib import Path

from audit_pipeline.audits.home import Home

DAGSTER = """\
# The embedded instance: everything in this folder, in SQLite.
telemetry: {enabled: false}
nux: {enabled: false}
storage: {sqlite: {base_dir: {env: DAGSTER_HOME}}}
concurrency: {runs: {max_concurrent_runs: 2}}
run_queue: {dequeue_interval_seconds: 2}
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  cancel_timeout_seconds: 120
  max_runtime_seconds: 14400 # a run left STARTED by a power cut ends here, at the latest
  poll_interval_seconds: 30
  max_resume_run_attempts: 0
sensors: {use_threads: true, num_workers: 4}
run_retries: {enabled: true, max_retries: 0, retry_on_asset_or_op_failure: false}
retention:
  schedule: {purge_after_days: {skipped: 7, success: 90, failure: 90, started: 90}}
  sensor: {purge_after_days: {skipped: 2, success: 90, failure: 90, started: 90}}
  auto_materialize: {purge_after_days: {skipped: 7, success: 90, failure: 90, started: 90}}
"""
IGNORE = """\
# rows of people and what runs write: not for a repository
*
!.gitignore
!dagster.yaml
!audits/
!audits/*.yaml
"""


def make_home(path: Path) -> Home:
    """Return a new home at `path`, with what Dagster needs; what is there already stays."""
    home = Home(path.absolute())
    home.audits.mkdir(parents=True, exist_ok=True)
    for name, text in (("dagster.yaml", DAGSTER), (".gitignore", IGNORE)):
        if not (home.path / name).exists():
            (home.path / name).write_text(text, encoding="utf-8")
    return home
