"""What a user may write, as tables: the key, its type, its default and its meaning."""

import inspect
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

Model = type[BaseModel]
HEADER = ("| key | type | default | meaning |", "|---|---|---|---|")
WORDS: dict[object, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    Path: "path",
    date: "date",
    datetime: "date and time",
    NoneType: "null",
    Any: "anything",
}
BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below", "min_length": "at least"}


def table(model: Model, leave_out: Sequence[str] = ()) -> Iterator[str]:
    """Yield a table with a line for each key of `model`, in the order they are declared."""
    yield from HEADER
    for key, field in model.model_fields.items():
        if key not in leave_out:
            cells = (f"`{key}`", type_of(field), default_of(field), meaning_of(field))
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def meaning_of(field: FieldInfo) -> str:
    """Return what a key means: its own words, else those of the settings that it holds."""
    own = field.description
    if not own:
        inner = next(models_in(field.annotation), None)
        own = first_paragraph(inner) if inner else ""
    return " ".join(own.split())


def first_paragraph(model: Model) -> str:
    """Return what settings are, in the words of their class."""
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())


def models_in(annotation: object) -> Iterator[Model]:
    """Yield the settings that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def type_of(field: FieldInfo) -> str:
    """Return a key's type in words, with its bounds."""
    bounds = [
        f"{word} {getattr(each, name)}"
        for each in field.metadata
        for name, word in BOUNDS.items()
        if getattr(each, name, None) is not None
    ]
    patterns = [each.pattern for each in field.metadata if getattr(each, "pattern", None)]
    said = [words(field.annotation), *bounds, *(f"`{pattern}`" for pattern in patterns)]
    return ", ".join(said)


def words(annotation: object) -> str:
    """Return a type in words.

    >>> words(dict[str, int | None])
    'names, each with whole number or null'
    """
    if annotation in WORDS:
        return WORDS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "keys of its own"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _choice([each.value for each in annotation])
    return _made_of(get_origin(annotation), get_args(annotation))


def _made_of(origin: object, inner: Sequence[object]) -> str:
    if origin is Literal:
        return _choice(inner)
    if origin in {Union, UnionType}:
        return " or ".join(dict.fromkeys(words(each) for each in inner))
    if origin is dict:
        return f"names, each with {words(inner[1])}"
    return f"list of {words(inner[0])}" if origin in {tuple, list} else words(inner[0])


def _choice(values: Sequence[object]) -> str:
    *others, last = (f"`{value}`" for value in values)
    return f"{', '.join(others)} or {last}" if others else last


def default_of(field: FieldInfo) -> str:
    """Return what holds where the key is left out."""
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default is PydanticUndefined:
        return "null"
    if isinstance(default, BaseModel):
        return "its own"
    if default in ({}, (), [], ""):
        return "none"
    return f"`{default if isinstance(default, str) else json.dumps(default, default=str)}`"
