"""The page of every key of an audit file, made from the models that read it."""

from collections.abc import Iterator, Mapping
from itertools import chain, combinations, product
from typing import get_args

import yaml
from pydantic import BaseModel, ValidationError

from audit_pipeline.audits.audit import Audit, Table
from audit_pipeline.models.catalog import MODEL_FORMATS
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline_tests.documents.examples import EXAMPLES
from audit_pipeline_tests.documents.settings import (
    Model,
    first_paragraph,
    meaning_of,
    models_in,
    table,
)

INTRODUCTION = """# The audit file

One YAML file for each model, `dagster_home/audits/NAME.yaml`. Made from the code that reads it;
unknown keys are refused, with the line they stand in and what was perhaps meant.
`audit-pipeline schema` prints the same as a JSON Schema ([audit.schema.json](audit.schema.json)),
which lets an editor complete the keys. Relative paths are relative to the audit file's folder.
[The tutorial](../tutorial.md) goes through a whole file.
"""
TABLES = "## Tables\n"
Told = dict[Model, str]
"""The settings that were told already, and where."""


def _formats() -> Iterator[str]:
    for name, found in MODEL_FORMATS.items():
        yield f"| `{name}` | {found.description} |"


PLACES: Mapping[str, tuple[str, ...]] = {
    "path": ("/data/loans",),
    "url": ("postgresql://auditor@db/lending", "https://api.example.org/loans"),
    "table": ("loans",),
}
"""What the example of a source says where it must say something; the first that is taken."""
EXPECTATIONS = (
    "The expectations and their arguments are those of Great Expectations:"
    " <https://greatexpectations.io/expectations>."
)
MORE = {
    "model": ("\n| `format` | |", "|---|---|", *_formats()),
    "rules": (f"\n{EXPECTATIONS}",),
    "limits": ("\nThe names of the metrics and their limits by default: [metrics](metrics.md).",),
}


def audit_file() -> Iterator[str]:
    """Yield the lines of the page."""
    yield INTRODUCTION
    yield from _example("file")
    yield from table(Audit)
    told: Told = {}
    for key, field in Audit.model_fields.items():
        inner = next(models_in(field.annotation), None)
        if inner is None:
            continue
        yield f"\n## `{key}`\n"
        yield f"{meaning_of(field)}\n"
        yield from _example(key)
        if key == "engine":
            yield from _engines(models_in(field.annotation))
        else:
            yield from _keys(inner, key, told)
        yield from MORE.get(key, ())
    yield from _sources(told)


def _engines(models: Iterator[Model]) -> Iterator[str]:
    for model in models:
        (kind,) = get_args(model.model_fields["kind"].annotation)
        yield f"\n### `kind: {kind}`\n"
        yield f"{first_paragraph(model)}\n"
        yield from table(model)


def _keys(model: Model, path: str, told: Told) -> Iterator[str]:
    """Yield the table of a model's keys, and a part for each model they hold, once."""
    if model in told:
        yield f"Its keys are those of `{told[model]}` above."
        return
    told[model] = path
    yield from table(model)
    for key, field in model.model_fields.items():
        inner = next(models_in(field.annotation), None)
        if inner is None or issubclass(Table, inner):
            continue
        if inner in told:
            yield f"\nThe keys of `{key}` are those of `{told[inner]}`."
            continue
        many = ".NAME" if str(field.annotation).startswith("dict") else ""
        yield f"\n### `{path}.{key}{many}`\n"
        yield f"{first_paragraph(inner)}\n"
        yield from _keys(inner, f"{path}.{key}{many}", told)


def _example(key: str) -> Iterator[str]:
    yield f"```yaml\n{EXAMPLES[key].strip()}\n```\n"


def _sources(told: Told) -> Iterator[str]:
    yield f"\n{TABLES}"
    yield f"{first_paragraph(Table)} A table stands under `current`, `baseline` and `model`.\n"
    yield from table(Table, leave_out=("settings",))
    for kind, settings in sorted(VOCABULARY.sources.items()):
        yield f"\n### `kind: {kind}`\n"
        yield f"{first_paragraph(settings)}\n"
        said = {"baseline": {"table": {"kind": kind, **source_example(settings)}}}
        yield f"```yaml\n{yaml.safe_dump(said, sort_keys=False).strip()}\n```\n"
        yield from _keys(settings, kind, told)


def source_example(settings: Model) -> dict[str, str]:
    """Return the least that a source must say, as an example.

    Raises:
        ValueError: No example of a required key is known; `PLACES` wants one.
    """
    fields = settings.model_fields
    needed = {key for key, field in fields.items() if field.is_required()}
    known = [key for key in PLACES if key in fields]
    for keys in chain.from_iterable(combinations(known, size) for size in range(len(known) + 1)):
        if needed <= set(keys):
            for values in product(*(PLACES[key] for key in keys)):
                said = dict(zip(keys, values, strict=True))
                if _is_valid(settings, said):
                    return said
    raise ValueError(f"{settings.__name__} needs {sorted(needed)}: give examples in PLACES")


def _is_valid(settings: type[BaseModel], said: dict[str, str]) -> bool:
    try:
        settings.model_validate(said)
    except ValidationError:
        return False
    return True
