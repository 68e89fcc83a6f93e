"""What a run's colour means, and what it leaves in the UI."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.jobs import assets_of
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.defs.runs import AGAIN_TAG
from audit_pipeline.stages import drift
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.defs.homes import small_audit, write_audit

HOURS = {"every": "hour", "start": "2025-11-02", "timezone": "America/New_York"}
FIRST_ONE_O_CLOCK, SECOND_ONE_O_CLOCK = "2025-11-02T01-0400", "2025-11-02T01-0500"
ROWS = 600


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Make a home with an audit of an autumn night in New York, which has its one o'clock twice."""
    home = Home(tmp_path)
    home.audits.mkdir()
    night = datetime(2025, 11, 2, 4, tzinfo=UTC)  # midnight there
    write_rows(home.audits / "current.parquet", [night + timedelta(hours=h) for h in range(4)])
    write_rows(home.audits / "baseline.parquet", [night - timedelta(days=9)])
    write_audit(tmp_path, small_audit("late", window=HOURS))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return home


def write_rows(path: Path, hours: list[datetime], weight: float = 1.0) -> None:
    """Write 600 deliveries for each hour, ten a minute, every third of them late."""
    at = [hour + timedelta(seconds=6 * n) for hour in hours for n in range(ROWS)]
    table = {
        "id": list(range(len(at))),
        "at": pa.array(at, pa.timestamp("us", "UTC")),
        "weight": [weight * (n % 97) for n in range(len(at))],
        "late": [int(n % 3 == 0) for n in range(len(at))],
    }
    pq.write_table(pa.table(table), path)


def run(home: Home, window: str, **tags: str) -> dg.ExecuteInProcessResult:
    audit = load_audit_file(home, "late").audit
    job = build_definitions(home).resolve_job_def(job_name(audit))
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            instance=instance,
            partition_key=window,
            asset_selection=assets_of(audit),
            raise_on_error=False,
            tags=tags,
        )


def shown(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    """Return what the UI shows of an asset, by name."""
    (event,) = [
        event.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(["late", asset])
    ]
    return {name: value.value for name, value in event.metadata.items()}


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {each.check_name: each for each in result.get_asset_check_evaluations()}


def test_both_one_o_clocks_of_an_autumn_night_can_be_audited_each_with_its_own_rows(
    home: Home,
) -> None:
    for window in (FIRST_ONE_O_CLOCK, SECOND_ONE_O_CLOCK):
        result = run(home, window)

        assert result.success
        assert shown(result, "snapshot")["dagster/row_count"] == ROWS
        assert Path(shown(result, "evidence")["report"]).is_file()


def test_a_failure_is_a_failed_check_on_a_green_run(home: Home) -> None:
    write_rows(home.audits / "current.parquet", [datetime(2025, 11, 2, 4, tzinfo=UTC)], weight=9)

    result = run(home, "2025-11-02T00-0400")

    assert result.success
    moved = checks(result)["population_stability_index"]
    assert not moved.passed
    assert moved.severity is dg.AssetCheckSeverity.ERROR
    assert moved.metadata["verdict"].value == "fail"
    assert moved.metadata["window"].value == "2025-11-02T00-0400"
    table = moved.metadata["subjects"]
    assert isinstance(table, dg.TableMetadataValue)
    assert [row.data["subject"] for row in table.records] == ["weight", "late"]  # worst first
    assert checks(result)["nothing_crashed"].passed
    assert shown(result, "evidence")["verdict"] == "fail"
    assert "of weight" in shown(result, "evidence")["because"]


def test_a_crash_is_a_red_run_whose_report_is_written_all_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("the disk has a hole")

    monkeypatch.setattr(drift, "profile_table", crash)
    result = run(home, FIRST_ONE_O_CLOCK)

    assert not result.success
    assert not checks(result)["population_stability_index"].passed
    assert checks(result)["population_stability_index"].metadata["verdict"].value == "gap"
    assert shown(result, "profile")["status"] == "crashed"
    assert shown(result, "evidence")["verdict"] == "gap"
    assert Path(shown(result, "evidence")["report"]).is_file()
    (red,) = result.get_step_failure_events()
    assert "nothing_crashed" in str(red.step_key)

    monkeypatch.undo()
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))
    assert run(home, FIRST_ONE_O_CLOCK).success  # mended, the same window is audited after all
    assert [s.complete for s in open_store(home.store_url).sealed("late")] == [False, True]


def test_a_window_that_is_audited_already_is_left_alone_by_a_green_run(home: Home) -> None:
    run(home, FIRST_ONE_O_CLOCK)
    second = run(home, FIRST_ONE_O_CLOCK)

    assert second.success
    assert "already audited as revision 1" in shown(second, "snapshot")["note"]
    assert shown(second, "evidence")["verdict"] == "pass"  # what stands is shown
    assert len(open_store(home.store_url).sealed("late")) == 1


def test_a_tag_on_the_run_audits_anew_what_was_audited_already(home: Home) -> None:
    run(home, FIRST_ONE_O_CLOCK)
    again = run(home, FIRST_ONE_O_CLOCK, **{AGAIN_TAG: "true"})

    assert again.success
    assert [s.revision for s in open_store(home.store_url).sealed("late")] == [1, 2]


def test_a_run_of_no_single_window_is_told_to_choose_one(home: Home) -> None:
    job = build_definitions(home).resolve_job_def(job_name(load_audit_file(home, "late").audit))
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            asset_selection=[dg.AssetKey(["late", "snapshot"])],
            tags={
                "dagster/asset_partition_range_start": FIRST_ONE_O_CLOCK,
                "dagster/asset_partition_range_end": SECOND_ONE_O_CLOCK,
            },
        )

    assert not result.success
    (failed,) = result.get_step_failure_events()
    assert "choose one partition" in str(failed.step_failure_data.error_display_string)
