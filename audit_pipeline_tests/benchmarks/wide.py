"""A whole audit of a table with very many columns."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline_tests.benchmarks.audits import NAME, audit_settings
from audit_pipeline_tests.benchmarks.runs import run_audit, write_home
from audit_pipeline_tests.benchmarks.whole_audit import figures_of
from audit_pipeline_tests.benchmarks.windows import ID, SIDES, TIME

EVERY_THIRD = 3
"""Column of text; the others are numbers."""


def wide(columns: int, rows: int) -> dict[str, Any]:
    """Return the figures of an audit of the data alone, of so many features."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        for side in SIDES:
            pq.write_table(wide_rows(side, columns, rows), folder / f"{side}.parquet")
        run = run_audit(write_home(folder, wide_settings(folder, columns)), NAME, SIDES["current"])
    return {"columns": columns, "rows": rows, **figures_of(run)}


def wide_settings(folder: Path, columns: int) -> dict[str, Any]:
    """Return what the audit file says of the tables in `folder`."""
    tables = {s: {"kind": "parquet", "path": str(folder / f"{s}.parquet")} for s in SIDES}
    roles = {"id": ID, "timestamp": TIME, "features": _names(columns), "prediction": None}
    return audit_settings(**tables) | {"columns": roles}


def _names(columns: int) -> list[str]:
    return [f"f{place:05d}" for place in range(columns)]


def wide_rows(side: str, columns: int, rows: int) -> pa.Table:
    """Return rows with `columns` features, every third of them a category."""
    draw = np.random.default_rng([columns, list(SIDES).index(side)])
    codes = np.array([f"v{number}" for number in range(20)])
    features = {
        name: draw.choice(codes, rows) if place % EVERY_THIRD == 0 else draw.normal(0, 1, rows)
        for place, name in enumerate(_names(columns))
    }
    times = np.full(rows, np.datetime64(f"{SIDES[side]}-15", "us"))
    return pa.table({ID: np.arange(rows), **features, TIME: times})
