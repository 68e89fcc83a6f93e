"""Great Expectations on the session of Spark that holds the rows. Import this module late.

Left to itself Great Expectations takes whichever session it finds, or begins one, and keeps all
rows in the cluster's memory. A subclass of its own extension point is given the session, and keeps
nothing.
"""

import logging
from typing import Any, Literal

from audit_pipeline.rules.asked_once import AskedOnce
from audit_pipeline.rules.gx import (
    Batch,
    ProgressBarsConfig,
    SparkDatasource,
    SparkDFExecutionEngine,
    gx,
)

Session = Any  # of pyspark, which ships no types that fit both kinds of session
DataFrame = Any

# they log what a query raised, and that may quote a value; a failure comes back as a gap's reason
for _name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
    logging.getLogger(_name).disabled = True

EngineClass = type[SparkDFExecutionEngine]  # inside the source `type` is a field


class SparkRowsExecutionEngine(AskedOnce, SparkDFExecutionEngine):
    """Great Expectations' engine for Spark, on the session it is given."""


class SparkRowsDatasource(SparkDatasource):
    """A source of type `spark_rows`; defining it adds `add_spark_rows` to every data context."""

    type: Literal["spark_rows"] = "spark_rows"  # type: ignore[assignment] # as its own subclasses do

    def get_execution_engine(self) -> SparkDFExecutionEngine:
        """Return the one engine, which was given."""
        engine: Any = self._execution_engine
        given: SparkDFExecutionEngine = engine
        return given

    def test_connection(self, test_assets: bool = True) -> None:  # noqa: FBT001, FBT002 (the parent's)
        """Do nothing: the session is open already."""


def open_source(session: Session) -> SparkRowsDatasource:
    """Return a source of DataFrames of `session`, in a context that stores nothing."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source: SparkRowsDatasource = context.data_sources.add_spark_rows(name="snapshot")
    asking = SparkRowsExecutionEngine(spark=session, persist=False)
    source._execution_engine = asking  # noqa: SLF001 (where its kind keeps it)
    return source


def batch_of(source: SparkRowsDatasource, view: str, rows: DataFrame) -> Batch:
    """Return the rows of a DataFrame as Great Expectations wants them."""
    asset = source.add_dataframe_asset(view)
    return asset.add_batch_definition_whole_dataframe(view).get_batch({"dataframe": rows})
