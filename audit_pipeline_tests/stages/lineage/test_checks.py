"""What single checks rest on, worked out by hand."""

import pytest

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.intersection import BY
from audit_pipeline.domain.limit import Against, Limit
from audit_pipeline.domain.rule import Rule
from audit_pipeline.stages.lineage.checks import explained, measured, ruled
from audit_pipeline.stages.lineage.edges import checked
from audit_pipeline.stages.planning import ADDITIVITY, shape_of
from audit_pipeline_tests.stages.lineage.audits import MODEL, audit, told
from audit_pipeline_tests.stages.small import columns

VALUE, CHANGE = Limit(warn=0.1, fail=0.2), Limit(warn=0.1, fail=0.2, against=Against.CHANGE)


def on(of: Audit, check: Check, limit: Limit | None = VALUE) -> set[str]:
    """Return what a check rests on."""
    edges = told(measured(of, shape_of(of), check, limit))
    end = f" -> {check.asset}.{check.name}({check.subject})"
    assert all(edge.endswith(end) for edge in edges)
    return {edge.removesuffix(end) for edge in edges}


def drift(name: str, subject: str) -> Check:
    return Check(asset="drift", name=name, subject=subject)


def test_a_distance_rests_on_the_column_now_and_before() -> None:
    check = drift("population_stability_index", "income")

    assert on(audit(), check) == {"profile.income", "baseline.income"}


def test_a_number_rests_on_the_baseline_only_where_it_is_held_against_it() -> None:
    check = Check(asset="performance", name="roc_auc", subject="all rows")

    assert on(audit(), check, VALUE) == {"profile.repaid", "profile.score"}
    assert on(audit(), check, CHANGE) == {
        "profile.repaid",
        "profile.score",
        "baseline.repaid",
        "baseline.score",
    }


def test_a_gap_rests_on_the_baseline_where_the_audit_file_would_hold_it_against_it() -> None:
    check = Check(asset="performance", name="roc_auc", subject="all rows")
    to_the_value = audit(limits={"roc_auc": {"against": "value", "fail": 0.6}})

    assert "baseline.score" in on(audit(), check, None)
    assert on(to_the_value, check, None) == {"profile.repaid", "profile.score"}


def test_a_fairness_metric_rests_on_its_attribute_and_on_what_was_said_and_came() -> None:
    check = Check(asset="fairness", name="equal_opportunity_difference", subject="sex")

    assert on(audit(), check) == {"profile.sex", "profile.approved", "profile.repaid"}


def test_two_attributes_together_are_both_in_it() -> None:
    of = audit(columns=columns(groups=["sex", "region"]))
    check = Check(asset="fairness", name="demographic_parity_ratio", subject=f"sex{BY}region")

    assert on(of, check) == {"profile.sex", "profile.region", "profile.approved"}


def test_the_number_of_rows_rests_on_no_column() -> None:
    check = Check(asset="rule_results", name="row_count", subject="all rows")

    assert on(audit(), check) == {"profile.*"}


def test_latency_is_a_column_like_any_other() -> None:
    of = audit(columns=columns(latency="seconds"))

    check = Check(asset="drift", name="latency_p95", subject="seconds")

    assert on(of, check, CHANGE) == {"profile.seconds", "baseline.seconds"}


def test_relations_rest_on_every_column_of_numbers() -> None:
    numbers = {"income": "numeric", "age": "numeric", "region": "categorical"}
    of = audit(columns=columns(features=numbers, prediction={"label": "approved", "score": None}))

    assert on(of, drift("correlation_change", "income")) == {
        "profile.income",
        "profile.age",
        "baseline.income",
        "baseline.age",
    }


def rests(rule: Rule) -> set[str]:
    check = Check(asset="rule_results", name=rule.name, subject=rule.subject)
    return told(ruled(audit(), rule, check))


@pytest.mark.parametrize(
    ("kwargs", "subject", "expected"),
    [
        ({"column": "income"}, "income", {"snapshot.income"}),
        ({"column_A": "income", "column_B": "score"}, None, {"snapshot.income", "snapshot.score"}),
        ({"column_list": ["id", "sex"]}, None, {"snapshot.id", "snapshot.sex"}),
        ({"min_value": 1}, "table", {"snapshot.*"}),
        (
            {"unexpected_rows_query": "SELECT * FROM {batch} WHERE Income < 0 AND incomes > 1"},
            "table",
            {"snapshot.income"},
        ),
    ],
)
def test_a_rule_rests_on_the_rows_of_the_columns_it_names(
    kwargs: dict[str, object], subject: str | None, expected: set[str]
) -> None:
    rule = Rule(name="r", expect="expect", kwargs=kwargs)

    edges = rests(rule)

    assert edges == {f"{one} -> rule_results.r({rule.subject})" for one in expected}
    assert subject is None or rule.subject == subject


@pytest.mark.parametrize(
    "condition",
    ['col("sex") == 1', {"column": {"name": "sex"}, "operator": "==", "parameter": 1}],
)
def test_the_condition_of_a_rule_decides_on_its_rows(condition: object) -> None:
    rule = Rule(name="r", expect="e", kwargs={"column": "income", "row_condition": condition})

    assert rests(rule) == {
        "snapshot.income -> rule_results.r(income)",
        "snapshot.sex -> rule_results.r(income) FILTER",
    }


def test_an_explanation_rests_on_the_features_and_the_model() -> None:
    assert told(explained(audit(model=MODEL), ADDITIVITY)) == {
        "snapshot.income -> explanations.shap_additivity(model)",
        "snapshot.region -> explanations.shap_additivity(model)",
        "model.json.* -> explanations.shap_additivity(model)",
    }


def test_a_check_that_this_version_does_not_know_rests_on_nothing_it_could_name() -> None:
    of = audit()

    assert told(checked(of, shape_of(of), {drift("long_gone", "income"): None})) == set()
