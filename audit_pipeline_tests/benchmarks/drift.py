"""Drift of all columns, from the files to the numbers, beside a bare scan, Evidently, and scipy."""

import math
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from audit_pipeline_tests.benchmarks.accuracy import accuracy
from audit_pipeline_tests.benchmarks.children import Run, child, median_of
from audit_pipeline_tests.benchmarks.postgres import database


def drift(
    folder: Path, *, engine: str = "duckdb", times: int = 1, against: str | None = None
) -> dict[str, Any]:
    """Return the figures of one size: of the windows that stand in `folder`."""
    scans, ours = [], []
    with database(folder) if engine == "postgres" else nullcontext("") as url:
        for _ in range(times):  # by turns, so that a busy minute falls on both
            scans.append(child("bare_scan", folder, engine, url))
            ours.append(child("measured", folder, engine, url))
    scan, own = median_of(scans), median_of(ours)
    figures = {
        "rows": scan.said["baseline"],
        "engine": own.said["engine"],
        "times": times,
        "numbers": sum(each["value"] is not None for each in own.said["numbers"]),
        "seconds": round(own.seconds, 2),
        "seconds_after_imports": round(own.said["work_seconds"], 2),
        "peak_mb": round(own.peak_mb),
        "bare_scan_seconds": round(scan.seconds, 2),
        "ratio_to_bare_scan": round(own.seconds / scan.seconds, 2),
        "accuracy": accuracy(own.said, child("exact", folder).said),
    }
    figures |= _processor_seconds(own, scan) if engine == "duckdb" else {}
    return figures | (_beside_evidently(own, folder) if against else {})


def _processor_seconds(own: Run, scan: Run) -> dict[str, float]:
    """Return the same in seconds of processors: other engines work in processes of their own."""
    return {
        "cpu_seconds": round(own.cpu_seconds, 2),
        "bare_scan_cpu_seconds": round(scan.cpu_seconds, 2),
        "ratio_of_cpu_seconds": round(own.cpu_seconds / scan.cpu_seconds, 2),
    }


def _beside_evidently(own: Run, folder: Path) -> dict[str, Any]:
    other = child("evidently_drift", folder)
    return {
        "against": other.said["engine"],
        "against_seconds": round(other.seconds, 1),
        "against_cpu_seconds": round(other.cpu_seconds, 1),
        "against_peak_mb": round(other.peak_mb),
        "times_faster": round(other.seconds / own.seconds, 1),
        "share_of_memory": round(own.peak_mb / other.peak_mb, 3),
    }


def growth_exponent(figures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return how seconds grow with rows, from the smallest to the largest of several sizes.

    1 is linear. Without imports it is stricter: they take the same time at any size.
    """
    first, last = (pick(figures, key=lambda each: int(each["rows"])) for pick in (min, max))
    times = math.log(last["rows"] / first["rows"])
    return {
        f"exponent_of_{name}": round(math.log(last[name] / first[name]) / times, 3)
        for name in ("seconds", "seconds_after_imports", "bare_scan_seconds")
    }
