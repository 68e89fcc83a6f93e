"""OpenLineage's own schemas, compiled once, and what an event gets wrong, in words without values.

The schemas stand in `lineage/spec`, as they were published: nothing is fetched.
"""

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]
from referencing import Registry, Resource

SPEC = Path(__file__).parents[1] / "spec"
CORE = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
KINDS = ("RunFacet", "JobFacet", "DatasetFacet", "InputDatasetFacet", "OutputDatasetFacet")
"""Where a facet can stand, by the names the specification gives these places."""
SHOWN = 20
"""Of many mistakes, so many are told."""
TYPES = {
    dict: "object",
    list: "array",
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}
WORDS = {"date-time": "a time with its zone (RFC 3339)", "uuid": "a UUID", "uri": "a URI"}


@dataclass(frozen=True)
class Schemas:
    """The compiled schemas: of each event, and of each known facet by place and name."""

    events: Mapping[str, Draft202012Validator]
    facets: Mapping[tuple[str, str], Draft202012Validator]
    unknown: Draft202012Validator
    """Of a facet that the specification does not know: who made it, and by which schema."""


@functools.cache
def schemas() -> Schemas:
    """Return the schemas; reading them takes a few milliseconds, once."""
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(SPEC.rglob("*.json"))]
    registry: Registry[Any] = Registry().with_contents((d["$id"], d) for d in documents)
    return Schemas(
        events={
            name: _compiled(registry, f"{CORE}#/$defs/{name}")
            for name in ("RunEvent", "DatasetEvent", "JobEvent")
        },
        facets={
            place: _compiled(registry, address)
            for document in documents
            for place, address in _facets(document)
        },
        unknown=_compiled(registry, f"{CORE}#/$defs/BaseFacet"),
    )


def _compiled(registry: "Registry[Any]", address: str) -> Draft202012Validator:
    formats = Draft202012Validator.FORMAT_CHECKER
    document, _, pointer = address.partition("#")
    found: Resource[Any] = registry[document]
    part = functools.reduce(lambda at, key: at[key], pointer.strip("/").split("/"), found.contents)
    return Draft202012Validator(
        _absolute(part, document), registry=registry, format_checker=formats
    )


def _absolute(part: Any, document: str) -> Any:  # noqa: ANN401 (JSON)
    """Return a part of a schema whose references hold where it stands alone."""
    if isinstance(part, dict):
        return {
            key: f"{document}{value}" if key == "$ref" and value.startswith("#") else value
            for key, value in ((key, _absolute(value, document)) for key, value in part.items())
        }
    return [_absolute(each, document) for each in part] if isinstance(part, list) else part


def _facets(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the place and the name of each facet in a document, and where its schema is."""
    for name in document.get("properties", {}):
        for definition, schema in document["$defs"].items():
            for base in schema.get("allOf", []):
                kind = base.get("$ref", "").rpartition("/")[2]
                if kind in KINDS and base["$ref"].startswith(CORE):
                    yield (kind, name), f"{document['$id']}#/$defs/{definition}"


def mistakes(validator: Draft202012Validator, value: object) -> list[str]:
    """Return what is wrong, by where it stands; never the values found there."""
    return list(dict.fromkeys(_said(validator.iter_errors(value))))[:SHOWN]


def _said(errors: Iterable[ValidationError]) -> Iterator[str]:
    for error in errors:
        if error.validator in {"anyOf", "oneOf"} and error.context:
            yield f"{_where(error)}: fits none of the forms that it may have"
        else:
            yield f"{_where(error)}: {_what(error)}"


def _where(error: ValidationError) -> str:
    """Return the place of a mistake; a name on the way is cut: it may be anything."""
    return "/" + "/".join(str(key)[:60] for key in error.absolute_path)


def _what(error: ValidationError) -> str:
    wanted, kind = error.validator_value, error.validator
    if kind == "required":
        missing = [name for name in wanted if name not in error.instance]
        return f"{', '.join(missing)} missing"
    if kind == "type":
        return f"is of type {TYPES[type(error.instance)]}, expected {wanted}"
    if kind == "enum":
        return f"is none of {', '.join(map(str, wanted))}"
    if kind == "format":
        return f"is not {WORDS.get(str(wanted), wanted)}"
    if kind == "not":
        return "says both a run and what has none"
    return f"breaks the rule {kind!r} of the specification"
