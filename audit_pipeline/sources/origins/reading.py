"""Reads a query into scopes, and says what its columns and rows rest on. Brings in sqlglot."""

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify_tables import qualify_tables
from sqlglot.optimizer.scope import Scope, build_scope

from audit_pipeline.domain.lineage import WHOLE, Dataset, Field, Transformation
from audit_pipeline.sources.base import Origin
from audit_pipeline.sources.origins.columns import Columns
from audit_pipeline.sources.origins.places import Place
from audit_pipeline.sources.origins.rows import deciding

KEEP_SPELLING = frozenset({"bigquery", "databricks", "duckdb", "spark", "sqlite", "tsql"})
"""Where case tells no two names apart, and is kept as written; elsewhere names are folded."""
DEEPEST = 2000
"""Levels of a query that is read: beyond, sqlglot's time grows as their square, past a second."""
UNKNOWN = Transformation(subtype="TRANSFORMATION", description="a pivot of the table")


def read_query(query: str, place: Place) -> Origin | None:
    """Return what a query rests on; None if it is no SELECT, or too deep.

    Raises:
        Exception: Of sqlglot's, of any kind, where it cannot read it.
    """
    dialect = place.dialect if place.dialect in Dialect.classes else ""
    tree = sqlglot.parse_one(query, read=dialect)
    if not isinstance(tree, exp.Query) or _depth(tree) > DEEPEST:
        return None
    spelled = _spellings(tree) if dialect in KEEP_SPELLING else {}
    tree = qualify_tables(normalize_identifiers(tree, dialect=dialect), dialect=dialect)
    root = build_scope(tree.unnest())
    if root is None:
        return None
    columns = Columns(place, spelled, {id(scope.expression): scope for scope in root.traverse()})
    datasets = tuple(dict.fromkeys(columns.datasets(root)))
    if tree.find(exp.Pivot):
        return Origin(datasets=datasets, rest=_whole(datasets))
    return _origin(columns, root, datasets)


def _origin(columns: Columns, root: Scope, datasets: tuple[Dataset, ...]) -> Origin:
    made = columns.outputs(root)
    rows = deciding(columns, root)
    return Origin(
        datasets=datasets,
        fields={columns.spelled.get(name, name): origins for name, origins in made.named.items()},
        rest=made.rest,
        rows=tuple(dict.fromkeys(rows)),
    )


def _depth(tree: exp.Expr) -> int:
    """Return how many levels a query has: thousands of `OR`s stand one in another."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(part, level + 1) for part in node.iter_expressions()]
    return deepest


def _whole(datasets: tuple[Dataset, ...]) -> tuple[tuple[Field, Transformation], ...]:
    return tuple((Field(at, WHOLE), UNKNOWN) for at in datasets)


def _spellings(tree: exp.Expr) -> dict[str, str]:
    """Return how names are written, by how they are folded: first those given to columns."""
    given = [each.args["alias"] for each in tree.find_all(exp.Alias)]
    written = [each.name for each in given] + [each.name for each in tree.find_all(exp.Identifier)]
    spelled: dict[str, str] = {}
    for name in written:
        spelled.setdefault(name.lower(), name)
    return spelled
