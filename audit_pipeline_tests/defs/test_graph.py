"""The whole graph of a home: what an operator finds in the UI, and how fast it loads."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetNode

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.assets import ASSETS
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.jobs import assets_of
from audit_pipeline.defs.partitions import job_name, partitions_of
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.stages.planning import ADDITIVITY
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.defs.homes import (
    EXAMPLE,
    HOME,
    ROOT,
    example_settings,
    small_audit,
    write_audit,
)
from audit_pipeline_tests.defs.processes import environment

NOT_OF_THE_EXAMPLE = {
    *("mean_absolute_error", "r_squared", "root_mean_squared_error", "bias_proportion"),
    "latency_p95",
}
"""Metrics of regressions, and of a column that the example has not."""
HEAVY = (
    *("great_expectations", "shap", "xgboost", "ibis", "duckdb", "pandas", "sqlalchemy", "scipy"),
    "evidently",
)


@pytest.fixture(scope="module")
def example() -> dg.RepositoryDefinition:
    return build_definitions(Home(HOME)).get_repository_def()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "audits").mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return Home(tmp_path)


def made(repository: dg.RepositoryDefinition) -> list[AssetNode]:
    """Return the assets of audits that are made here, and not read only."""
    nodes = repository.asset_graph.asset_nodes
    return [node for node in nodes if not node.is_external and node.group_name != "portal"]


def test_an_audit_has_eleven_assets_and_the_drilldown_in_five_groups_of_its_name(
    example: dg.RepositoryDefinition,
) -> None:
    groups: dict[str, set[str]] = {}
    for node in made(example):
        groups.setdefault(str(node.group_name), set()).add(node.key.path[-1])

    assert groups == {
        f"{EXAMPLE}_ingest": {"baseline", "snapshot"},
        f"{EXAMPLE}_validate": {"rule_results"},
        f"{EXAMPLE}_drift": {"profile", "drift", "performance", "fairness"},
        f"{EXAMPLE}_explain": {"explanations"},
        f"{EXAMPLE}_report": {"verdicts", "report", "evidence", "drilldown"},
    }
    assert {node.key.path[0] for node in made(example)} == {EXAMPLE}


def test_everything_ends_in_the_verdicts_and_these_in_the_evidence(
    example: dg.RepositoryDefinition,
) -> None:
    graph = example.asset_graph
    evidence = dg.AssetKey([EXAMPLE, "evidence"])

    above = {key.path[-1] for key in graph.get_ancestor_asset_keys(evidence)}
    read = {node.key.path[-1] for node in graph.asset_nodes if node.is_external}

    assert above | {"evidence"} == set(ASSETS) | read
    assert len(read) == 3  # two tables and the model


def test_there_is_one_check_per_metric_and_rule_and_one_for_crashes(
    example: dg.RepositoryDefinition,
) -> None:
    rules = load_audit_file(Home(HOME), EXAMPLE).audit.named_rules
    names = [key.name for key in example.asset_graph.asset_check_keys]

    expected = set(METRICS) - NOT_OF_THE_EXAMPLE | {rule.name for rule in rules}
    assert set(names) == expected | {ADDITIVITY.name, "nothing_crashed"}
    assert len(names) == len(set(names))


def test_no_check_blocks_and_each_says_what_it_asks(example: dg.RepositoryDefinition) -> None:
    graph = example.asset_graph
    for key in graph.asset_check_keys:
        spec = graph.get_check_spec(key)

        assert not spec.blocking
        assert spec.description


def test_each_asset_says_what_it_is_whose_and_of_what_kind(
    example: dg.RepositoryDefinition,
) -> None:
    for node in made(example):
        assert node.description
        assert node.owners == ["team:audit_pipeline_maintainers"]
        assert len(node.kinds) == 1
        assert node.tags["audit"] == EXAMPLE
        assert node.tags["risk"] == "medium"


def test_schedule_and_sensors_are_on_without_a_click(example: dg.RepositoryDefinition) -> None:
    (schedule,), sensors = example.schedule_defs, example.sensor_defs

    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    names = {"unfinished_audits", "arrivals", "catch_up", "deadlines", "lineage_shipper"}
    names |= {"alerts", "site_writer", "left_running", "old_records"}
    assert {sensor.name for sensor in sensors} == names
    assert {sensor.default_status for sensor in sensors} == {dg.DefaultSensorStatus.RUNNING}


def test_audits_of_the_same_windows_share_a_job_and_others_do_not(home: Home) -> None:
    hourly = {"every": "hour", "start": "2026-01-01", "timezone": "Etc/GMT+5"}
    later = hourly | {"start": "2026-01-01 00:30:00"}
    write_audit(home.path, small_audit("one", window=hourly))
    write_audit(home.path, small_audit("two", window=hourly))
    write_audit(home.path, small_audit("later", window=later))
    write_audit(home.path, small_audit("east", window=hourly | {"timezone": "Etc/GMT-5"}))

    names = {n: job_name(load_audit_file(home, n).audit) for n in ("one", "two", "later", "east")}

    assert names["one"] == names["two"] == "hourly_audits_etc_gmtplus5_from_2026_01_01"
    assert len(set(names.values())) == 3
    jobs = {job.name for job in build_definitions(home).get_repository_def().get_all_jobs()}
    assert set(names.values()) <= jobs


def test_a_broken_audit_file_is_shown_and_leaves_the_others(home: Home) -> None:
    write_audit(home.path, small_audit("good"))
    write_audit(home.path, small_audit("wrong", risk="enormous", surprise=1))
    (home.audits / "no-yaml.yaml").write_text("format: [", encoding="utf-8")

    graph = build_definitions(home).get_repository_def().asset_graph
    broken = {n.key.path[-1]: n for n in graph.asset_nodes if n.group_name == "broken"}

    assert set(broken) == {"wrong", "no_yaml"}
    said = str(broken["wrong"].description)
    assert "wrong.yaml:5" in said
    assert "unknown key 'surprise'" in said
    assert dg.AssetKey(["good", "evidence"]) in graph.get_all_asset_keys()
    assert len(build_definitions(home).get_repository_def().schedule_defs) == 1


def test_a_home_without_a_folder_of_audits_says_so_instead_of_showing_nothing(home: Home) -> None:
    home.audits.rmdir()

    (told,) = build_definitions(home).get_repository_def().asset_graph.asset_nodes

    assert told.group_name == "broken"
    assert "AUDIT_PIPELINE_AUDITS" in str(told.description)


def test_a_home_without_audits_loads_and_so_does_one_whose_audits_are_elsewhere(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not build_definitions().get_repository_def().asset_graph.get_all_asset_keys()

    monkeypatch.setenv("AUDIT_PIPELINE_AUDITS", str(HOME / "audits"))
    elsewhere = build_definitions().get_repository_def().asset_graph
    assert dg.AssetKey([EXAMPLE, "evidence"]) in elsewhere.get_all_asset_keys()

    monkeypatch.setenv("AUDIT_PIPELINE_AUDITS", str(tmp_path / "nowhere"))
    (told,) = build_definitions().get_repository_def().asset_graph.asset_nodes
    assert "AUDIT_PIPELINE_AUDITS" in str(told.description)


ZONES = [
    ("hour", "America/New_York"),
    ("day", "Europe/Berlin"),
    ("day", "America/Santiago"),  # its clocks change at midnight, which one day does not have
    ("week", "America/New_York"),
    ("month", "Europe/London"),
    ("year", "Asia/Kathmandu"),
]


@pytest.mark.parametrize(("every", "zone"), ZONES)
def test_dagster_and_the_core_agree_on_windows_across_clock_changes(
    home: Home, every: str, zone: str
) -> None:
    start = "2024-01-01" if every in {"month", "year"} else "2025-08-25"
    window = {"every": every, "start": start, "end": "2026-06-01", "timezone": zone}
    write_audit(home.path, small_audit("moving", window=window))
    audit = load_audit_file(home, "moving").audit
    windows = audit.window.windows

    keys = list(partitions_of(audit).get_partition_keys())
    ended = list(windows.ended(datetime(2026, 7, 1, tzinfo=UTC)))[::-1]

    assert keys == [window.key for window in ended]
    for key, expected in zip(keys, ended, strict=True):
        theirs = partitions_of(audit).time_window_for_partition_key(key)
        assert windows.window(key, datetime(2026, 7, 1, tzinfo=UTC)) == expected
        assert theirs.start.timestamp() == expected.start.timestamp()
        assert theirs.end.timestamp() == expected.end.timestamp()


def test_fifty_audits_load_in_a_few_seconds(home: Home) -> None:
    settings = example_settings()
    for number in range(50):
        write_audit(home.path, settings | {"name": f"audit_{number:02}"})

    begun = time.perf_counter()
    repository = build_definitions(home).get_repository_def()
    seconds = time.perf_counter() - begun

    print(f"50 audits loaded in {seconds:.1f} s")  # noqa: T201 (a number to look at, no limit)
    assert len(repository.schedule_defs) == 50
    assert len(repository.get_all_jobs()) == 3  # theirs, the example's training, the implicit one
    assert len(made(repository)) == 50 * (len(ASSETS) + 1)
    assert seconds < 60


def test_loading_brings_in_nothing_heavy() -> None:
    code = (
        "import sys, audit_pipeline.definitions as d; d.defs.get_repository_def();"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(Home(HOME)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"


def test_the_jobs_of_the_example_hold_its_assets(example: dg.RepositoryDefinition) -> None:
    audit = load_audit_file(Home(HOME), EXAMPLE).audit
    job = example.get_job(job_name(audit))

    assert job.asset_layer.executable_asset_keys == set(assets_of(audit))
