"""What a profile costs beyond its columns: covariances, and counts for performance and fairness."""

from pathlib import Path
from typing import Any

from audit_pipeline_tests.benchmarks.accuracy import Said, largest
from audit_pipeline_tests.benchmarks.children import child


def outputs(folder: Path) -> dict[str, Any]:
    """Return the figures of the windows that stand in `folder`, in further bare scans."""
    scan, own = child("bare_scan", folder, "duckdb", ""), child("counted_outputs", folder)
    further = own.said["whole"]["seconds"] - own.said["columns"]["seconds"]
    processors = own.said["whole"]["cpu_seconds"] - own.said["columns"]["cpu_seconds"]
    return {
        "rows": own.said["rows"],
        "engine": own.said["engine"],
        "seconds_beyond_columns": round(further, 2),
        "columns_seconds": round(own.said["columns"]["seconds"], 2),
        "peak_mb": round(own.peak_mb),
        "bare_scan_seconds": round(scan.seconds, 2),
        "further_scans": round(further / scan.seconds, 2),
        "further_scans_in_cpu_seconds": round(processors / scan.cpu_seconds, 2),
        "accuracy": outputs_accuracy(own.said, child("exact_outputs", folder).said),
    }


def outputs_accuracy(measured: Said, exact: Said) -> dict[str, Any]:
    """Return how far what `counted_outputs` printed is from what `exact_outputs` did.

    The largest difference of ROC AUC and of the correlations, and the cells of label and prediction
    that hold another number of rows; a number that is missing is as far off as can be.
    """
    auc = measured["numbers"].get("roc_auc of all rows", 0.0)
    found = measured["correlations"]
    return {
        "roc_auc": largest([abs(auc - exact["roc_auc"])]),
        "correlation": largest(
            abs(found[pair] - true) if pair in found else 2.0
            for pair, true in exact["correlations"].items()
        ),
        "cells_wrong": sorted(
            cell
            for cell in {*exact["cells"], *measured["cells"]}
            if measured["cells"].get(cell, 0) != exact["cells"].get(cell, 0)
        ),
    }
