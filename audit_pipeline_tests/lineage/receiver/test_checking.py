"""What is no event is refused with what is wrong; a wrong facet alone is left out."""

import gzip
import json

import pytest

from audit_pipeline.lineage.receiver.checking import Sound, read_event
from audit_pipeline.lineage.receiver.reading import LARGEST, RefusedError
from audit_pipeline_tests.lineage.receiver.others import (
    Event,
    airflow,
    catalogue,
    dbt,
    event,
    facet,
    getting_started,
    spark,
    table,
)


def read(said: object) -> Sound:
    return read_event(json.dumps(said).encode())


def refused(body: bytes, encoding: str = "") -> RefusedError:
    with pytest.raises(RefusedError) as error:
        read_event(body, encoding)
    return error.value


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(getting_started(), id="getting started"),
        pytest.param(airflow("raw"), id="airflow"),
        pytest.param(spark("raw", "/clean"), id="spark"),
        pytest.param(dbt(), id="dbt"),
        pytest.param(catalogue(), id="catalogue"),
    ],
)
def test_events_of_other_tools_are_taken_whole(said: list[Event]) -> None:
    sounds = [read(each) for each in said]

    assert [sound.event for sound in sounds] == said
    assert [sound.ignored for sound in sounds] == [()] * len(said)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'{"run": ', "no JSON: line 1, column 9"),
        (b"<html><body>502 Bad Gateway</body></html>", "no JSON: line 1, column 1"),
        (b"[1, 2]", "no object"),
        (b'"text"', "no object"),
        (b"{}", "no run, no job and no dataset"),
        (b'{"run": {"x": NaN}}', "holds NaN"),
        (b'{"run": {"x": -Infinity}}', "holds -Infinity"),
        (b'{"run": {"x": 1e999}}', "number that is too large"),
        (b'{"run": ' + b"9" * 5000 + b"}", "thousands of digits"),
        (b'{"run": "\xff\xfe"}', "not UTF-8: byte 9"),
        (b'{"run": "\\ud800"}', "half of a character"),
        (b'{"run": ' + b"[" * 150 + b"]" * 150 + b"}", "more than 100 levels"),
        (b'{"run": ' + b"[" * 200_000, "more than 100 levels"),
    ],
)
def test_what_is_no_json_is_refused_with_the_reason(body: bytes, why: str) -> None:
    error = refused(body)

    assert error.status == 400
    assert why in error.why


def test_gzip_is_inflated_up_to_the_limit() -> None:
    said = json.dumps(event()).encode()
    bomb = gzip.compress(b" " * (LARGEST + 1))

    assert len(bomb) < 20_000
    assert read_event(gzip.compress(said), "gzip").event == event()
    assert refused(bomb, "gzip").status == 413
    assert "16,777,216 bytes" in refused(bomb, "gzip").why
    assert "not" in refused(said, "gzip").why
    assert "breaks off" in refused(gzip.compress(said)[:-9], "gzip").why
    assert refused(said, "zstd").status == 415


def test_a_wrong_core_is_told_mistake_by_mistake_and_without_values() -> None:
    said = event("FINISHED") | {"eventTime": "yesterday", "job": {"name": ["secret"]}}
    said["run"] = {"runId": "secret"}

    error = refused(json.dumps(said).encode())

    assert error.wrong == (
        "/eventTime: is not a time with its zone (RFC 3339)",
        "/eventType: is none of START, RUNNING, COMPLETE, ABORT, FAIL, OTHER",
        "/run/runId: is not a UUID",
        "/job/name: is of type array, expected string",
        "/job: namespace missing",
    )
    assert "secret" not in repr(error)


def test_a_known_facet_that_is_wrong_is_left_out_and_told() -> None:
    wrong = facet("1-2-0/ColumnLineageDatasetFacet.json", fields={"a": {"inputFields": [{}]}})
    good = facet("1-0-1/SymlinksDatasetFacet.json", identifiers=[])

    sound = read(event(outputs=[table("file", "/x", columnLineage=wrong, symlinks=good)]))

    assert sound.event["outputs"] == [table("file", "/x", symlinks=good)]
    (ignored,) = sound.ignored
    assert (ignored.facet, ignored.where) == ("columnLineage", "/outputs/0/facets")
    assert ignored.why == ("/fields/a/inputFields/0: namespace, name, field missing",)


def test_a_facet_of_an_older_version_that_does_not_fit_is_left_out() -> None:
    # until 1-0-0 was published, the entries stood under another name
    older = facet("1-0-0/LineageJobFacet.json", lineage=[])

    sound = read(event() | {"job": {"namespace": "n", "name": "j", "facets": {"lineage": older}}})

    assert [(each.facet, each.why) for each in sound.ignored] == [
        ("lineage", ("/: entries missing",))
    ]


def test_an_unknown_facet_is_kept_if_it_says_who_made_it() -> None:
    kept, nobody = facet("mine", anything=[1, None]), {"anything": 1}
    run = event()["run"] | {"facets": {"kept": kept, "nobody": nobody}}

    sound = read(event() | {"run": run})

    assert sound.event["run"]["facets"] == {"kept": kept}
    assert [each.facet for each in sound.ignored] == ["nobody"]


def test_null_for_no_facets_is_taken_as_some_clients_write_it() -> None:
    sound = read(event(inputs=[{"namespace": "file", "name": "/x", "facets": None}]))

    assert sound.event["inputs"] == [{"namespace": "file", "name": "/x"}]


def test_the_same_event_is_the_same_in_another_order_of_keys() -> None:
    said = event(job="a")

    assert read(said).original == read(dict(reversed(said.items()))).original
    assert read(said).original != read(said | {"eventType": "FAIL"}).original
