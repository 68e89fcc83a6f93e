"""Tables that are profiled whole and in parts, on one real DuckDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.engine import IbisBackend, IbisTable, open_duckdb
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.plan import ColumnPlan
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.profiles.profile import Profile
from audit_pipeline_tests.profiles.tables import audit

NAN, INF = float("nan"), float("inf")
BINARY = audit(
    features={"x": "numeric", "c": "categorical"},
    target={"column": "y"},
    prediction={"label": "predicted", "score": "score"},
    groups=["g"],
)
WEIGHTED = BINARY.model_copy(update={"columns": BINARY.columns.model_copy(update={"weight": "w"})})
REGRESSION = audit("regression", features={"x": "numeric"}, target={"column": "y"})


@dataclass(frozen=True)
class Bench:
    """A DuckDB on which many small tables are profiled."""

    backend: IbisBackend
    folder: Path

    def table(self, rows: pa.Table) -> IbisTable:
        """Return the rows as a table of the engine, over a file as in an audit."""
        path = self.folder / f"{uuid4().hex}.parquet"
        pq.write_table(rows, path)
        return self.backend.read_parquet(str(path))

    def plan(self, rows: pa.Table, of: Audit) -> ColumnPlan:
        """Return the plan that a baseline of these rows makes."""
        return plan_columns(self.table(rows), of)

    def profile(self, rows: pa.Table, of: Audit, plan: ColumnPlan) -> Profile:
        """Return the rows' profile."""
        return profile_table(self.table(rows), of, plan, "duckdb")


@contextmanager
def bench() -> Iterator[Bench]:
    """Yield a bench, and put it away."""
    with TemporaryDirectory() as folder:
        backend = open_duckdb(Path(folder) / "spill")
        try:
            yield Bench(backend, Path(folder))
        finally:
            backend.disconnect()


def rows_of(seed: int, size: int = 120) -> pa.Table:
    """Return rows with everything that a profile counts apart: nulls, NaN, far values, ties."""
    random = np.random.default_rng(seed)
    x = random.lognormal(0, 2, size)
    x[:8] = [NAN, INF, -INF, -0.0, 0.0, 1e300, -1e300, 5e-324]
    y = random.integers(0, 2, size)
    score = np.clip(random.beta(2, 2, size) * 0.8 + 0.2 * y, 0, 1)
    score[:4] = [0.0, 1.0, 1.5, NAN]

    def some(values: object, share: float) -> pa.Array:
        return pa.array(values, mask=random.uniform(size=size) < share)

    return pa.table(
        {
            "id": pa.array(np.arange(size)),
            "seen": pa.array(
                np.datetime64("2018-03-01T00:00:00", "us")
                + (random.uniform(0, 5, size) * 3.6e9).astype("timedelta64[us]")
            ),
            "x": some(x, 0.1),
            "c": some(random.choice(["a", "b", "é", ""], size), 0.1),
            "g": some(random.choice(["m", "f"], size), 0.1),
            "w": random.choice([0.0, 0.5, 1.0, 3.0, 0.001], size),
            "score": some(score, 0.05),
            "predicted": pa.array((score > 0.5).astype(int)),
            "y": some(y, 0.2),
        }
    )


def regression_rows(seed: int, size: int = 120) -> pa.Table:
    """Return the same with numbers for label and prediction."""
    random = np.random.default_rng(seed)
    y = random.normal(1e6, 10, size)
    told = {"y": y, "predicted": pa.array(y + random.normal(0, 3, size))}
    rows = rows_of(seed, size).select(["id", "seen", "x"])
    for name, values in told.items():
        rows = rows.append_column(name, pa.array(values))
    return rows


def parts_of(rows: pa.Table, seed: int, parts: int) -> list[pa.Table]:
    """Return the rows dealt out at random; a part may have none."""
    dealt = np.random.default_rng(seed).integers(0, parts, rows.num_rows)
    return [rows.filter(pa.array(dealt == part)) for part in range(parts)]
