"""Spark on a real cluster: a master and two workers, processes of their own."""

# ruff: noqa: ANN401 (Ibis ships no types)

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.engine import SparkEngine
from audit_pipeline.engines import spark_driver
from audit_pipeline.engines.base import Engine, EngineError
from audit_pipeline.engines.spark import open_spark
from audit_pipeline_tests.engines.spark_servers import OPTIONS, Cluster

ROWS, TIMES = 2000, 4000


def many_rows(engine: Engine, folder: Path) -> Any:
    """Return 8 million rows, in eight parts: seconds of work for two executors."""
    pq.write_table(pa.table({"x": [float(n) for n in range(ROWS)]}), folder / "rows.parquet")
    rows = engine.backend.read_parquet(str(folder / "rows.parquet"))
    numbers = engine.backend.table_of(engine.backend.session.range(0, TIMES, 1, 8))
    return rows.cross_join(numbers)


def test_a_count_is_right_though_an_executor_is_killed_in_the_middle(
    spark_cluster: Cluster, tmp_path: Path
) -> None:
    engine = SparkEngine(kind="spark", master=spark_cluster.master, options=OPTIONS)
    with open_spark(engine) as spark:
        table = many_rows(spark, tmp_path)
        killed: list[int] = []
        killer = threading.Thread(target=kill_one, args=(spark, spark_cluster, killed))
        killer.start()

        found = table.aggregate(rows=table.count(), total=table.x.cast("int64").sum())
        (row,) = found.to_pyarrow().to_pylist()

        killer.join()
    assert row["rows"] == ROWS * TIMES
    assert row["total"] == sum(range(ROWS)) * TIMES
    assert killed
    assert killed[0] not in spark_cluster.executors()


def kill_one(spark: Engine, cluster: Cluster, killed: list[int]) -> None:
    """Kill an executor as soon as some parts are counted and others are not."""
    tracker = spark.backend.session.sparkContext.statusTracker()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        stages = [tracker.getStageInfo(number) for number in tracker.getActiveStageIds()]
        if any(stage and 0 < stage.numCompletedTasks < stage.numTasks for stage in stages):
            killed.append(cluster.executors()[0])
            os.kill(killed[0], signal.SIGKILL)
            return
        time.sleep(0.02)


def test_a_cluster_without_room_is_not_waited_for_for_ever(
    spark_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_driver, "EXECUTOR_SECONDS", 1)
    greedy = OPTIONS | {"spark.executor.memory": "64g"}

    with pytest.raises(EngineError, match="gave no executor within 1 seconds"):
        open_spark(
            SparkEngine(kind="spark", master=spark_cluster.master, options=greedy)
        ).__enter__()
