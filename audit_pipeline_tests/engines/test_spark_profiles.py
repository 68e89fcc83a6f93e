"""Columns are counted on Spark as on DuckDB: refined bins by the dozen, weights, booleans."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.engine import SparkEngine
from audit_pipeline.engines.spark import open_spark
from audit_pipeline.profiles.counting.places import FEW_HEAVY
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline_tests.engines.spark_servers import QUICK
from audit_pipeline_tests.profiles.tables import audit, written

LOCAL = SparkEngine(
    kind="spark", master="local[2]", options={"spark.driver.extraJavaOptions": QUICK}
)
ROWS = 3000


def hard_rows() -> pa.Table:
    random = np.random.default_rng(5)
    many = random.integers(0, 40, ROWS) + random.random(ROWS) / 1e5
    many[: ROWS // 2] = random.normal(0, 1e4, ROWS // 2)
    many[:4] = [np.nan, np.inf, -np.inf, 1e300]
    return pa.table(
        {
            "id": np.arange(ROWS),
            "x": pa.array(many, mask=random.random(ROWS) < 0.1),
            "b": pa.array(random.random(ROWS) < 0.2, mask=random.random(ROWS) < 0.1),
            "w": random.uniform(0, 1e6, ROWS),
        }
    )


def test_refined_bins_and_weights_are_those_of_duckdb(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(hard_rows(), path)
    of = audit(features={"x": "numeric", "b": "numeric"}, weight="w")
    duckdb = open_duckdb(tmp_path / "spill")
    here = duckdb.read_parquet(str(path))
    plan = plan_columns(here, of)
    assert len(plan.grids["x"].heavy) > FEW_HEAVY

    with open_spark(LOCAL) as spark:
        there = spark.backend.read_parquet(str(path))
        assert plan_columns(there, of) == plan
        found = [written(profile_table(table, of, plan, "any")) for table in (here, there)]

    duckdb.disconnect()
    assert found[0] == found[1]
