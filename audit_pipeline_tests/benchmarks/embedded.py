"""What the embedded pipeline costs besides measuring: to load it, and to run it."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from audit_pipeline_tests.benchmarks.children import ROOT
from audit_pipeline_tests.benchmarks.runs import run_audit, write_home

TIMES = 5
EXAMPLE = ROOT / "dagster_home" / "audits" / "employment_ma.yaml"


def load() -> dict[str, object]:
    """What loading the code location adds to importing Dagster."""
    dagster, ours = [], []
    for _ in range(TIMES):
        dagster.append(_seconds("import dagster"))
        ours.append(_seconds("import audit_pipeline.definitions"))
    added = [b - a for a, b in zip(dagster, ours, strict=True)]
    return {
        "import_dagster_seconds": round(statistics.median(dagster), 2),
        "load_location_seconds": round(statistics.median(ours), 2),
        "added_seconds": round(statistics.median(added), 2),
    }


def warm_run() -> dict[str, object]:
    """A second run of the example, a window of about 70,000 rows: its time, and its memory."""
    text = EXAMPLE.read_text(encoding="utf-8").replace("../../", f"{ROOT}/")
    example = yaml.safe_load(text)
    with tempfile.TemporaryDirectory() as folder:
        home = write_home(Path(folder), example)
        run_audit(home, example["name"], "2017")
        runs = [run_audit(home, example["name"], "2018", "--again") for _ in range(TIMES)]
    shares = [round(run.around_share, 2) for run in runs]
    return {
        "wall_seconds": round(statistics.median(run.seconds for run in runs), 1),
        "stages_at_work_seconds": round(statistics.median(run.work_seconds for run in runs), 1),
        "share_around_stages": round(statistics.median(shares), 2),
        "share_around_stages_range": [min(shares), max(shares)],
        "first_progress_seconds": round(max(run.first_progress_seconds for run in runs), 2),
        "peak_memory_mb_of_largest_process": round(max(run.largest_mb for run in runs)),
    }


def _seconds(code: str) -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return time.monotonic() - begun
