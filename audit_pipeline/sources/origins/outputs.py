"""What a SELECT gives, and what becomes of it where SELECTs are put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from audit_pipeline.sources.base import Origins, named


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a SELECT gives: columns by name, and those that a `*` hands on."""

    named: Mapping[str, Origins]
    rest: Origins = ()


def renamed(outputs: Outputs, given: Sequence[str]) -> Outputs:
    """Return the columns by the names that whoever reads the SELECT gave: `AS rows(id, day)`."""
    if not given:
        return outputs
    if not outputs.named:
        return Outputs(dict.fromkeys(given, outputs.rest))
    names = dict(zip(outputs.named, given, strict=False))
    return Outputs({names.get(n, n): o for n, o in outputs.named.items()}, outputs.rest)


def united(first: Outputs, second: Outputs) -> Outputs:
    """Return the columns of two SELECTs below one another: by their order, or the `*` of both."""
    if first.rest or second.rest:
        names = [*first.named, *(n for n in second.named if n not in first.named)]
        pairs = {n: (*_one(first, n), *_one(second, n)) for n in names}
        return Outputs(pairs, tuple(dict.fromkeys((*first.rest, *second.rest))))
    below = [*second.named.values()]
    return Outputs(
        {
            name: tuple(dict.fromkeys((*made, *(below[n] if n < len(below) else ()))))
            for n, (name, made) in enumerate(first.named.items())
        }
    )


def _one(outputs: Outputs, name: str) -> Origins:
    return outputs.named.get(name) or named(outputs.rest, name)


def name_of(projection: exp.Expr, number: int) -> str:
    """Return what a column is called: by its alias, or its function, as PostgreSQL does."""
    inner = projection
    while isinstance(inner, (exp.Filter, exp.Window, exp.Paren)):
        inner = inner.this
    function = inner.sql_name().lower() if isinstance(inner, exp.Func) else f"_{number}"
    return str(projection.output_name or function)
