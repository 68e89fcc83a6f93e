"""The drill-down in Dagster: drawn when it is chosen alone, and passed by otherwise."""

from pathlib import Path

import dagster as dg
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.drilldown import NAME as DRILLDOWN
from audit_pipeline.defs.jobs import assets_of
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.stages.small import FEBRUARY, JANUARY, NAME, audit, write_home

KEY = dg.AssetKey([NAME, DRILLDOWN])


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = write_home(tmp_path_factory.mktemp("defs_drilldown"))
    audit(home, JANUARY)
    return home


@pytest.fixture
def home(audited: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DAGSTER_HOME", str(audited.path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return audited


def materialize(
    home: Home, window: str, *keys: dg.AssetKey, tags: dict[str, str] | None = None
) -> dg.ExecuteInProcessResult:
    """Run what a click on "Materialize" runs: the implicit job, for the chosen assets."""
    job = build_definitions(home).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            instance=instance,
            partition_key=window,
            asset_selection=keys,
            raise_on_error=False,
            tags=tags,
        )


def page(home: Home) -> Path:
    return home.private / NAME / "drilldown" / JANUARY / "revision-1.html"


def test_it_is_in_the_graph_and_in_no_job_of_the_nights(home: Home) -> None:
    repository = build_definitions(home).get_repository_def()
    of_audit = load_audit_file(home, NAME).audit
    node = repository.asset_graph.get(KEY)

    assert node.group_name == f"{NAME}_report"
    assert node.kinds == {"evidently"}
    assert {key.path[-1] for key in node.parent_keys} == {"evidence"}
    assert node.partitions_def == repository.asset_graph.get(assets_of(of_audit)[-1]).partitions_def
    nightly = repository.get_job(job_name(of_audit)).asset_layer
    assert KEY not in assets_of(of_audit)
    assert nightly.executable_asset_keys == set(assets_of(of_audit))
    asked = {key.asset_key for key in nightly.asset_graph.asset_check_keys}
    assert dg.AssetKey([NAME, "drift"]) in asked  # the checks of its assets came along


def test_chosen_together_with_the_audit_it_is_passed_by(home: Home) -> None:
    evidence = dg.AssetKey([NAME, "evidence"])

    result = materialize(home, JANUARY, evidence, KEY)

    assert result.success
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    assert made == {evidence}
    assert not page(home).exists()


def test_a_back_fill_of_the_whole_audit_does_not_fail_for_what_was_passed_by(home: Home) -> None:
    tags = {"dagster/backfill": "all of January"}
    result = materialize(home, JANUARY, dg.AssetKey([NAME, "evidence"]), KEY, tags=tags)

    made = {e.asset_key: e.materialization for e in result.get_asset_materialization_events()}
    assert "Not drawn" in str(made[KEY].metadata["note"].value)
    assert not page(home).exists()


def test_chosen_alone_it_is_drawn_and_says_where_and_of_what(home: Home) -> None:
    result = materialize(home, JANUARY, KEY)

    assert result.success
    (event,) = result.get_asset_materialization_events()
    shown = {name: value.value for name, value in event.materialization.metadata.items()}
    assert shown["page"] == str(page(home))
    assert page(home).exists()
    assert shown["sampled of the window"] == "all 1,500 rows"
    assert shown["sampled of the baseline"] == "all 1,500 rows"
    assert shown["revision"] == 1
    assert str(shown["verdict"]).endswith("and not by this page")


def test_a_window_that_is_not_audited_fails_with_the_reason(home: Home) -> None:
    result = materialize(home, FEBRUARY, KEY)

    assert not result.success
    (failure,) = result.get_step_failure_events()
    error = failure.step_failure_data.error
    assert error is not None
    assert "window '2024-02' of 'loans' was not audited" in str(error.to_string())
