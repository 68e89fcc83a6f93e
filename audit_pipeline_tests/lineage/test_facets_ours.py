import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

from openlineage.client.serde import Serde

from audit_pipeline.domain.masking import FEWEST
from audit_pipeline.lineage.facets.ours import audit_run_facet, model_facet
from audit_pipeline_tests.lineage.samples import COMPLETE, FACTS, KINDS


def test_each_facet_of_ours_names_the_schema_that_we_publish() -> None:
    published = {
        file.name: json.loads(file.read_text(encoding="utf-8"))
        for file in files("audit_pipeline.lineage").joinpath("schemas").iterdir()
    }

    run, model = Serde.to_dict(audit_run_facet(COMPLETE)), Serde.to_dict(model_facet(FACTS))

    assert published.keys() == {"auditPipeline_run.json", "auditPipeline_model.json"}
    for name, facet in (("auditPipeline_run.json", run), ("auditPipeline_model.json", model)):
        assert published[name]["$id"] == facet["_schemaURL"]
        assert facet.keys() <= published[name]["properties"].keys()
        assert facet.keys() >= set(published[name]["required"])


def test_a_run_tells_which_audit_of_which_window_it_was() -> None:
    facet = audit_run_facet(COMPLETE)

    assert (facet.audit, facet.asset, facet.revision) == ("loans", "drift", 2)
    assert facet.window == {
        "key": "2024-03-01",
        "start": "2024-02-29T23:00:00+00:00",
        "end": "2024-03-01T23:00:00+00:00",
    }
    assert (facet.dagsterRunId, facet.deliveryKey) == ("d1", "k-complete")


def test_a_baseline_is_about_no_window() -> None:
    facet = audit_run_facet(KINDS["a baseline is made"])

    assert (facet.window, facet.revision, facet.dagsterRunId) == (None, None, None)


def test_the_model_and_the_baseline_are_told_by_their_digests() -> None:
    facet = model_facet(FACTS)

    assert facet.model == {"sha256": "ab" * 32, "format": "xgboost_json"}
    assert facet.baseline is not None
    assert (facet.baseline["fingerprint"], facet.baseline["rows"]) == ("cd" * 32, 5000)
    approval: Any = facet.baseline["approval"]
    assert (approval["number"], approval["by"]) == (1, "Ann")


def test_a_baseline_that_nobody_approved_has_no_approval() -> None:
    facet = model_facet(replace(FACTS, baseline={"fingerprint": "ef", "approval": None}))

    assert facet.baseline == {"fingerprint": "ef"}


def test_a_metric_tells_its_number_interval_and_coverage() -> None:
    first = model_facet(FACTS).metrics[0]

    assert first == {
        "asset": "drift",
        "metric": "population_stability_index",
        "subject": "income",
        "verdict": "fail",
        "value": 0.31,
        "interval": {"low": 0.28, "high": 0.34},
        "coverage": {"rows": 1000, "used": 990, "method": "all rows"},
    }


def test_a_number_that_json_does_not_know_is_left_out() -> None:
    (found,) = [m for m in model_facet(FACTS).metrics if m["subject"] == "sex"]

    assert found["verdict"] == "inconclusive"
    assert not {"value", "interval"} & set(found)


def test_what_was_not_obtained_or_is_one_rows_value_has_no_number() -> None:
    metrics = {m["metric"]: m for m in model_facet(FACTS).metrics}

    for name in ("wasserstein_distance", "largest_income"):
        assert set(metrics[name]) == {"asset", "metric", "subject", "verdict"}


def test_few_rows_that_a_number_was_measured_on_are_not_told() -> None:
    metrics = {m["metric"]: m for m in model_facet(FACTS).metrics}

    assert metrics["income_is_plausible"]["coverage"]["rows"] >= FEWEST
    assert metrics["income_is_plausible"]["coverage"].get("used") is None
