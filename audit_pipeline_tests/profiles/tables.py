"""Profiles of small tables, through a real file and a real DuckDB."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.encoding.codec import write_profile
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.plan import ColumnPlan
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.profiles.profile import CategoricalColumn, NumericColumn, Profile

SOMEWHERE = {"table": {"kind": "parquet", "settings": {}}}


def audit(task: str = "binary", **columns: Any) -> Audit:  # noqa: ANN401 (as YAML has them)
    """Return an audit of tables with an `id` and the columns given, as YAML would have them."""
    return Audit.model_validate(
        {
            "format": 1,
            "name": "test",
            "purpose": "test",
            "owner": "test",
            "risk": "low",
            "task": task,
            "current": SOMEWHERE,
            "baseline": SOMEWHERE,
            "columns": {
                "id": "id",
                "timestamp": "seen",
                "features": {"x": None},
                "prediction": {"label": "predicted"},
                **columns,
            },
            "window": {"every": "day", "start": "2016-01-01"},
        }
    )


def profile(
    of: Audit,
    current: dict[str, Any],
    baseline: dict[str, Any] | None = None,
    *,
    threads: int = 2,
    plan: ColumnPlan | None = None,
) -> Profile:
    """Return the profile of the columns `current`, planned on `baseline` (the same, if None)."""
    with TemporaryDirectory() as folder:
        backend = open_duckdb(Path(folder) / "spill")
        try:
            backend.raw_sql(f"SET threads = {threads}").fetchall()
            tables = []
            for name, columns in (("now", current), ("before", baseline or current)):
                path = Path(folder) / f"{name}.parquet"
                pq.write_table(_with_ids(columns), path, row_group_size=2048)
                tables.append(backend.read_parquet(str(path)))
            return profile_table(tables[0], of, plan or plan_columns(tables[1], of), "duckdb")
        finally:
            backend.disconnect()


def numeric(values: Any, before: Any = None) -> NumericColumn:  # noqa: ANN401 (a list or an Arrow array)
    """Return the profile of one numeric column."""
    of = audit(features={"x": "numeric"})
    column = profile(of, {"x": values}, None if before is None else {"x": before}).columns["x"]
    assert isinstance(column, NumericColumn)
    return column


def categorical(values: Any) -> CategoricalColumn:  # noqa: ANN401 (a list or an Arrow array)
    """Return the profile of one categorical column."""
    column = profile(audit(features={"x": "categorical"}), {"x": values}).columns["x"]
    assert isinstance(column, CategoricalColumn)
    return column


def written(of: Profile) -> bytes:
    """Return a profile as the bytes of its file."""
    sink = io.BytesIO()
    write_profile(of, pa.PythonFile(sink, mode="w"))
    return sink.getvalue()


def _with_ids(columns: dict[str, Any]) -> pa.Table:
    table = pa.table(columns)
    if "id" in columns:
        return table
    return table.append_column("id", pa.array(range(table.num_rows), pa.int64()))
