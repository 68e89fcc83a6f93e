"""A range of windows, back-filled from the UI: one run for each window of each audit chosen."""

import shutil
import time
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import PartitionBackfill
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.backfill import execute_backfill_iteration

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.jobs import assets_of
from audit_pipeline.defs.runs import PARTITION_TAG
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.defs.homes import HOME, small_audit, write_audit

WINDOWS = ["2025-03-29", "2025-03-30", "2025-03-31"]
"""The second has 23 hours in Berlin."""


# Dagster's own backfill still calls what it has deprecated
@pytest.mark.filterwarnings("ignore:Function `AssetSelection.sources`:DeprecationWarning")
def test_a_range_chosen_in_the_ui_is_one_run_for_each_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "audits").mkdir()
    shutil.copy(HOME / "dagster.yaml", tmp_path)
    berlin = {"every": "day", "start": "2025-01-01", "timezone": "Europe/Berlin"}
    for name in ("late", "other"):
        write_audit(tmp_path, small_audit(name, window=berlin))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    # the baseline has no windows: chosen with the others, it gets a run of its own before theirs
    _, *chosen = assets_of(load_audit_file(Home(tmp_path), "late").audit)
    target = ModuleTarget("audit_pipeline.definitions", None, None, "audit_pipeline")
    with (
        dg.DagsterInstance.from_config(str(tmp_path)) as instance,
        create_test_daemon_workspace_context(target, instance) as context,
    ):
        workspace = context.create_request_context()
        backfill = PartitionBackfill.from_asset_partitions(
            backfill_id="from-the-ui",
            asset_graph=workspace.asset_graph,
            partition_names=WINDOWS,
            asset_selection=chosen,
            backfill_timestamp=time.time(),
            tags={},
            dynamic_partitions_store=instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
        instance.add_backfill(backfill)
        for error in execute_backfill_iteration(
            context, dg.get_dagster_logger(), debug_crash_flags={}
        ):
            assert error is None, error
        runs = list(instance.get_runs())

    assert sorted(run.tags[PARTITION_TAG] for run in runs) == WINDOWS
    for run in runs:
        assert {key.path[0] for key in run.asset_selection or ()} == {"late"}
        assert len(run.asset_selection or ()) == len(chosen)
