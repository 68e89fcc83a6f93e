"""What a child does that counts all of a profile: columns, and then what the model said of them.

`python -m audit_pipeline_tests.benchmarks.counted_outputs FOLDER` prints as one JSON object what it
took to count the columns of both windows, what it took to count everything, and the numbers.
"""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audit_pipeline.metrics.correlations.base import correlation
from audit_pipeline.profiles.counting.columns import count_columns
from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline.profiles.engine import engine_name, open_duckdb
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.lacking import Evidence
from audit_pipeline.stages.measuring import measure_asset
from audit_pipeline_tests.benchmarks.audits import bare_audit
from audit_pipeline_tests.benchmarks.children import tell
from audit_pipeline_tests.benchmarks.windows import NUMERIC, SIDES

FEW = 1000
"""Rows to warm up with."""


def main() -> None:
    """Print what was found in the folder named on the command line."""
    audit, folder = bare_audit(), Path(sys.argv[1])
    with TemporaryDirectory() as spill:
        backend = open_duckdb(Path(spill))
        tables = [backend.read_parquet(str(folder / f"{side}.parquet")) for side in SIDES]
        plan = plan_columns(tables[0], audit)
        # what is imported and compiled at first use is to fall on neither
        profile_table(tables[0].limit(FEW), audit, plan, engine_name(backend))
        columns, _ = _timed(lambda: [count_columns(each, audit, plan, None) for each in tables])
        whole, (baseline, current) = _timed(
            lambda: [profile_table(each, audit, plan, engine_name(backend)) for each in tables]
        )
    evidence = Evidence(audit=audit, snapshot=None, baseline=baseline, current=current)
    tell(
        {
            "engine": current.engine,
            "rows": current.rows,
            "columns": columns,
            "whole": whole,
            "numbers": {
                f"{outcome.check.name} of {outcome.check.subject}": outcome.measurement.value
                for asset in ("performance", "fairness")
                for outcome in measure_asset(evidence, asset)
                if outcome.measurement is not None
            },
            "cells": dict(_cells(current)),
            "correlations": _correlations(current),
        }
    )


def _timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    begun, processor = time.monotonic(), time.process_time()
    made = work()
    took = {"seconds": time.monotonic() - begun, "cpu_seconds": time.process_time() - processor}
    return took, made


def _cells(profile: Profile) -> Iterator[tuple[str, int]]:
    """Yield the rows by label and prediction: of all, of each group, of each two groups crossed."""
    if profile.outcomes is not None:
        yield from _named("all rows", profile.outcomes)
    for attribute, groups in profile.groups.items():
        for group, counts in groups.items():
            yield from _named(f"{attribute} {group}", counts)


def _named(of: str, joint: JointCounts) -> Iterator[tuple[str, int]]:
    for (label, predicted), count in joint.counts.items():
        yield f"{of}: {label} predicted {predicted}", count


def _correlations(profile: Profile) -> dict[str, float]:
    products = profile.products
    if products is None:
        return {}
    pairs = combinations([name for name in NUMERIC if name in products.names], 2)
    found = {f"{a} {b}": correlation(products, a, b).value for a, b in pairs}
    return {pair: value for pair, value in found.items() if value is not None}


if __name__ == "__main__":
    main()
