from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openlineage.client.serde import Serde

from audit_pipeline.lineage.facets.jobs import job_facets
from audit_pipeline.lineage.facets.runs import run_facets
from audit_pipeline.lineage.told import Job, Run, Told, Transition
from audit_pipeline_tests.lineage.samples import (
    COMPLETE,
    FACTS,
    JOB,
    KINDS,
    OURS,
    OUTCOMES,
    ROOT,
    ROOT_JOB,
    START,
)


def of_run(told: Told) -> dict[str, Any]:
    """Return the facets of a run as JSON has them, without what all facets carry."""
    return plain(run_facets(told))


def plain(facets: Mapping[str, object]) -> dict[str, Any]:
    """Return facets as JSON has them, without what all of them carry."""
    found = {key: Serde.to_dict(facet) for key, facet in facets.items()}
    for facet in found.values():
        assert facet.pop("_producer").startswith("urn:audit-pipeline:")
        assert facet.pop("_schemaURL")
    return found


def test_a_stage_names_the_whole_audit_as_its_parent_and_its_root() -> None:
    whole = {"run": {"runId": ROOT}, "job": {"namespace": OURS, "name": "loans"}}

    assert of_run(START)["parent"] == {**whole, "root": whole}


def test_the_whole_audit_has_no_parent() -> None:
    assert "parent" not in of_run(KINDS["an audit begins"])


def test_a_run_is_nominally_that_of_its_window() -> None:
    assert of_run(START)["nominalTime"] == {
        "nominalStartTime": "2024-02-29T23:00:00+00:00",
        "nominalEndTime": "2024-03-01T23:00:00+00:00",
    }
    assert "nominalTime" not in of_run(KINDS["a baseline is made"])


def test_a_run_says_where_rows_were_measured_or_else_what_runs() -> None:
    engine = of_run(START)["processing_engine"]
    unknown = of_run(KINDS["a baseline is made"])["processing_engine"]

    assert (engine["name"], engine["version"]) == ("duckdb", "2.0.0")
    assert unknown["name"] == "audit-pipeline"
    assert unknown["version"].count(".") == 2


def test_an_engine_of_unknown_version_says_so() -> None:
    run = Run(id=ROOT, root=ROOT, root_job="loans", dagster_run="", engine="duckdb")

    assert of_run(replace(START, run=run))["processing_engine"]["version"] == "unknown"


def test_tags_say_which_audit_window_and_verdict() -> None:
    tags = of_run(replace(COMPLETE, model=FACTS))["tags"]["tags"]

    assert {tag["key"]: tag["value"] for tag in tags} == {
        "audit": "loans",
        "window": "2024-03-01",
        "verdict": "fail",
    }


def test_an_error_is_told_in_words_that_fit_and_without_a_trace() -> None:
    failed = replace(START, transition=Transition.FAIL)

    assert of_run(replace(failed, error="no column"))["errorMessage"] == {
        "message": "no column",
        "programmingLanguage": "PYTHON",
    }
    assert of_run(failed)["errorMessage"]["message"] == "no reason was given"
    assert len(of_run(replace(failed, error="x" * 9999))["errorMessage"]["message"]) == 2000
    assert "errorMessage" not in of_run(COMPLETE)


def test_every_check_of_a_run_is_a_test_of_it() -> None:
    tests = of_run(COMPLETE)["test"]["tests"]

    assert [test["params"]["verdict"] for test in tests] == [o.verdict.value for o in OUTCOMES]
    assert "test" not in of_run(START)


def test_a_job_says_what_it_is_who_answers_for_it_and_where_it_is_written_down() -> None:
    facets = plain(job_facets(JOB))

    assert facets["documentation"]["description"] == "Measures how far columns moved."
    assert facets["ownership"]["owners"] == [{"name": "team:credit", "type": "OWNER"}]
    assert [(tag["key"], tag["value"]) for tag in facets["tags"]["tags"]] == [("risk", "high")]
    assert facets["sourceCodeLocation"] == {
        "type": "git",
        "url": "https://git.example/bank/audits/blob/ab12/audits/loans.yaml",
        "repoUrl": "https://git.example/bank/audits",
        "path": "audits/loans.yaml",
        "version": "ab12",
        "branch": "main",
    }


def test_a_job_is_a_whole_audit_or_a_part_of_one() -> None:
    whole, stage = plain(job_facets(ROOT_JOB))["jobType"], plain(job_facets(JOB))["jobType"]

    assert (whole["processingType"], whole["jobType"]) == ("BATCH", "DAG")
    assert (stage["processingType"], stage["jobType"]) == ("BATCH", "TASK")


def test_what_is_not_known_of_a_job_is_not_told() -> None:
    assert plain(job_facets(Job(namespace=OURS, name="loans"))).keys() == {"jobType"}
