"""What a child does that measures drift: both windows' files to finished numbers.

`python -m audit_pipeline_tests.benchmarks.measured FOLDER ENGINE URL` prints them as JSON.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.counting.columns import count_columns
from audit_pipeline.profiles.engine import IbisTable
from audit_pipeline.profiles.plan import ColumnPlan
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.profiles.profile import Column, NumericColumn, Profile
from audit_pipeline.stages.lacking import Evidence
from audit_pipeline.stages.measuring import measure_asset
from audit_pipeline_tests.benchmarks.children import tell
from audit_pipeline_tests.benchmarks.on_engines import with_tables


def main() -> None:
    """Print what was found in the folder named on the command line, on the engine named there."""
    begun = time.monotonic()
    folder, engine, url = sys.argv[1:]
    found = with_tables(Path(folder), engine, url, drift_of)
    tell(found | {"work_seconds": time.monotonic() - begun})


def drift_of(audit: Audit, tables: Mapping[str, IbisTable], engine: str) -> dict[str, Any]:
    """Return every number of the asset `drift`, and the counts that they come from."""
    plan = plan_columns(tables["baseline"], audit)
    profiles = {side: columns_profile(rows, audit, plan, engine) for side, rows in tables.items()}
    evidence = Evidence(
        audit=audit, snapshot=None, baseline=profiles["baseline"], current=profiles["current"]
    )
    numbers = [
        {
            "metric": outcome.check.name,
            "subject": outcome.check.subject,
            "verdict": outcome.verdict,
            "value": outcome.measurement and outcome.measurement.value,
            "bound": outcome.measurement and outcome.measurement.coverage.error_bound,
        }
        for outcome in measure_asset(evidence, "drift")
    ]
    counts = {side: counts_of(profile) for side, profile in profiles.items()}
    return {"engine": engine, "numbers": numbers, "counts": counts}


def columns_profile(table: IbisTable, audit: Audit, plan: ColumnPlan, engine: str) -> Profile:
    """Return a profile of the columns alone: what drift is read from."""
    columns, unreadable = count_columns(table, audit, plan, None)
    rows = max((column.rows for column in columns.values()), default=0)
    return Profile(
        rows=rows,
        zero_weight=0,
        duplicate_ids=0,
        null_ids=0,
        labelled=0,
        predicted=0,
        engine=engine,
        positive=None,
        columns=columns,
        outcomes=None,
        unreadable=unreadable,
    )


def counts_of(profile: Profile) -> dict[str, dict[str, int]]:
    """Return the counts of each column: by category, or of numbers and of nulls."""
    return {name: _counts(column) for name, column in profile.columns.items()}


def _counts(column: Column) -> dict[str, int]:
    if isinstance(column, NumericColumn):
        return {"numbers": column.histogram.rows, "nulls": column.nulls}
    return {f"={value}": count for value, count in column.counts.items()} | {"nulls": column.nulls}


if __name__ == "__main__":
    main()
