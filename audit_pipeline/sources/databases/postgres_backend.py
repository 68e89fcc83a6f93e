"""Ibis on one PostgreSQL connection that is open already, within one transaction.

Ibis rewrites a query it is given, and makes a view to see its columns, which a read-only session
refuses. Here a table or query stands as it was written, by a name, in front of what Ibis writes.
Ibis takes rows by a cursor, too, for which the server starts no parallel workers: not here.

Import this where PostgreSQL is used, and not before: it loads Ibis and pandas.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.postgres import Backend
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.expr import datatypes
from ibis.expr.operations import DatabaseTable, Namespace
from ibis.expr.schema import Schema

from audit_pipeline.sources.databases.postgres_times import take_all_times

IbisTable = Any  # Ibis ships no types
Expression = Any  # nor does sqlglot say what an expression is
PREFIX = "audit_pipeline_source_"
FIRST_EXPONENT = 1e16
"""From here on DuckDB writes a number with an exponent; PostgreSQL does so earlier."""


class _Compiler(PostgresCompiler):  # type: ignore[misc]
    """Writes casts so that they give what they give on the other engines."""

    __slots__ = ()
    SIMPLE_OPS: ClassVar[dict[Any, str]] = {}  # those of Ibis would be put over what is below

    def visit_Cast(self, op: Any, *, arg: Expression, to: Any) -> Expression:  # noqa: ANN401, N802 (Ibis's own)
        """Write a cast: a boolean as a float is 0 or 1, a float as text is as DuckDB writes it."""
        kind = op.arg.dtype
        if kind.is_boolean() and to.is_floating():
            arg = self.cast(arg, datatypes.int32)
        if kind.is_floating() and to.is_string():
            return self._float_text(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    visit_TryCast = visit_Cast  # noqa: N815 (Ibis's own)

    def visit_Arbitrary(self, op: Any, *, arg: Expression, where: Expression) -> Expression:  # noqa: ANN401, N802 (Ibis's own)
        """Write any value of a group as the greatest: Ibis names a function that is not there."""
        greatest = self.agg.bool_or if op.arg.dtype.is_boolean() else self.agg.max
        return greatest(arg, where=where)

    def _float_text(self, number: Expression) -> Expression:
        text = self.cast(number, datatypes.string)
        plain = sge.and_(text.like("%e+%"), self.f.abs(number) < FIRST_EXPONENT)
        digits = self.if_(
            plain, self.cast(self.cast(text, datatypes.decimal), datatypes.string), text
        )
        whole = sge.not_(sge.or_(digits.like("%.%"), digits.like("%e%")))
        return sge.Case(
            this=text,
            ifs=[
                self.if_(sge.convert(theirs), sge.convert(ours))
                for theirs, ours in {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}.items()
            ],
            default=self.if_(whole, self.f.concat(digits, ".0"), digits),
        )


class PostgresInPlace(Backend):  # type: ignore[misc]  # Ibis ships no types
    """PostgreSQL as Ibis knows it, with tables that are queries."""

    compiler: ClassVar[Any] = _Compiler()

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 (Ibis's own)
        super().__init__(*arguments, **named)
        self.queries: dict[str, str] = {}

    def _post_connect(self) -> None:
        super()._post_connect()
        take_all_times(self.con)

    def relation(self, query: str, schema: pa.Schema) -> IbisTable:
        """Return a lazy table of what `query`, one SELECT, gives: columns of the types `schema`."""
        name = f"{PREFIX}{len(self.queries) + 1}"
        self.queries[name] = query
        return DatabaseTable(
            name=name, schema=Schema.from_pyarrow(schema), source=self, namespace=Namespace()
        ).to_expr()

    def compile(self, expr: Any, /, **named: Any) -> str:  # noqa: ANN401 (Ibis's own)
        """Return an expression as SQL, the queries it stands on in front."""
        text: str = super().compile(expr, **named)
        used = {f'"{name}"': query for name, query in self.queries.items() if f'"{name}"' in text}
        if not used:
            return text
        # not materialized: the server reads the columns it needs, and keeps no copy of the rows
        named_queries = [f"{n} AS NOT MATERIALIZED (\n{query}\n)" for n, query in used.items()]
        return f"WITH {', '.join(named_queries)} ({text})"

    def to_pyarrow_batches(
        self,
        expr: Any,  # noqa: ANN401 (Ibis's own)
        /,
        *,
        params: Any = None,  # noqa: ANN401 (Ibis's own)
        limit: int | str | None = None,
        chunk_size: int = 1_000_000,
        **_: Any,  # noqa: ANN401 (Ibis's own)
    ) -> pa.RecordBatchReader:
        """Return the rows an expression comes to, piece by piece."""
        self._run_pre_execute_hooks(expr)
        schema = expr.as_table().schema().to_pyarrow()
        query = self.compile(expr, limit=limit, params=params)
        return pa.RecordBatchReader.from_batches(schema, self._pieces(query, schema, chunk_size))

    def _pieces(self, query: str, schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
        with self.con.cursor() as cursor, self.con.transaction():
            cursor.execute(query)
            while piece := cursor.fetchmany(rows):
                columns = zip(*piece, strict=True)
                arrays = [_array(c, f.type) for c, f in zip(columns, schema, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values as Arrow; the server's sum of big integers is a decimal."""
    if pa.types.is_integer(kind):
        values = [None if value is None else int(value) for value in values]
    return pa.array(values, kind)
