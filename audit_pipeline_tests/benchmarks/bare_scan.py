"""What a child does that only reads: least, greatest, mean and count of every column of both files.

That is what an engine needs at least to look at every value, and so the measure of all else.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.engine import MEMORY_LIMIT, STATISTICS, IbisTable
from audit_pipeline_tests.benchmarks.children import tell
from audit_pipeline_tests.benchmarks.on_engines import with_tables
from audit_pipeline_tests.benchmarks.windows import SIDES


def main() -> None:
    """Read the folder named on the command line, with the settings that audits have."""
    folder, engine, url = sys.argv[1:]
    tell(
        _scan_files(Path(folder))
        if engine == "duckdb"
        else with_tables(Path(folder), engine, url, _scan_tables)
    )


def _scan_files(folder: Path) -> dict[str, int]:
    with TemporaryDirectory() as spill:
        engine = duckdb.connect(
            config={
                "memory_limit": MEMORY_LIMIT,
                "disabled_optimizers": STATISTICS,
                "temp_directory": spill,
            }
        )
        return {side: scan(engine, folder / f"{side}.parquet") for side in SIDES}


def _scan_tables(_audit: Audit, tables: Mapping[str, IbisTable], _engine: str) -> dict[str, int]:
    """Ask the same of an engine that reads tables where they are."""
    rows = {}
    for side, table in tables.items():
        asked = {"rows": table.count()}
        for name, kind in table.schema().items():
            column = table[name]
            found = {"least": column.min(), "greatest": column.max(), "count": column.count()}
            found |= {"mean": column.cast("float64").mean()} if kind.is_numeric() else {}
            asked |= {f"{name}_{what}": value for what, value in found.items()}
        rows[side] = int(table.aggregate(**asked).to_pyarrow().to_pylist()[0]["rows"])
    return rows


def scan(engine: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Return the rows of a file, all of whose values were looked at."""
    table = engine.read_parquet(str(path))
    asked = ["count(*)"]
    for name, kind in zip(table.columns, table.types, strict=True):
        asked += [f'min("{name}")', f'max("{name}")', f'count("{name}")']
        asked += [f'avg("{name}")'] if str(kind) in {"DOUBLE", "BIGINT"} else []
    ((rows, *_),) = table.aggregate(", ".join(asked)).fetchall()
    return int(rows)


if __name__ == "__main__":
    main()
