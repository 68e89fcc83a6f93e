"""Spark behind a Connect server: no Java of ours, the same answers."""

import os
import signal
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.engine import SparkEngine
from audit_pipeline.engines.base import DroppedError, EngineError
from audit_pipeline.engines.spark import open_spark
from audit_pipeline.profiles.engine import as_code
from audit_pipeline_tests.engines.spark_servers import connect_server
from audit_pipeline_tests.servers import free_port


def test_rows_are_read_through_a_connect_server_until_it_dies(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "rows.parquet")
    pq.write_table(pa.table({"x": [0.5, float("nan"), None], "s": ["Jane Doe", "1", None]}), path)
    port = free_port()
    with connect_server(port) as (remote, process):
        engine = SparkEngine(kind="spark", remote=remote)
        with open_spark(engine) as spark:
            table = spark.backend.read_parquet(path)
            assert spark.content is not None
            assert spark.content(table).rows == 3
            assert table.x.isnull().sum().execute() == 1
            codes = table.select(v=as_code(table.x)).to_pyarrow()["v"].to_pylist()
            assert codes == ["0.5", None, None]
        session = spark.backend.session

        with open_spark(engine) as spark:
            assert spark.backend.session is session  # kept, and used again

        with (
            pytest.raises(EngineError, match="CAST_INVALID_INPUT") as caught,
            open_spark(engine) as spark,
        ):
            spark.backend.read_parquet(path).s.cast("float64").max().execute()
        assert "Jane" not in str(caught.value)

        began = time.monotonic()
        with pytest.raises(DroppedError):
            read_while_the_server_is_killed(engine, path, process)
        assert time.monotonic() - began < 60

    with pytest.raises(EngineError, match="cannot be reached"):
        open_spark(engine).__enter__()
    told = capfd.readouterr()
    assert "Jane" not in told.out + told.err


def read_while_the_server_is_killed(engine: SparkEngine, path: str, process: int) -> None:
    with open_spark(engine) as spark:
        table = spark.backend.read_parquet(path)
        os.kill(process, signal.SIGKILL)
        table.count().execute()


def test_an_option_that_only_the_server_can_set_is_named(spark_connect: str) -> None:
    engine = SparkEngine(
        kind="spark", remote=spark_connect, options={"spark.executor.memory": "4g"}
    )

    with pytest.raises(EngineError, match=r"does not let a session set spark\.executor\.memory"):
        open_spark(engine).__enter__()
