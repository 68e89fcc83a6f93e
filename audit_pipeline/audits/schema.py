"""The JSON Schema of an audit file, so that an editor completes and explains what is written."""

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.vocabulary import Vocabulary

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_WHEN = r"^\d{4}-\d{2}-\d{2}"


def audit_schema(vocabulary: Vocabulary) -> Schema:
    """Return the JSON Schema (draft 2020-12) of an audit file.

    Made from the models that read the file and from what `vocabulary` says exists, so it cannot
    fall behind them. It tells what a key may hold; what several keys must say together (a model or
    predictions, names that differ, files that exist) only the reader checks. Dates are text of a
    date: YAML knows dates, JSON does not.
    """
    schema = _of(Audit)
    parts: Schema = schema["$defs"]
    parts["Table"] = _table(vocabulary, parts)
    parts["Model"]["properties"]["format"]["enum"] = sorted(vocabulary.model_formats)
    parts["WindowSettings"]["properties"] |= _dates(parts["WindowSettings"]["properties"])
    columns = parts["Columns"]["properties"]
    columns["timestamp"] = _or(columns["timestamp"], _TEXT)
    columns["features"] = _named(columns["features"], "Feature", parts["Feature"])
    columns["groups"] = _named(columns["groups"], "Group", None)
    limits = schema["properties"]["limits"]
    schema["properties"]["limits"] = _known(limits, vocabulary.metrics)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Audit file",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _of(model: type[BaseModel]) -> Schema:
    schema: Schema = _without_titles(model.model_json_schema(by_alias=True))
    return schema


def _without_titles(part: Any) -> Any:  # noqa: ANN401 (whatever JSON can say)
    """Leave out the titles pydantic makes of attribute names; a property may be called `title`."""
    if isinstance(part, list):
        return [_without_titles(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _without_titles(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
    }


def _table(vocabulary: Vocabulary, parts: Schema) -> Schema:
    """Return one choice per kind of source: its `kind`, and its own settings."""
    choices = []
    for kind, settings in sorted(vocabulary.sources.items()):
        own = _of(settings)
        parts |= own.pop("$defs", {})
        own["properties"] = {"kind": {"const": kind}, **own.get("properties", {})}
        own["required"] = ["kind", *own.get("required", [])]
        choices.append(own)
    return {"description": parts["Table"]["description"], "oneOf": choices}


def _dates(properties: Schema) -> Schema:
    day: Schema = {"type": "string", "pattern": _WHEN}
    start, end = properties["start"], properties["end"]
    return {
        "start": _described(start) | day,
        "end": _described(end) | {"anyOf": [day, {"type": "null"}], "default": None},
    }


def _named(long: Schema, part: str, kinds: Schema | None) -> Schema:
    """Return the ways to name columns: a list of names, or names with settings, a kind or none."""
    each: list[Schema] = [{"$ref": f"#/$defs/{part}"}, {"type": "null"}]
    if kinds is not None:
        each.append(next(c for c in kinds["properties"]["kind"]["anyOf"] if "enum" in c))
    least = {"minProperties": 1} if "minProperties" in long else {}
    some = {"minItems": 1} if least else {}
    mapping = {"type": "object", "additionalProperties": {"anyOf": each}, **least}
    listed = {"type": "array", "items": _TEXT, **some}
    return _described(long) | {"anyOf": [mapping, listed]}


def _known(limits: Schema, metrics: Collection[str]) -> Schema:
    names = dict.fromkeys(sorted(metrics), limits["additionalProperties"])
    return limits | {"properties": names, "additionalProperties": False}


def _or(first: Schema, second: Schema) -> Schema:
    described = _described(first)
    rest = {key: value for key, value in first.items() if key not in described}
    return described | {"anyOf": [rest, second]}


def _described(part: Schema) -> Schema:
    return {"description": part["description"]} if "description" in part else {}
