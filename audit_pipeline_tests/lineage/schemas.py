"""The published schemas: OpenLineage's own, and ours for the facets that only we write."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships none
from referencing import Registry, Resource

FOLDER = Path(__file__).parents[3] / "shared" / "openlineage_spec"
OURS = Path(str(files("audit_pipeline.lineage"))) / "schemas"
FORMATS = Draft202012Validator.FORMAT_CHECKER
PLACES = {
    "RunFacet": "run.facets",
    "JobFacet": "job.facets",
    "DatasetFacet": "facets",
    "InputDatasetFacet": "inputFacets",
    "OutputDatasetFacet": "outputFacets",
}


@cache
def core() -> Draft202012Validator:
    """Return what holds a run event to the schema of the core, facets left aside."""
    core = json.loads((FOLDER / "OpenLineage.json").read_text())
    return _validator(f"{core['$id']}#/$defs/RunEvent")


@cache
def facet_schemas() -> Mapping[tuple[str, str], tuple[str, Draft202012Validator]]:
    """Return the schema of each facet by its place and key, with the address it goes by."""
    found = {}
    for file in _files(FOLDER / "facets"):
        schema = json.loads(file.read_text())
        for key, said in schema["properties"].items():
            definition = schema["$defs"].get(said.get("$ref", "").rpartition("/")[2], {})
            if "allOf" in definition:  # two new facets are one of several; nobody writes them yet
                url = schema["$id"] + said["$ref"]
                found[_place(definition), key] = (url, _validator(url))
    for file in _files(OURS):
        schema = json.loads(file.read_text())
        found[_place(schema), file.stem] = (schema["$id"], _validator(schema["$id"]))
    return found


@cache
def _registry() -> Registry[Any]:
    every = [FOLDER / "OpenLineage.json", *_files(FOLDER / "facets"), *_files(OURS)]
    contents = [json.loads(file.read_text()) for file in every]
    for schema in contents:
        Draft202012Validator.check_schema(schema)
    named = [(schema["$id"], Resource.from_contents(schema)) for schema in contents]
    return Registry().with_resources(named)


def _validator(url: str) -> Draft202012Validator:
    missing = {"date-time", "uri", "uuid"} - FORMATS.checkers.keys()
    assert not missing, f"jsonschema cannot check {missing}: install jsonschema[format-nongpl]"
    return Draft202012Validator({"$ref": url}, registry=_registry(), format_checker=FORMATS)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def _place(definition: dict[str, Any]) -> str:
    named = (each["$ref"] for each in definition["allOf"] if "$ref" in each)
    return PLACES[next(named).rpartition("/")[2]]
