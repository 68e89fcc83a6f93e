"""What each column that a query gives is made from, down to columns of tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from audit_pipeline.domain.lineage import WHOLE, Dataset, Field, Transformation
from audit_pipeline.sources.base import SAME, Origins, named
from audit_pipeline.sources.origins.changes import (
    Change,
    changed,
    changes,
    counts_rows,
    may_be_text,
    one_of,
    word_for,
)
from audit_pipeline.sources.origins.outputs import Outputs, name_of, renamed, united
from audit_pipeline.sources.origins.places import Place

Found = tuple[Field, Transformation]
Table = exp.Table | Scope
AS_IT_IS = Change()


@dataclass(frozen=True)
class Columns:
    """Of one query: where its tables are, how its names are spelled, and its SELECTs."""

    place: Place
    spelled: Mapping[str, str]
    scopes: Mapping[int, Scope]
    known: dict[int, Outputs] = field(default_factory=dict[int, Outputs])

    def outputs(self, scope: Scope) -> Outputs:
        """Return what the columns of a SELECT, a UNION or a table function are made from."""
        key = id(scope.expression)
        if key not in self.known:
            self.known[key] = Outputs({})  # a query that reads itself adds nothing by that
            self.known[key] = renamed(self._found(self.scopes.get(key, scope)), scope.outer_columns)
        return self.known[key]

    def all(self, scope: Scope) -> Iterator[Found]:
        """Yield what all columns of a SELECT together are made from."""
        outputs = self.outputs(scope)
        for origins in outputs.named.values():
            yield from origins
        yield from named(outputs.rest, WHOLE)

    def _found(self, scope: Scope) -> Outputs:
        if isinstance(scope.expression, (exp.Except, exp.Intersect)):
            return self.outputs(scope.set_operation_scopes[0])
        if scope.set_operation_scopes:
            return united(*(self.outputs(each) for each in scope.set_operation_scopes))
        if isinstance(scope.expression, exp.Subquery):
            inner = self.scopes.get(id(scope.expression.unnest()))
            return self.outputs(inner) if inner is not None else Outputs({})
        if not isinstance(scope.expression, exp.Select):
            return Outputs({}, tuple(dict.fromkeys(self._of_function(scope))))
        return self._selected(scope, scope.expression)

    def _of_function(self, scope: Scope) -> Iterator[Found]:
        """Yield what a function that gives rows is made from: `unnest`, `explode`, `VALUES`."""
        how = Change("TRANSFORMATION", scope.expression.key)
        for key, value in scope.expression.args.items():
            for part in value if isinstance(value, list) else [value]:
                if key != "alias" and isinstance(part, exp.Expr):
                    yield from self.made_from(part, scope, how)

    def _selected(self, scope: Scope, select: exp.Select) -> Outputs:
        found: dict[str, Origins] = {}
        handed: list[Origins] = []
        for number, each in enumerate(select.selects):
            if each.is_star:
                for source in self._starred(scope, each):
                    of = self._all_of(source)
                    found = {**of.named, **found}
                    handed += [of.rest] if of.rest else []
            else:
                made = self.made_from(each, scope)
                found[name_of(each, number)] = tuple(dict.fromkeys(made))
        return Outputs(found, handed[0] if len(handed) == 1 else one_of(handed))

    def _starred(self, scope: Scope, star: exp.Expr) -> list[Table]:
        if isinstance(star, exp.Column):
            source = self.source(scope, star.table)
            return [source] if source is not None else []
        return [source for _, source in scope.selected_sources.values()]

    def _all_of(self, source: Table) -> Outputs:
        if isinstance(source, Scope):
            return self.outputs(source)
        at = self.dataset(source)
        return Outputs({}, ((Field(at, SAME), Transformation()),) if at is not None else ())

    def made_from(
        self, node: exp.Expr, scope: Scope, change: Change = AS_IT_IS, *, given: bool = False
    ) -> Iterator[Found]:
        """Yield the columns of tables that an expression is made from, and what is done to them.

        With `given`, it may name columns as the SELECT has named them.
        """
        waiting = [(node, change)]
        while waiting:  # in turn, for thousands of conditions may stand one in another
            part, how = waiting.pop()
            if isinstance(part, exp.Column) and not part.is_star:
                yield from (changed(of, how) for of in self.column(scope, part, given=given))
            elif isinstance(part, exp.Query):
                yield from self._nested(part, how)
            elif counts_rows(part):
                after = how.then(Change("AGGREGATION", word_for(part), masking=True))
                yield from (changed(each, after) for each in self._whole(scope))
            else:
                waiting += reversed([*changes(part, how)])

    def _nested(self, query: exp.Expr, change: Change) -> Iterator[Found]:
        # imported here, for the rows of a query rest on its columns
        from audit_pipeline.sources.origins.rows import deciding  # noqa: PLC0415

        scope = self.scopes.get(id(query)) or self.scopes.get(id(query.unnest()))
        if scope is None:
            return
        yield from (changed(each, change) for each in self.all(scope))
        yield from (changed(each, change) for each in deciding(self, scope))

    def column(self, scope: Scope, column: exp.Column, *, given: bool = False) -> Origins:
        """Return what a column named in a SELECT is made from."""
        if not column.table and may_be_text(column, self.place.dialect):
            return self._whole(scope)
        if not column.table:
            renamed = self.outputs(scope).named if given else {}
            return renamed.get(column.name) or self._unqualified(scope, column.name)
        source = self.source(scope, column.table)
        if source is not None:
            return self.of(source, column.name)
        # a part of a structure: `payload.income`
        struct = self._unqualified(scope, column.parts[0].name)
        return tuple(changed(each, Change("TRANSFORMATION", "part")) for each in struct)

    def _unqualified(self, scope: Scope, name: str) -> Origins:
        sources = [source for _, source in scope.selected_sources.values()]
        sure: list[Table] = [s for s in sources if name in self._all_of(s).named]
        able = sure or [s for s in sources if self.of(s, name)]
        if not able and scope.parent is not None:
            return self._unqualified(scope.parent, name)
        if len(able) == 1:
            return self.of(able[0], name)
        return one_of([self.of(each, name) for each in able])

    def _whole(self, scope: Scope) -> Origins:
        read = dict.fromkeys(self.datasets(scope, asked=False))
        return tuple((Field(at, WHOLE), Transformation()) for at in read)

    def of(self, source: Table, name: str) -> Origins:
        """Return what a column of a table, or of a SELECT, is made from; nothing if it has none."""
        of = self._all_of(source)
        if name in of.named:
            return of.named[name]
        return named(of.rest, self.spelled.get(name, name))

    def source(self, scope: Scope, name: str) -> Table | None:
        """Return the table or the SELECT that goes by a name, also outside of a subquery."""
        if name in scope.selected_sources:
            return scope.selected_sources[name][1]
        if name in scope.sources:
            return scope.sources[name]
        return self.source(scope.parent, name) if scope.parent is not None else None

    def dataset(self, table: exp.Table) -> Dataset | None:
        """Return the dataset that a table is; None if it is a function that gives rows."""
        if not isinstance(table.this, exp.Identifier):
            return None
        return self.place.dataset(
            tuple(self.spelled.get(part.name, part.name) for part in table.parts)
        )

    def datasets(self, scope: Scope, *, asked: bool = True) -> Iterator[Dataset]:
        """Yield the tables that a SELECT reads; with those its conditions and columns ask for."""
        for at in self.within(scope, asked=asked):
            sources = [source for _, source in at.selected_sources.values()]
            yield from (d for s in sources if isinstance(s, exp.Table) and (d := self.dataset(s)))

    def within(self, scope: Scope, *, asked: bool = False) -> Iterator[Scope]:
        """Yield a SELECT and those it reads, each once; with those its conditions ask for."""
        seen: set[int] = set()
        waiting = [scope]
        for each in waiting:  # grows while it is walked
            at = self.scopes.get(id(each.expression), each)
            if id(at) in seen:
                continue
            seen.add(id(at))
            yield at
            waiting += [s for _, s in at.selected_sources.values() if isinstance(s, Scope)]
            waiting += [*at.set_operation_scopes, *at.derived_table_scopes]
            waiting += at.subquery_scopes if asked else []
