"""The lineage of whole audits: of a real one that ran, and of planned ones."""

import time

import pytest

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.lineage import WHOLE, Dataset, Field, LineageGraph
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.stages.lineage.graph import checks_of, graph_of
from audit_pipeline.stages.lineage.names import field_of, made_by, verdict_of
from audit_pipeline.stages.planning import shape_of
from audit_pipeline.stages.reading import understood
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.lineage.audits import (
    COLUMNS,
    MODEL,
    audit,
    missed,
    passed,
    record,
    snapshot,
    source,
    told,
)
from audit_pipeline_tests.stages.small import columns


def tables(graph: LineageGraph) -> set[Dataset]:
    """Return what no stage of the audit makes."""
    return {at.dataset for at in graph.fields if at not in graph.into and at.name}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Audit, AuditRecord]:
    home = small.write_home(tmp_path_factory.mktemp("graph"))
    made = understood(small.audit(home).record)
    return load_audit_file(home, small.NAME).audit, made


def test_every_check_of_a_real_audit_leads_to_its_verdict_and_back_to_its_table(
    ran: tuple[Audit, AuditRecord],
) -> None:
    of, made = ran

    graph = graph_of(of, made)

    checks = [field_of(of.name, outcome.check) for outcome in made.outcomes]
    assert len(checks) > 50
    assert {edge.source for edge in graph.into[verdict_of(of.name)]} == set(checks)
    for at in checks:
        names = {edge.source.dataset.name for edge in graph.upstream([at]).edges}
        assert any(name.endswith("current.parquet") for name in names), at
    assert tables(graph) == {
        edge.source.dataset
        for edge in graph.edges
        if edge.target.dataset.name in {"loans.snapshot", "loans.baseline"}
    }


def test_what_ran_and_what_was_planned_are_the_same_where_nothing_went_wrong(
    ran: tuple[Audit, AuditRecord],
) -> None:
    of, made = ran

    assert told(graph_of(of, made).edges) == told(graph_of(of).edges)


def test_a_missing_column_leaves_its_checks_without_a_source() -> None:
    there = [name for name in COLUMNS if name != "income"]
    checks = [missed("population_stability_index", "income"), missed("missing_share", "income")]
    taken = snapshot(source(columns=there), columns=there, missing_columns=("income",))

    graph = graph_of(audit(), record(*checks, snapshot=taken))

    now, before = (Field(made_by("loans", asset), "income") for asset in ("profile", "baseline"))
    assert now not in graph.into
    assert before in graph.into
    assert {edge.target.name for edge in graph.out_of[now]} == {
        "population_stability_index(income)",
        "missing_share(income)",
    }


def test_an_audit_of_data_alone_has_no_performance_and_still_a_verdict() -> None:
    of = audit(columns=columns(prediction=None, target=None) | {"prediction": None})

    graph = graph_of(of)

    made = {at.dataset.name.removeprefix("loans.") for at in graph.fields}
    assert {"rule_results", "drift", "verdicts"} <= made
    assert not made & {"performance", "fairness", "explanations"}


def test_columns_of_numbers_are_known_from_what_was_measured_of_them() -> None:
    of = audit(columns=columns(features=["income", "age", "region"]))
    checks = [passed("correlation_change", name) for name in ("income", "age")]

    graph = graph_of(of, record(*checks))

    end = field_of("loans", checks[0].check)
    assert {edge.source.name for edge in graph.into[end]} == {"income", "age", "score"}


def test_the_checks_are_those_that_were_made_or_else_those_that_are_planned() -> None:
    of, made = (
        audit(model=MODEL),
        record(passed("made_up", "income"), missed("roc_auc", "all rows")),
    )

    assert {check.name for check in checks_of(of, shape_of(of), made)} == {"made_up", "roc_auc"}
    planned = {check.name for check in checks_of(of, shape_of(of), None)}
    assert {"roc_auc", "population_stability_index", "shap_additivity"} <= planned


def test_people_find_the_tables_by_what_they_are_to_the_audit() -> None:
    graph = graph_of(audit(model=MODEL))

    titles = {at.name.rsplit("/", 1)[-1]: title for at, title in graph.titles.items()}

    assert titles["rows.parquet"] == "table"
    assert titles["before.parquet"] == "baseline table"
    assert titles["model.json"] == "model"
    assert titles["loans.rule_results"] == "rule results"


@pytest.mark.parametrize("name", ["a/b", "two words", "money 💶", "[bold]", "a.b", ""])
def test_names_of_columns_are_taken_as_they_are(name: str) -> None:
    of = audit(columns=columns(features={name or " ": "numeric", "region": "categorical"}))

    graph = graph_of(of)

    reached = graph.downstream([Field(made_by("loans", "snapshot"), name or " ")])
    assert verdict_of("loans") in reached.fields


def test_a_thousand_columns_are_no_matter_of_seconds() -> None:
    features = {f"column {n}": "numeric" if n % 2 else "categorical" for n in range(1000)}
    of = audit(columns=columns(features=features, weight="weight"))

    begun = time.process_time()
    graph = graph_of(of)
    taken = time.process_time() - begun
    begun = time.process_time()
    reached = graph.downstream([Field(made_by("loans", "snapshot"), WHOLE)])
    walked = time.process_time() - begun

    assert len(graph.edges) > 20_000
    assert verdict_of("loans") in reached.fields
    assert taken < 0.5
    assert walked < 0.5
