"""The site in Dagster: an asset outside the nights, made anew by a sensor that is on."""

import json
from datetime import UTC, datetime
from functools import partial

import dagster as dg
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline_tests.defs import ticks
from audit_pipeline_tests.defs.homes import small_audit, write_audit

tick = partial(ticks.tick, "site_writer")


@pytest.fixture
def home(home: Home) -> Home:
    write_audit(home.path, small_audit("late"))
    return home


def test_a_tick_makes_the_site_and_says_so_of_the_asset(home: Home) -> None:
    first = tick(home)
    (event,) = first.asset_events

    assert (home.evidence / "index.html").is_file()
    assert first.skip_message == "the site was made"
    assert event.asset_key == dg.AssetKey(["site"])
    assert first.run_requests == []
    assert tick(home, cursor=first.cursor).asset_events == []


def test_what_is_new_waits_for_a_while_where_making_the_site_takes_long(home: Home) -> None:
    mark, _ = json.loads(tick(home).cursor or "")
    (home.audits / "broken.yaml").write_text("format: 1")
    now = datetime.now(UTC).timestamp()

    waits = tick(home, cursor=json.dumps((mark, now + 60)))
    assert "it waits for more" in str(waits.skip_message)
    assert "broken.yaml" not in (home.evidence / "index.html").read_text()
    assert tick(home, cursor=json.dumps((mark, now - 1))).asset_events
    assert "broken.yaml" in (home.evidence / "index.html").read_text()


def test_a_store_that_is_away_is_said_and_tried_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", "sqlite:////nowhere/at/all.db")

    assert "the site was not made" in str(tick(home).skip_message)


def test_the_asset_is_in_no_job_of_the_nights_and_can_be_made_by_hand(home: Home) -> None:
    repository = build_definitions(home).get_repository_def()
    key = dg.AssetKey(["site"])
    nightly = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]

    assert repository.asset_graph.get(key).group_name == "portal"
    assert not [job.name for job in nightly if key in job.asset_layer.executable_asset_keys]
    site = repository.assets_defs_by_key[key]
    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([site], instance=instance).success
    assert (home.evidence / "findings.html").is_file()
