"""What a child does that checks: every row in memory, scipy's own definitions, exact counts.

`python -m audit_pipeline_tests.benchmarks.exact FOLDER` prints, by column, what is true of it.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.stats import ks_2samp, wasserstein_distance

from audit_pipeline_tests.benchmarks.children import tell
from audit_pipeline_tests.benchmarks.windows import (
    CATEGORICAL,
    LABEL,
    NUMERIC,
    PREDICTED,
    SCORE,
    SIDES,
)

NUMBERS, CODES = (*NUMERIC, SCORE), (*CATEGORICAL, LABEL, PREDICTED)


def main() -> None:
    """Print what is true of the folder named on the command line."""
    folder = Path(sys.argv[1])
    tell(
        {name: exact_number(folder, name) for name in NUMBERS}
        | {n: exact_code(folder, n) for n in CODES}
    )


def _column(folder: Path, side: str, name: str) -> pa.ChunkedArray:
    return pq.read_table(folder / f"{side}.parquet", columns=[name]).column(name)


def exact_number(folder: Path, name: str) -> dict[str, Any]:
    """Return counts, Kolmogorov-Smirnov statistic and Wasserstein distance of a numeric column.

    The distance is in standard deviations of the baseline, as ours is.
    """
    columns = {side: _column(folder, side, name) for side in SIDES}
    counts = {
        s: {"numbers": len(c) - c.null_count, "nulls": c.null_count} for s, c in columns.items()
    }
    first, second = (np.sort(column.drop_null().to_numpy()) for column in columns.values())
    return {
        "counts": counts,
        "kolmogorov_smirnov": float(ks_2samp(first, second, method="asymp").statistic),
        "wasserstein_distance": float(wasserstein_distance(first, second) / first.std()),
    }


def exact_code(folder: Path, name: str) -> dict[str, Any]:
    """Return the counts of a categorical column."""
    return {"counts": {side: _counts(_column(folder, side, name)) for side in SIDES}}


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    found = {e["values"]: e["counts"] for e in pc.value_counts(column).to_pylist()}
    nulls = found.pop(None, 0)
    return {f"={value}": count for value, count in sorted(found.items())} | {"nulls": nulls}


if __name__ == "__main__":
    main()
