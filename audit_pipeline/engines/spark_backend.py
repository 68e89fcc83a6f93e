"""Ibis on Spark, mended where it would give another answer than the other engines.

Import this where Spark is used, and not before: it loads Ibis, pandas and pyspark.
"""

import contextlib
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

import ibis
import ibis.expr.datatypes as dt
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType
from ibis.formats.pyarrow import PyArrowData
from sqlglot.expressions import replace_placeholders

from audit_pipeline.engines.base import IbisTable

with warnings.catch_warnings():
    # about ways of pandas that are not taken here; see open_spark, for what is said later
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from ibis.backends.pyspark import Backend
    from ibis.backends.pyspark.datatypes import PySparkType as DataFrameType

Expression = Any
ArrowTable = Any
DataFrame = Any  # of a classic or of a Connect session
Paths = str | list[str]


FLOAT_TEXT = sg.parse_one(
    """CASE
    WHEN :x IS NULL THEN NULL
    WHEN ISNAN(:x) THEN 'nan'
    WHEN ABS(:x) = CAST('Infinity' AS DOUBLE) THEN IF(:x > 0, 'inf', '-inf')
    WHEN :x = 0 OR (INSTR(:s, 'E') = 0 AND LENGTH(:s) < 17) THEN :s
    WHEN ABS(:x) >= 1E-4D AND ABS(:x) < 1E16D
    THEN REGEXP_REPLACE(REGEXP_REPLACE(
      CAST(CAST(:digits AS DECIMAL(38, 21)) AS STRING), '0+$', ''), '[.]$', '.0')
    ELSE CONCAT(
      REGEXP_REPLACE(SUBSTRING_INDEX(:digits, 'E', 1), '[.]?0*$', ''),
      IF(INSTR(:digits, 'E-') > 0, 'e-', 'e+'),
      REGEXP_REPLACE(
        REGEXP_REPLACE(SUBSTRING_INDEX(:digits, 'E', -1), '^[+-]?0*', ''), '^(.)$', '0$1')
    )
    END""",
    read="spark",
)
"""A float `x`, which Java writes as `s`, as C and Python write it: 1e-07 and not 1.0E-7."""
DIGITS = sg.parse_one(
    """IF(LENGTH(:s) > 16 AND CAST(FORMAT_STRING('%.15E', :x) AS DOUBLE) = :x,
      FORMAT_STRING('%.15E', :x), :s)""",
    read="spark",
)
"""The same in as few digits as will do: Java before 19 writes some numbers with one too many."""


class _Types(PySparkType):  # type: ignore[misc]
    """Says which of Spark's two timestamps is meant, whatever the session's default is."""

    @classmethod
    def _from_ibis_Timestamp(cls, dtype: Any) -> Expression:  # noqa: ANN401, N802 (Ibis's name)
        kinds = sge.DataType.Type
        return sge.DataType(this=kinds.TIMESTAMPLTZ if dtype.timezone else kinds.TIMESTAMPNTZ)


class _Compiler(PySparkCompiler):  # type: ignore[misc]
    __slots__ = ()
    type_mapper = _Types

    # Ibis takes NaN for null on Spark: a NaN would be counted as missing, and said to be null
    visit_IsNull = SQLGlotCompiler.visit_IsNull  # noqa: N815
    visit_NotNull = SQLGlotCompiler.visit_NotNull  # noqa: N815

    def visit_IsInf(self, op: Any, *, arg: Any) -> Expression:  # noqa: ANN401, N802
        """Compare with both infinities; Ibis compares the expressions, which are never the same."""
        if not op.arg.dtype.is_floating():
            return sge.false()
        return sg.or_(arg.eq(self.POS_INF), arg.eq(self.NEG_INF))

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Expression:  # noqa: ANN401, N802
        """Write a float or a zoned time as text as DuckDB does: texts are compared."""
        if op.arg.dtype.is_timestamp() and op.arg.dtype.timezone and to.is_string():
            return sge.func("CONCAT", self.cast(arg, to), sge.convert("+00"))  # sessions are in UTC
        if op.arg.dtype.is_float64() and to.is_string():
            text = self.cast(arg, to)
            digits = replace_placeholders(DIGITS.copy(), x=arg, s=text)
            return replace_placeholders(FLOAT_TEXT.copy(), x=arg, s=text, digits=digits)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_NonNullLiteral(  # noqa: N802
        self,
        op: Any,  # noqa: ANN401
        *,
        value: Any,  # noqa: ANN401
        dtype: Any,  # noqa: ANN401
    ) -> Expression:
        """Write a float as a double: to Spark 0.5 is a decimal of one digit."""
        if dtype.is_floating():
            return self.cast(repr(float(value)), dt.float64)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)


class SparkBackend(Backend):  # type: ignore[misc]
    """A session of Spark, as Ibis asks it."""

    compiler: ClassVar[Any] = _Compiler()

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 (Ibis's own)
        super().__init__(*arguments, **named)
        self.views: list[str] = []

    def drop_views(self) -> None:
        """Drop the names under which tables were read: the session outlives this backend."""
        with contextlib.suppress(Exception):  # the session may be gone, and with it the names
            while self.views:
                self._session.catalog.dropTempView(self.views.pop())

    @property
    def session(self) -> Any:  # noqa: ANN401 (a classic or a Connect session)
        """Spark's own session, for who cannot go through Ibis."""
        return self._session

    def table_of(self, frame: DataFrame) -> IbisTable:
        """Return what a DataFrame of the session gives, lazily.

        Its zoned times are zoned in Ibis too, where Ibis knows one kind of timestamp only.
        """
        name = f"rows_{uuid4().hex}"
        self.views.append(name)
        frame.createOrReplaceTempView(name)
        schema = {c.name: DataFrameType.to_ibis(c.dataType) for c in frame.schema.fields}
        for column in frame.schema.fields:
            if column.dataType.typeName() == "timestamp":
                schema[column.name] = dt.Timestamp("UTC")
        return ibis.expr.operations.DatabaseTable(
            name, schema=ibis.schema(schema), source=self
        ).to_expr()

    def read_parquet(
        self,
        path: Paths,
        /,
        *,
        table_name: str | None = None,
        columns: Mapping[str, str] | None = None,
        **options: str,
    ) -> IbisTable:
        """Return one or several Parquet files as one table, read when its rows are asked for.

        `columns` says in Spark's SQL how some of them are to be written anew.
        """
        del table_name
        paths = [path] if isinstance(path, str) else list(path)
        frame = self._session.read.options(**options).parquet(*paths)
        if columns:
            names = {name: f"`{name.replace('`', '``')}`" for name in frame.columns}
            said = [f"{columns.get(name, own)} AS {own}" for name, own in names.items()]
            frame = frame.selectExpr(*said)
        return self.table_of(frame)

    def sql_arrow(self, text: str) -> ArrowTable:
        """Return what a statement gives, as Arrow: exact integers, and nulls that are not NaN."""
        return self._session.sql(text).toArrow()

    def to_pyarrow(
        self,
        expr: Any,  # noqa: ANN401
        /,
        *,
        params: Any = None,  # noqa: ANN401
        limit: int | str | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 (a table, a column or a value)
        """Return the result without the detour by pandas that Ibis takes."""
        table = expr.as_table()
        self._run_pre_execute_hooks(expr)
        found = self.sql_arrow(self.compile(table, params=params, limit=limit, **kwargs))
        return expr.__pyarrow_result__(PyArrowData.convert_table(found, table.schema()))

    def execute(self, expr: Any, /, **kwargs: Any) -> Any:  # noqa: ANN401
        """Return the result as pandas has it."""
        found = self.to_pyarrow(expr.as_table(), **kwargs)
        return expr.__pandas_result__(found.to_pandas())


SparkBackend.register_options()  # Ibis does so for backends that it finds itself
