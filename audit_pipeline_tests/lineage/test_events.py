import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_pipeline.domain.lineage import Dataset, Edge, Field, Transformation
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.lineage.events import aborted, write_event
from audit_pipeline.lineage.told import Told
from audit_pipeline_tests.lineage.samples import (
    AT,
    CHECKS,
    COMPLETE,
    COUNTED,
    KINDS,
    PROFILE,
    START,
    moved,
)
from audit_pipeline_tests.lineage.spec import errors_of, loose_ends_of, needs_spec, parse

ROOT = Path(__file__).parents[2]
LATER = "2024-03-02T09:00:00+01:00"
WHOLE_AUDIT = write_event(KINDS["an audit ends"])


@needs_spec
@pytest.mark.parametrize("told", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_event_keeps_to_the_specification(told: Told) -> None:
    assert errors_of(write_event(told)) == []


@needs_spec
@pytest.mark.parametrize("told", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_event_keeps_to_it_once_aborted(told: Told) -> None:
    assert errors_of(aborted(write_event(told), "k-abort", LATER, "the process ended")) == []


def test_names_that_lead_nowhere_are_found() -> None:
    shorter = replace(PROFILE, columns={"age": "histogram", "sex": "categories"})
    missing = "('audit_pipeline', 'loans.profile'): 'income' is"

    assert loose_ends_of(write_event(COMPLETE)) == []
    assert loose_ends_of(write_event(replace(COMPLETE, inputs=(shorter,)))) == [
        f"{missing} traced from, and not in its schema"
    ]
    assert loose_ends_of(write_event(replace(COMPLETE, inputs=(PROFILE, PROFILE)))) == [
        "('audit_pipeline', 'loans.profile'): is named 2 times"
    ]
    assert loose_ends_of(write_event(replace(COMPLETE, inputs=()))) == [
        "('audit_pipeline', 'loans.profile'): is traced from, and no input",
        "('audit_pipeline', 'loans.profile'): is traced from, and no input",
    ]


Event = dict[str, Any]
Spoil = Callable[[Event], object]


def _input(event: Event) -> Event:
    found: Event = event["inputs"][0]
    return found


def _assertion(event: Event) -> Event:
    found: Event = _input(event)["inputFacets"]["dataQualityAssertions"]["assertions"][0]
    return found


def _traced(event: Event) -> Event:
    found: Event = event["outputs"][0]["facets"]["columnLineage"]["fields"]
    return found


def _run(event: Event, facet: str) -> Event:
    found: Event = event["run"]["facets"][facet]
    return found


WRONG: dict[str, tuple[Spoil, str]] = {
    "no run id": (lambda e: e["run"].pop("runId"), "'runId' is a required"),
    "a run id that is no UUID": (lambda e: e["run"].update(runId="d1"), "is not a 'uuid'"),
    "no job": (lambda e: e.pop("job"), "'job' is a required"),
    "an unknown type": (lambda e: e.update(eventType="DONE"), "'DONE' is not one of"),
    "no type": (lambda e: e.pop("eventType"), "'eventType' is missing"),
    "a time without zone": (
        lambda e: e.update(eventTime="2024-03-02T01:30:00"),
        "is not a 'date-time'",
    ),
    "a producer that is no address": (lambda e: e.update(producer="we"), "is not a 'uri'"),
    "a traced column without name": (
        lambda e: _traced(e)["psi(income)"]["inputFields"][0].pop("field"),
        "'field' is a required",
    ),
    "a traced column without sources": (
        lambda e: _traced(e)["psi(income)"].pop("inputFields"),
        "'inputFields' is a required",
    ),
    "an unknown way to come from another": (
        lambda e: _traced(e)["psi(income)"]["inputFields"][0]["transformations"][0].update(
            type="?"
        ),
        "type '?'",
    ),
    "an assertion without success": (lambda e: _assertion(e).pop("success"), "'success'"),
    "a number for a severity": (
        lambda e: _assertion(e).update(severity=2),
        "2 is not of type 'string'",
    ),
    "an unknown severity": (lambda e: _assertion(e).update(severity="grave"), "none of"),
    "a number for what was seen": (lambda e: _assertion(e).update(actual=0.31), "not of type"),
    "assertions that are not about an input": (
        lambda e: e["outputs"][0]["outputFacets"].update(
            dataQualityAssertions=_input(e)["inputFacets"]["dataQualityAssertions"]
        ),
        "no facet of that name belongs here",
    ),
    "a facet that nobody knows": (
        lambda e: e["job"]["facets"].update(mood={"_producer": "urn:a:b", "_schemaURL": "urn:a:b"}),
        "no facet of that name belongs here",
    ),
    "a facet without producer": (lambda e: _run(e, "tags").pop("_producer"), "'_producer'"),
    "a facet of another version": (
        lambda e: _run(e, "tags").update(_schemaURL="https://openlineage.io/spec/0"),
        "_schemaURL is",
    ),
    "rows below zero": (
        lambda e: _input(e)["inputFacets"]["inputStatistics"].update(rowCount=-1),
        "is below zero",
    ),
    "half a row": (
        lambda e: _input(e)["inputFacets"]["inputStatistics"].update(rowCount=0.5),
        "is not of type 'integer'",
    ),
    "somebody's value": (
        lambda e: _input(e)["inputFacets"]["dataQualityMetrics"]["columnMetrics"]["age"].update(
            max=99
        ),
        "tells max of 'age'",
    ),
    "a test that ended in no known way": (
        lambda e: _run(e, "test")["tests"][0].update(status="gap"),
        "none of",
    ),
    "a window that ends in no time": (
        lambda e: _run(e, "auditPipeline_run")["window"].update(end="soon"),
        "is not a 'date-time'",
    ),
    "no key to remove doubles by": (
        lambda e: _run(e, "auditPipeline_run").pop("deliveryKey"),
        "'deliveryKey' is a required",
    ),
    "a verdict of our own facet that there is not": (
        lambda e: _run(e, "auditPipeline_model").update(verdict="fine"),
        "'fine' is not one of",
    ),
    "more in our own facet than is published": (
        lambda e: _run(e, "auditPipeline_model").update(mood="x"),
        "Additional properties are not allowed",
    ),
    "a number that JSON does not know": (
        lambda e: _run(e, "auditPipeline_model")["metrics"][0].update(value=float("nan")),
        "NaN is no number",
    ),
}


@needs_spec
@pytest.mark.parametrize(("spoil", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_event_is_rejected(spoil: Spoil, said: str) -> None:
    event = json.loads(WHOLE_AUDIT)

    spoil(event)

    errors = errors_of(json.dumps(event).encode())
    assert any(said in error for error in errors), errors


@needs_spec
@pytest.mark.parametrize(
    ("event", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "not JSON of an object"),
        (WHOLE_AUDIT[:-1], "not JSON"),
        (b'{"a": 1, "a": 2}', "a key is said twice"),
        (b'{"a": 1e999}', "larger than a number can be"),
        (b'{"a": "\xff"}', "not JSON"),
    ],
)
def test_what_is_not_an_event_at_all_is_rejected(event: bytes, said: str) -> None:
    assert said in errors_of(event)[0]


def test_an_aborted_run_keeps_all_that_its_start_told() -> None:
    start = write_event(START)

    event, before = parse(aborted(start, "k-abort", LATER, "the process ended")), parse(start)

    assert event["eventType"] == "ABORT"
    assert event["eventTime"] == "2024-03-02T08:00:00+00:00"
    facets = event["run"]["facets"]
    error = facets.pop("errorMessage")
    assert (error["message"], error["programmingLanguage"]) == ("the process ended", "PYTHON")
    assert "stackTrace" not in error
    assert facets["auditPipeline_run"].pop("deliveryKey") == "k-abort"
    assert before["run"]["facets"]["auditPipeline_run"].pop("deliveryKey") == "k-start"
    for each in (event, before):
        del each["eventType"], each["eventTime"]
    assert event == before


def test_a_time_without_zone_is_refused() -> None:
    naive = datetime(2024, 3, 2)  # noqa: DTZ001 (the point)

    with pytest.raises(ValueError, match="has no zone: give it one"):
        write_event(replace(START, at=naive))
    with pytest.raises(ValueError, match="has no zone: give it one"):
        aborted(write_event(START), "k", "2024-03-02T09:00:00", "why")


def test_times_are_told_in_utc() -> None:
    event = parse(write_event(START))

    assert event["eventTime"] == "2024-03-02T00:30:00+00:00"
    assert event["run"]["facets"]["nominalTime"]["nominalStartTime"] == "2024-02-29T23:00:00+00:00"


def test_the_same_is_told_in_the_same_bytes() -> None:
    assert write_event(COMPLETE) == write_event(COMPLETE)


names = st.text(min_size=1).filter(lambda name: "\x00" not in name)


@needs_spec
@settings(max_examples=40, deadline=None)
@given(namespace=names, dataset=names, column=names, subject=names)
def test_names_stand_as_they_are(namespace: str, dataset: str, column: str, subject: str) -> None:
    event = _named(namespace, dataset, column, subject)

    assert errors_of(event) == []
    output = parse(event)["outputs"][0]
    assert (output["namespace"], output["name"]) == (namespace, dataset)
    assert output["facets"]["schema"]["fields"][0]["name"] == column
    assert list(output["facets"]["columnLineage"]["fields"]) == [column]
    assert parse(event)["run"]["facets"]["test"]["tests"][0]["params"]["subject"] == subject


@needs_spec
@pytest.mark.parametrize(
    "name",
    ["a/b c", "日本 😀", 'say "no"', "back\\slash\\u0000", "li\nne", "status", "count", "[x"],
)
def test_names_that_people_give_stand_as_they_are(name: str) -> None:
    event = _named(name, name, name, name)

    assert errors_of(event) == []
    assert parse(event)["outputs"][0]["name"] == name


@needs_spec
@pytest.mark.parametrize(
    ("name", "as_told"),
    [("a\x00b", "a?b"), ("\\\x00\x00", "\\??"), ("caf\udce9", "caf?"), ("\ud83d!", "?!")],
)
def test_characters_that_no_database_takes_are_told_as_question_marks(
    name: str, as_told: str
) -> None:
    event = _named("n", name, name, name)

    assert errors_of(event) == []
    assert parse(event)["outputs"][0]["name"] == as_told


def _named(namespace: str, dataset: str, column: str, subject: str) -> bytes:
    at = Dataset(namespace, dataset)
    edge = Edge(Field(at, column), Field(at, column), Transformation())
    table = replace(CHECKS, dataset=at, columns={column: "x"}, counts={}, edges=(edge,))
    outcome = moved(subject, 0.1, Verdict.PASS)
    read = replace(PROFILE, dataset=at, columns={subject: "y"}, outcomes=(outcome,), also=(at,))
    return write_event(replace(COMPLETE, inputs=(read,), outputs=(table,), tests=(outcome,)))


def test_a_thousand_columns_are_told_in_well_under_half_a_second() -> None:
    columns = [f"column_{number}" for number in range(1000)]
    edges = tuple(
        Edge(
            Field(PROFILE.dataset, columns[(at + other) % 1000]),
            Field(CHECKS.dataset, name),
            COUNTED,
        )
        for at, name in enumerate(columns)
        for other in range(8)
    )
    outcomes = tuple(moved(name, 0.1, Verdict.PASS) for name in columns)
    read = replace(PROFILE, columns=dict.fromkeys(columns, "int"), outcomes=outcomes)
    made = replace(CHECKS, columns=dict.fromkeys(columns, "check"), edges=edges)
    told = replace(COMPLETE, inputs=(read,), outputs=(made,), tests=outcomes)

    taken = [_seconds(told) for _ in range(3)]

    assert min(taken) < 0.5
    lineage = parse(write_event(told))["outputs"][0]["facets"]["columnLineage"]
    assert sum(len(field["inputFields"]) for field in lineage["fields"].values()) == 8000


def _seconds(told: Told) -> float:
    begun = time.process_time()
    write_event(told)
    return time.process_time() - begun


def test_the_client_is_imported_by_the_first_event_and_says_nothing() -> None:
    code = (
        "import logging, socket, sys;"
        "logging.basicConfig(level=logging.DEBUG);"
        "import audit_pipeline.lineage.events as events;"
        "assert not [m for m in sys.modules if m.startswith('openlineage')];"
        "socket.socket.connect = None;"
        "from audit_pipeline_tests.lineage.samples import COMPLETE;"
        "events.write_event(COMPLETE)"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_number_is_told_that_is_some_one_rows() -> None:
    event = WHOLE_AUDIT.decode()

    assert "largest_income" in event
    assert "70131" not in event
    assert "70,131" not in event
    assert "/data/model.json" not in json.dumps(parse(WHOLE_AUDIT)["run"])
    assert AT.isoformat() not in event
