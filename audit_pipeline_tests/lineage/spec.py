"""Holds an event to the schemas of OpenLineage, facet by facet; our own facets to those we publish.

The schemas say little of the words that they describe, so some of their prose is checked, too.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships none

from audit_pipeline_tests.lineage.schemas import FOLDER, core, facet_schemas

needs_spec = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="OpenLineage's schemas are not here (../shared/openlineage_spec)"
)

Json = dict[str, Any]
COUNTS = ("rowCount", "size", "bytes", "fileCount", "nullCount", "distinctCount", "count")
WORDS: Mapping[str, tuple[str, ...]] = {
    "severity": ("error", "warn"),
    "status": ("pass", "fail", "skip"),
    "processingType": ("BATCH", "STREAMING", "SERVICE"),
}
NEVER = ("min", "max", "sum", "quantiles")


def errors_of(event: bytes) -> list[str]:
    """Return what is wrong with a run event: nothing of one that a catalogue may rely on."""
    try:
        said = parse(event)
    except ValueError as error:
        return [f"not JSON: {error}"]
    if not isinstance(said, dict):
        return ["not JSON of an object"]
    return [*_of_core(said), *_of_facets(said), *_of_words(said, "event")]


def loose_ends_of(event: bytes) -> list[str]:
    """Return the names in an event that lead nowhere, which catalogues drop without a word.

    Marquez draws an edge only from a field in the `schema` of one of the event's inputs, to a field
    in that of the output; of a dataset that is named twice it keeps what it reads last.
    """
    said = parse(event)
    inputs = {_name(each): _fields(each) for each in said.get("inputs", ())}
    return [
        *(end for side in ("inputs", "outputs") for end in _twice(said.get(side, ()))),
        *(end for each in said.get("outputs", ()) for end in _loose_edges(each, inputs)),
        *(end for each in said.get("inputs", ()) for end in _loose_assertions(each)),
    ]


def parse(event: bytes) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """Return the event; a number that JSON does not know, or a key said twice, is a ValueError."""
    return json.loads(
        event.decode(), parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once
    )


def facets_in(event: Json) -> Iterator[tuple[str, str, str, Any]]:
    """Yield where each facet stands, the kind of its place, its key, and what it says."""
    holders = [("run.facets", "run", event.get("run")), ("job.facets", "job", event.get("job"))]
    for place, at, holder in holders:
        yield from _facets(place, f"{at}.facets", holder, "facets")
    for side in ("inputs", "outputs"):
        for number, dataset in enumerate(event.get(side) or ()):
            for kind in ("facets", "inputFacets", "outputFacets"):
                yield from _facets(kind, f"{side}[{number}].{kind}", dataset, kind)


def _facets(place: str, at: str, holder: object, kind: str) -> Iterator[tuple[str, str, str, Any]]:
    found = holder.get(kind) if isinstance(holder, dict) else None
    for key, facet in (found or {}).items() if isinstance(found, dict) else ():
        yield f"{at}.{key}", place, key, facet


def _of_core(event: Json) -> Iterator[str]:
    yield from _broken(core(), event, "event")
    if "eventType" not in event:
        yield "event: 'eventType' is missing"
    for side, wrong in (("inputs", "outputFacets"), ("outputs", "inputFacets")):
        for number, dataset in enumerate(event.get(side) or ()):
            if isinstance(dataset, dict) and wrong in dataset:
                yield f"{side}[{number}]: has {wrong}"


def _of_facets(event: Json) -> Iterator[str]:
    for at, place, key, facet in facets_in(event):
        found = facet_schemas().get((place, key))
        if found is None:
            yield f"{at}: no facet of that name belongs here"
            continue
        url, validator = found
        yield from _broken(validator, facet, at)
        if key == "dataQualityMetrics" and isinstance(facet, dict):
            yield from _of_values(facet.get("columnMetrics"), at)
        said = facet.get("_schemaURL") if isinstance(facet, dict) else None
        if said is not None and said != url:
            yield f"{at}: _schemaURL is {said}, and the schema is {url}"


def _of_values(metrics: object, at: str) -> Iterator[str]:
    """Yield what is some one row's value, and so may not be told by an audit."""
    for column, told in metrics.items() if isinstance(metrics, dict) else ():
        yield from (f"{at}: tells {key} of {column!r}" for key in NEVER if key in told)


def _of_words(said: object, at: str) -> Iterator[str]:
    """Yield what the schemas let pass, though their descriptions do not."""
    if isinstance(said, list):
        for number, each in enumerate(said):
            yield from _of_words(each, f"{at}[{number}]")
    elif isinstance(said, dict):
        for key, value in said.items():
            if not at.endswith(".params"):
                yield from _of_word(key, value, f"{at}.{key}")
            if not key.startswith("auditPipeline_"):  # its schema is ours, and says all
                yield from _of_words(value, f"{at}.{key}")


def _of_word(key: str, value: object, at: str) -> Iterator[str]:
    if key in COUNTS and isinstance(value, int | float) and value < 0:
        yield f"{at}: is below zero"
    if key in WORDS and isinstance(value, str) and value not in WORDS[key]:
        yield f"{at}: {value!r} is none of {WORDS[key]}"
    if key == "transformations" and isinstance(value, list):
        kinds = [each.get("type") for each in value if isinstance(each, dict)]
        yield from (f"{at}: type {kind!r}" for kind in kinds if kind not in ("DIRECT", "INDIRECT"))


def _broken(validator: Draft202012Validator, said: object, at: str) -> Iterator[str]:
    for error in validator.iter_errors(said):
        yield f"{at}: {error.message[:300]} (at {error.json_path})"


def _twice(datasets: list[Json]) -> Iterator[str]:
    for name, times in Counter(map(_name, datasets)).items():
        yield from [f"{name}: is named {times} times"] if times > 1 else []


def _loose_edges(output: Json, inputs: Mapping[tuple[str, str], set[str]]) -> Iterator[str]:
    lineage = output.get("facets", {}).get("columnLineage", {"fields": {}})
    for field in lineage["fields"].keys() - _fields(output):
        yield f"{_name(output)}: {field!r} is traced, and not in the schema"
    into = [each for field in lineage["fields"].values() for each in field["inputFields"]]
    for each in (*into, *lineage.get("dataset", ())):
        known = inputs.get(_name(each)) if _name(each) != _name(output) else _fields(output)
        if known is None:
            yield f"{_name(each)}: is traced from, and no input"
        elif each["field"] not in known:
            yield f"{_name(each)}: {each['field']!r} is traced from, and not in its schema"


def _loose_assertions(dataset: Json) -> Iterator[str]:
    facet = dataset.get("inputFacets", {}).get("dataQualityAssertions", {"assertions": []})
    for each in facet["assertions"]:
        if "column" in each and each["column"] not in _fields(dataset):
            yield f"{_name(dataset)}: {each['column']!r} is asserted, and not in its schema"


def _name(dataset: Json) -> tuple[str, str]:
    return dataset["namespace"], dataset["name"]


def _fields(dataset: Json) -> set[str]:
    schema = dataset.get("facets", {}).get("schema", {})
    return {field["name"] for field in schema.get("fields", ())}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(f"{digits} is larger than a number can be")
    return number


def _once(pairs: list[tuple[str, Any]]) -> Json:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is said twice")
    return dict(pairs)
