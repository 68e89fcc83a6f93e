"""Every metric says truly which columns its numbers rest on."""

import pytest

from audit_pipeline.domain.intersection import BY
from audit_pipeline.metrics.base import Metric
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.counts import MOST_COLUMNS
from audit_pipeline.profiles.plan import counted_columns
from audit_pipeline.stages.planning import shape_of
from audit_pipeline_tests.stages.lineage.audits import audit
from audit_pipeline_tests.stages.small import columns

NUMBERS = {"income": "numeric", "age": "numeric", "region": "categorical"}
BINARY = audit(columns=columns(features=NUMBERS, latency="seconds", groups=["sex", "region"]))
REGRESSION = audit(
    task="regression",
    columns=columns(features=NUMBERS, prediction={"label": "approved", "score": None}),
)
AUDITS = (BINARY, REGRESSION)


@pytest.mark.parametrize(("name", "metric"), METRICS.items(), ids=list(METRICS))
def test_the_columns_of_every_metric_exist_and_are_counted(name: str, metric: Metric) -> None:
    asked = 0
    for of in AUDITS:
        shape = shape_of(of)
        counted = {of.columns.id, *counted_columns(of)}
        for subject in metric.measure.subjects(shape):
            asked += 1
            rests = metric.measure.columns(subject, shape)
            assert set(rests) <= counted, (subject, rests)
            assert len(set(rests)) == len(rests)
            assert rests or metric.asset == "rule_results", "it rests on no column at all"
    assert asked, f"no audit here has {name}: its columns were not looked at"


@pytest.mark.parametrize(
    "name", [name for name, metric in METRICS.items() if metric.asset == "performance"]
)
def test_performance_rests_on_what_was_said_and_what_came(name: str) -> None:
    measure = METRICS[name].measure
    for of in AUDITS:
        shape = shape_of(of)
        for subject in measure.subjects(shape):
            rests = set(measure.columns(subject, shape))
            assert "repaid" in rests
            assert rests & {"approved", "score"}


@pytest.mark.parametrize(
    "name", [name for name, metric in METRICS.items() if metric.asset == "fairness"]
)
def test_fairness_rests_on_every_attribute_of_its_subject_and_the_prediction(name: str) -> None:
    measure, shape = METRICS[name].measure, shape_of(BINARY)

    subjects = measure.subjects(shape)

    assert list(subjects) == ["sex", "region", BY.join(["sex", "region"])]
    for subject in subjects:
        rests = set(measure.columns(subject, shape))
        assert rests >= {*subject.split(BY), "approved"}


def test_relations_of_too_many_columns_name_only_their_own() -> None:
    features = {f"x{n}": "numeric" for n in range(MOST_COLUMNS + 1)}
    shape = shape_of(audit(columns=columns(features=features)))

    assert METRICS["correlation_change"].measure.columns("x3", shape) == ("x3",)
