"""Apache Spark as an engine: tables are counted where it reads them."""

import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from audit_pipeline.audits.engine import SparkEngine
from audit_pipeline.engines.base import Content, Engine, EngineError, IbisTable

# ruff: noqa: PLC0415 (Spark is imported when it is used)


READING = {
    "spark.sql.legacy.parquet.nanosAsLong": "true",  # else they are refused; see on_spark.py
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # as every other engine reads
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
}
"""How Parquet is read: set in the session, whose server may have others."""


@contextmanager
def open_spark(settings: SparkEngine) -> Iterator[Engine]:
    """Open a session of Spark, or the one that this process has open already.

    It stays open for the next user, and ends with the process.

    Raises:
        EngineError: pyspark or Java is missing, Spark cannot be reached, or it failed.
        DroppedError: The session ended meanwhile: the next one is a new one.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise EngineError(
            "measuring on Spark needs another package: pip install 'audit-pipeline[spark]'"
        )
    _ignore_warnings()
    from audit_pipeline.engines.spark_backend import SparkBackend
    from audit_pipeline.engines.spark_errors import (
        in_our_words,
        is_lost,
        is_of_spark,
        keep_values_in,
    )
    from audit_pipeline.engines.spark_session import forget, is_alive, used_session

    keep_values_in()
    with used_session(settings) as session:
        try:
            backend = SparkBackend()
            backend.do_connect(session, **READING)
            yield Engine(backend=backend, name=f"spark {session.version}", content=content_of)
            backend.drop_views()
        except Exception as error:
            if not is_of_spark(error):
                raise
            lost = is_lost(error) or not is_alive(session)
            if lost:
                forget()
            raise in_our_words(error, lost=lost) from None  # what Spark says quotes rows


def _ignore_warnings() -> None:
    # said at every result; the ways of pandas that it is about are not taken here
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    # what follows it is an error, which is told
    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]", UserWarning)


def content_of(table: IbisTable) -> Content:
    """Return what a table's rows come to: Spark's hash of each row, summed.

    The hash leaves nulls out, so that it is told which values are: else a value could move to the
    column beside it and not be noticed.
    """
    backend = table.get_backend()
    names = [f"`{name.replace('`', '``')}`" for name in table.columns]
    told = ", ".join([*names, *(f"{name} IS NULL" for name in names)])
    found = backend.sql_arrow(
        f"SELECT COUNT(*) AS n, SUM(CAST(xxhash64({told}) AS DECIMAL(38, 0))) AS digest"
        f" FROM ({backend.compile(table)}) AS t"
    ).to_pylist()[0]
    major = backend.session.version.partition(".")[0]
    return Content(
        rows=found["n"], digest=str(found["digest"] or 0), method=f"spark xxhash64 {major}"
    )
