"""Which columns decide what rows a query gives: those it filters, joins, groups or sorts by."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from audit_pipeline.domain.lineage import Field, Transformation
from audit_pipeline.sources.origins.changes import Change, changed, decides
from audit_pipeline.sources.origins.columns import Columns

Found = tuple[Field, Transformation]
CLAUSES = {
    "where": decides("FILTER", "where"),
    "group": decides("GROUP_BY", "group by"),
    "having": decides("FILTER", "having"),
    "qualify": decides("FILTER", "qualify"),
    "distinct": decides("GROUP_BY", "distinct"),
    "order": decides("SORT", "order by"),
}
JOINED = decides("JOIN", "join")


def deciding(columns: Columns, scope: Scope) -> Iterator[Found]:
    """Yield the columns that decide what rows a query has, those of the SELECTs in it included."""
    for each in columns.within(scope):
        yield from _of_one(columns, each)


def _of_one(columns: Columns, scope: Scope) -> Iterator[Found]:
    node = scope.expression
    if isinstance(node, exp.SetOperation):
        yield from _of_set_operation(columns, scope, node)
    for key, how in CLAUSES.items():
        clause = node.args.get(key)
        if isinstance(clause, exp.Expr):  # of a UNION, `distinct` is a truth
            yield from _of_clause(columns, scope, clause, how)
    for join in node.args.get("joins") or []:
        yield from _of_join(columns, scope, join)


def _of_set_operation(columns: Columns, scope: Scope, node: exp.SetOperation) -> Iterator[Found]:
    """Yield all columns, where rows are compared: to take them away, or to give each once."""
    if isinstance(node, (exp.Except, exp.Intersect)):
        how = decides("FILTER", node.key)
        for each in scope.set_operation_scopes:
            yield from (changed(found, how) for found in columns.all(each))
    elif node.args.get("distinct"):
        yield from (changed(found, CLAUSES["distinct"]) for found in columns.all(scope))


def _of_clause(columns: Columns, scope: Scope, clause: exp.Expr, how: Change) -> Iterator[Found]:
    if isinstance(clause, exp.Distinct) and clause.args.get("on") is None:
        yield from (changed(each, how) for each in columns.all(scope))
        return
    for part in _parts(clause):
        given = not isinstance(clause, exp.Where)
        yield from columns.made_from(_chosen(scope, part), scope, how, given=given)


def _parts(clause: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the conditions, or what is listed."""
    for value in clause.args.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Expr):
                yield part


def _chosen(scope: Scope, part: exp.Expr) -> exp.Expr:
    """Return the column that a clause names by its number."""
    inner = part.this if isinstance(part, exp.Ordered) else part
    selects = scope.expression.selects if isinstance(scope.expression, exp.Select) else []
    if isinstance(inner, exp.Literal) and inner.is_int and 0 < int(inner.name) <= len(selects):
        return selects[int(inner.name) - 1]
    return part


def _of_join(columns: Columns, scope: Scope, join: exp.Join) -> Iterator[Found]:
    on = join.args.get("on")
    if on is not None:
        yield from columns.made_from(on, scope, JOINED)
    for key in join.args.get("using") or []:
        for _, source in scope.selected_sources.values():
            for each in columns.of(source, key.name):
                yield changed(each, JOINED)
