"""Which keys may stand at a place of an audit file, to guess what a misspelt one was to be."""

from collections.abc import Collection, Iterator, Sequence
from typing import get_args

from pydantic import BaseModel


def keys_at(model: type[BaseModel], location: Sequence[str | int]) -> Collection[str]:
    """Return the keys that may stand beside the one at `location` of what `model` describes."""
    for step in location[:-1]:
        field = model.model_fields.get(str(step))
        model = next(_models(field.annotation), model) if field is not None else model
    return model.model_fields


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
