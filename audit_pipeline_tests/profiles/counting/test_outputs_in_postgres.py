"""What is counted of a model's outputs is the same in PostgreSQL and in DuckDB, of hard values."""

from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.engine import IbisTable, open_duckdb
from audit_pipeline.profiles.histogram import Grid, HeavyBin
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.plan import ColumnPlan
from audit_pipeline.profiles.profile import Profile
from audit_pipeline_tests.profiles.tables import audit, written

ROWS = 1500
NAN, INF = float("nan"), float("inf")
LEAST = 5e-324
ROLES: dict[str, Any] = {
    "features": {"x": "numeric", "z": "numeric", "b": "numeric"},
    "timestamp": "seen",
    "groups": ["g", "h"],
}
GRIDS = {
    "x": Grid(centre=1.0, scale=2.0),
    "z": Grid(
        centre=0.0,
        scale=1e-3,
        heavy=tuple(HeavyBin(bin=n, low=n / 1e6, high=n / 1e6 + 5e-7) for n in range(30)),
    ),
    "b": Grid(centre=0.5, scale=0.5, heavy=(HeavyBin(bin=881, low=1.0, high=1.0 + 5e-324),)),
}
CLASSES = audit(target={"column": "y"}, **ROLES)
PREDICTED = {"prediction": {"label": "x"}, "features": {"x": "numeric"}}
NUMBERS = audit("regression", target={"column": "z"}, **ROLES | PREDICTED)


def hard_rows() -> pa.Table:
    random = np.random.default_rng(9)
    x, z = random.lognormal(0, 3, ROWS), random.normal(0, 1, ROWS)
    x[:8] = [NAN, INF, -INF, 1e300, -1e308, LEAST, 0.0, -0.0]
    z[:8] = [1e-300, -1e-300, 0.0, NAN, INF, 0.0, LEAST, 1e200]
    score = random.beta(0.3, 0.3, ROWS)
    score[:8] = [0.0, 1.0, NAN, -1.0, 2.0, 1e-300, LEAST, INF]
    weights = random.uniform(0, 3, ROWS)
    weights[:3] = [0.0, 1e-300, 1e-20]
    hours = random.integers(0, 200_000, ROWS).astype("timedelta64[s]")
    codes = random.choice(["a", "b", "missing"], ROWS)
    return pa.table(
        {
            "id": np.arange(ROWS) // 2,
            "x": pa.array(x, mask=random.random(ROWS) < 0.1),
            "z": z,
            "score": pa.array(score, mask=random.random(ROWS) < 0.05),
            "predicted": pa.array(score > 0.5),
            "y": pa.array(random.integers(0, 3, ROWS), mask=random.random(ROWS) < 0.1),
            "g": pa.array(codes, mask=random.random(ROWS) < 0.1),
            "h": random.integers(0, 5, ROWS),
            "w": weights,
            "b": pa.array(x > 1.0, mask=random.random(ROWS) < 0.1),
            "seen": pa.array(np.datetime64("2024-03-31T00:30:00", "us") + hours),
        }
    )


@pytest.fixture(scope="module")
def tables(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[IbisTable]]:
    folder = tmp_path_factory.mktemp("rows")
    pq.write_table(hard_rows(), folder / "rows.parquet")
    duckdb = open_duckdb(folder / "spill")
    postgres = ibis.connect(postgres_url.replace("postgresql://", "postgres://", 1))
    try:
        postgres.create_table("hard_outputs", hard_rows(), temp=True)
        yield [duckdb.read_parquet(str(folder / "rows.parquet")), postgres.table("hard_outputs")]
    finally:
        duckdb.disconnect()
        postgres.disconnect()


def counted(table: IbisTable, of: Audit) -> Profile:
    plan = ColumnPlan(
        kinds={
            "x": "numeric",
            "z": "numeric",
            "b": "numeric",
            "g": "categorical",
            "h": "categorical",
        },
        grids=GRIDS,
        residuals=Grid(centre=0.0, scale=0.5),
    )
    return profile_table(table, of, plan, "any")


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("of", [CLASSES, NUMBERS], ids=["classes", "numbers"])
def test_every_count_and_sum_is_the_same(
    tables: list[IbisTable], of: Audit, *, weighted: bool
) -> None:
    if weighted:
        columns = of.columns.model_copy(update={"weight": "w"})
        of = of.model_copy(update={"columns": columns})
    first, second = (counted(table, of) for table in tables)
    assert first.products == second.products
    assert first.volume == second.volume
    assert first.errors == second.errors
    assert first.outcomes == second.outcomes
    assert first.groups == second.groups
    assert written(first) == written(second)


def test_of_the_hard_rows_something_is_counted(tables: list[IbisTable]) -> None:
    found = counted(tables[1], CLASSES)
    assert found.duplicate_ids == ROWS // 2
    assert found.scores is not None
    assert found.scores.invalid == 4
    assert len(found.scores_by_group["g"]) == 4
    assert len(found.groups) == 3
    assert sum(found.volume.values()) == ROWS
