"""The rows of a month: the same from day to day, so that only what is spoiled is found."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 150
IDS_A_DAY = 1000
"""Ids from one day, or hour, to the next."""


@dataclass(frozen=True, slots=True, order=True)
class Landing:
    """A file that stands from some moment on; the same path may get another one later."""

    at: datetime
    path: Path
    first: int
    start: datetime
    end: datetime
    kind: str = "good"
    columns: str = "all"
    days: int = 1


def land(landing: Landing) -> None:
    """Put a file where it is to be, whole: what it replaces stands until then."""
    table = rows_of(landing.first, landing.start, landing.end, landing.kind)
    if landing.columns == "labels":
        more = [
            rows_of(landing.first + IDS_A_DAY * n, landing.start, landing.end, "good")
            for n in range(landing.days)
        ]
        table = pa.concat_tables(more).select(["id", "repaid"])
    if landing.columns == "unlabelled":
        table = table.drop_columns(["repaid"])
    if landing.columns == "null labels":
        place = table.column_names.index("repaid")
        table = table.set_column(place, "repaid", pa.nulls(table.num_rows, pa.int64()))
    write(landing.path, table)


def write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    pq.write_table(table, draft)
    draft.replace(path)


def rows_of(first: int, start: datetime, end: datetime, kind: str) -> pa.Table:
    """Return rows that differ from day to day by their ids and times alone, unless spoiled."""
    draw = np.random.default_rng(0)
    score = draw.uniform(0.01, 0.99, ROWS).round(6)
    income = draw.normal(3000, 400, ROWS).round(2)
    step = (end.astimezone(UTC) - start.astimezone(UTC)) / ROWS
    at = [start.astimezone(UTC) + step * (n + 0.5) for n in range(ROWS)]
    if kind == "shifted":
        income = income * 3
    incomes = pa.array(income, mask=np.arange(ROWS) % 5 < 2 if kind == "holes" else None)
    return pa.table(
        {
            "id": np.arange(ROWS) + first,
            "at": pa.array(at, pa.timestamp("us", "UTC")),
            "income": incomes,
            "region": draw.choice(["north", "south", "west"], ROWS),
            "score": score,
            "approved": (score >= 0.5).astype(np.int64),
            "repaid": (draw.uniform(0, 1, ROWS) < score).astype(np.int64),
        }
    )
