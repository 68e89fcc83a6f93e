"""Oracle: results that Great Expectations' own tests publish, over the Titanic's passengers."""

import json
from pathlib import Path

import duckdb
import pytest

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.rules.run import run_rules

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "gx_titanic"
PUBLISHED = [
    "expected_evrs_BasicSuiteBuilderProfiler_on_titanic_demo_mode",
    "expected_evrs_SuiteBuilderProfiler_on_titanic_with_configurations",
    "titanic_expected_data_asset_validate_results",
]

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published results are not here (shared/data/gx_titanic)"
)


@pytest.fixture
def titanic(tmp_path: Path) -> Path:
    path = tmp_path / "titanic.parquet"
    with duckdb.connect() as connection:
        rows = connection.read_csv(str(FOLDER / "Titanic.csv"), na_values="NA", header=True)
        first, *others = (f'"{name}"' for name in rows.columns)
        # pandas, which the publisher read it with, names the nameless column so
        rows.project(f'{first} AS "Unnamed: 0", {", ".join(others)}').write_parquet(str(path))
    return path


def agrees(outcome: Outcome, published: dict[str, object]) -> bool:
    """Tell whether verdict and number are those published."""
    measurement = outcome.measurement
    if measurement is None or (outcome.verdict is Verdict.PASS) != published["success"]:
        return False
    result = published["result"]
    assert isinstance(result, dict)
    if "unexpected_count" in result:
        return bool(measurement.detail["unexpected_count"] == result["unexpected_count"])
    if isinstance(result.get("observed_value"), int | float):
        return abs(measurement.value - float(result["observed_value"])) < 1e-9
    return True


@pytest.mark.parametrize("name", PUBLISHED)
def test_our_verdicts_and_numbers_are_those_published(titanic: Path, name: str) -> None:
    published = json.loads((FOLDER / f"published_{name}.json").read_text())["results"]
    configs = [result["expectation_config"] for result in published]
    rules = [
        Rule(
            name=f"{number}",
            expect=config.get("type") or config["expectation_type"],
            kwargs=config["kwargs"],
        )
        for number, config in enumerate(configs)
    ]
    outcomes = run_rules(titanic, rules)
    apart = [
        (rule.expect, rule.kwargs, outcome)
        for rule, outcome, result in zip(rules, outcomes, published, strict=True)
        if not agrees(outcome, result)
    ]
    assert not apart
