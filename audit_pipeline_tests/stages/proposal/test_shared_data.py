"""Six real data sets, each from one command of few flags to an audit that passes `check`."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import audit_pipeline
from audit_pipeline.audits.home import Home
from audit_pipeline.models.shared_child import close_shared_child
from audit_pipeline.stages.checking import examine
from audit_pipeline_tests.stages.proposal.proposing import proposed
from audit_pipeline_tests.stages.small import audit

SHARED = Path(audit_pipeline.__path__[0]).parents[1] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="../shared/data is absent, where the published data sets are"
)
LOANS = SHARED / "nannyml_car_loan"
TAXI = SHARED / "gx_taxi"
SETS: dict[str, tuple[Path, dict[str, Any]]] = {
    "compas": (
        SHARED / "compas" / "compas-scores-two-years.csv",
        {"prediction": "score_text", "target": "two_year_recid"},
    ),
    "bank": (
        SHARED / "fairness_survey" / "bank.csv",
        {"as_of": date(2022, 1, 1), "yes": True},
    ),
    "bikes": (SHARED / "bike_sharing" / "day.csv", {"target": "cnt"}),
    "taxi": (
        TAXI / "yellow_tripdata_sample_2019-02.csv.gz",
        {"baseline": str(TAXI / "yellow_tripdata_sample_2019-01.csv.gz"), "every": "month"},
    ),
    "titanic": (
        SHARED / "gx_titanic" / "Titanic.csv",
        {"as_of": date(1912, 4, 15), "yes": True},
    ),
    "car_loan": (
        LOANS / "car_loan_analysis.parquet",
        {
            "baseline": str(LOANS / "car_loan_reference.parquet"),
            "labels": str(LOANS / "car_loan_analysis_target.parquet"),
        },
    ),
}
Made = dict[str, tuple[dict[str, Any], Home]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Return each set's proposed audit and home, made when it is first asked for."""
    homes: Made = {}
    for name, (data, wishes) in SETS.items():
        said, _, home = proposed(tmp_path_factory.mktemp(name), data, **wishes)
        homes[name] = said, home
    yield homes
    close_shared_child()


@pytest.mark.parametrize("name", SETS)
def test_one_command_makes_an_audit_that_passes_check(made: Made, name: str) -> None:
    _, home = made[name]
    found = examine(home, "loans")
    assert found.problems == []
    assert any(said.startswith("the newest window") for said in found.facts)


def test_what_the_columns_mean_is_found_out(made: Made) -> None:
    columns = {name: said["columns"] for name, (said, _) in made.items()}
    assert columns["compas"]["prediction"] == {"label": "score_text_class", "score": None}
    assert columns["compas"]["timestamp"] == "compas_screening_date"
    assert {"sex", "race"} <= set(columns["compas"]["groups"])
    assert columns["bank"]["target"] == {"column": "y_true", "positive": 1}
    assert columns["bank"]["prediction"] == {"label": "y_pred", "score": "score"}
    assert columns["bank"]["groups"] == ["marital_code"]
    assert columns["bikes"]["timestamp"] == "dteday"
    assert columns["taxi"]["timestamp"] == "pickup_datetime"
    assert "Age" in columns["titanic"]["features"]
    assert "Name" not in columns["titanic"]["features"]
    assert columns["car_loan"]["prediction"] == {"label": "y_pred", "score": "y_pred_proba"}
    assert columns["car_loan"]["timestamp"] == {
        "column": "timestamp",
        "format": "%Y-%m-%d %H:%M:%S.%f",
    }


def test_the_proposed_rule_counts_the_taxi_rides_that_great_expectations_published(
    made: Made,
) -> None:
    audited = audit(made["taxi"][1], "2019-02")
    rule = audited.outcome("column_values_to_be_between_passenger_count", "passenger_count")
    assert rule["measurement"]["detail"]["unexpected_count"] == 1579
    assert rule["measurement"]["value"] == pytest.approx(0.1579)
    assert rule["reason"] in audited.report


def test_an_audit_of_logged_predictions_runs_to_its_report(made: Made) -> None:
    audited = audit(made["bank"][1], "2022-01-01")
    assert audited.red is None
    assert audited.record["snapshot"]["rows"] == 12_002
    accuracy = audited.outcome("accuracy")["measurement"]["value"]
    assert accuracy == pytest.approx(0.8855, abs=0.02)  # Le Quy et al. 2022
    assert "marital_code" in audited.report
