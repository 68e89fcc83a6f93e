"""The form of a lineage for other programs holds to its schema, and to what it says."""

import json
import math
from dataclasses import asdict, replace
from typing import Any

import jsonschema  # type: ignore[import-untyped] # ships none
import pytest
from pydantic import TypeAdapter

from audit_pipeline.domain.lineage import Dataset, Edge, Field
from audit_pipeline.stages.lineage.columns import find_columns
from audit_pipeline.stages.lineage.form import LineageForm, form_of, id_of
from audit_pipeline.stages.lineage.questions import Question, ask
from audit_pipeline.stages.lineage.recorded import Recorded
from audit_pipeline_tests.stages.lineage.audits import (
    MODEL,
    audit,
    missed,
    passed,
    record,
    recorded,
)

SCHEMA = TypeAdapter(LineageForm).json_schema()
PSI = passed("population_stability_index", "income")
MADE = record(PSI, missed("roc_auc", "all rows", "performance", "no labels"))


def form(known: Recorded, question: Question | None = None) -> dict[str, Any]:
    """Return the form as it is read by another program, once it was held to the schema."""
    told = json.loads(json.dumps(asdict(form_of(ask(known, question or Question())))))
    jsonschema.validate(told, SCHEMA)
    assert isinstance(told, dict)
    return told


def test_an_audited_window_tells_verdicts_reasons_and_values() -> None:
    told = form(recorded(made=MADE))

    nodes = {node["id"]: node for node in told["nodes"]}
    psi = nodes["audit_pipeline/loans.drift/population_stability_index%28income%29"]
    auc = nodes["audit_pipeline/loans.performance/roc_auc%28all%20rows%29"]
    end = nodes["audit_pipeline/loans.verdicts/verdict"]
    assert (psi["kind"], psi["metric"], psi["subject"]) == (
        "check",
        "population_stability_index",
        "income",
    )
    assert (psi["verdict"], psi["value"]) == ("pass", 0.01)
    assert (auc["verdict"], auc["reason"], auc["value"]) == ("gap", "no labels", None)
    assert (end["kind"], end["verdict"]) == ("verdict", "pass")
    assert (told["audit"], told["window"], told["revision"]) == ("loans", "2024-01", 1)
    assert told["asked"] == {
        "about": "verdict",
        "name": "",
        "direction": "upstream",
        "nodes": ["audit_pipeline/loans.verdicts/verdict"],
    }


def test_what_is_only_planned_has_no_window_and_no_verdicts() -> None:
    told = form(recorded(audit(model=MODEL), notes=("planned",)), Question(about="model"))

    assert (told["window"], told["revision"], told["verdict"]) == (None, None, None)
    assert told["notes"] == ["planned"]
    assert {node["verdict"] for node in told["nodes"]} == {None}
    assert {node["kind"] for node in told["nodes"]} == {"model", "column", "check", "verdict"}


def test_every_edge_ends_at_nodes_and_says_who_told_it() -> None:
    (ours, _) = find_columns(recorded(made=MADE), "income").sources
    theirs = Edge(Field(Dataset("dbt", "raw"), "gross/net"), ours)

    told = form(recorded(audit(), MADE, theirs))

    nodes = {node["id"] for node in told["nodes"]}
    assert all({edge["source"], edge["target"]} <= nodes for edge in told["edges"])
    received = [edge["source"] for edge in told["edges"] if edge["told_by"] == "received"]
    assert received == ["dbt/raw/gross%2Fnet"]
    cut = [edge for edge in told["edges"] if edge["type"] == "INDIRECT"]
    assert {(edge["subtype"], edge["description"]) for edge in cut} == {
        ("FILTER", "rows of the window")
    }


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_null(value: float) -> None:
    assert PSI.measurement is not None
    odd = replace(PSI, measurement=replace(PSI.measurement, value=value))

    told = form(recorded(made=record(odd)))

    assert next(n for n in told["nodes"] if n["kind"] == "check")["value"] is None


def test_no_two_fields_have_the_same_id() -> None:
    pairs = [("a/b", "c"), ("a", "b/c"), ("a%2Fb", "c"), ("a b", "c"), ("a", "b c"), ("💶", "")]

    assert len({id_of(Field(Dataset("n", name), field)) for name, field in pairs}) == len(pairs)
