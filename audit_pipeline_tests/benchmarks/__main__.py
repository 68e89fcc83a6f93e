"""What the embedded pipeline costs: `python -m audit_pipeline_tests.benchmarks [CASE …]`.

Prints one JSON line per case. Ratios are of figures taken in one run on one machine: compare
those, not the seconds.
"""

import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TIMES = 5


def main() -> None:
    """Run the cases named on the command line, or all."""
    for name in sys.argv[1:] or list(CASES):
        print(json.dumps({"case": name, **CASES[name]()}), flush=True)  # noqa: T201


def load() -> dict[str, object]:
    """Measure what loading the code location adds to importing Dagster."""
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
    """Measure a second run of one window of about 70,000 rows: wall time, its split, memory."""
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder))
        _run(home, "2017")
        runs = [_run(home, "2018", "--again") for _ in range(TIMES)]
    shares = [run["around_share"] for run in runs]
    return {
        "wall_seconds": round(statistics.median(run["wall"] for run in runs), 1),
        "stages_at_work_seconds": round(statistics.median(run["work"] for run in runs), 1),
        "share_around_stages": round(statistics.median(shares), 2),
        "share_around_stages_range": [min(shares), max(shares)],
        "first_progress_seconds": round(max(run["first"] for run in runs), 2),
        "peak_memory_mb_of_largest_process": round(
            resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        ),
    }


def make_home(folder: Path) -> Path:
    """Return a fresh home in `folder` with the example audit."""
    home = folder / "home"
    (home / "audits").mkdir(parents=True)
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", home)
    text = (ROOT / "dagster_home" / "audits" / "employment_ma.yaml").read_text(encoding="utf-8")
    text = text.replace("../../audit_pipeline", str(ROOT / "audit_pipeline"))
    (home / "audits" / "employment_ma.yaml").write_text(text, encoding="utf-8")
    return home


def _seconds(code: str) -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return time.monotonic() - begun


def _run(home: Path, window: str, *flags: str) -> dict[str, float]:
    code = "from audit_pipeline.cli import main; main()"
    command = [sys.executable, "-u", "-c", code, "run", "employment_ma", "-w", window, *flags]
    begun = time.monotonic()
    with subprocess.Popen(
        [*command, "--home", str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None:
            raise SystemExit("no output")
        said = process.stdout.readline()
        first = time.monotonic() - begun
        said += process.stdout.read()
    wall = time.monotonic() - begun
    found = re.search(r"([\d.]+) s in all: ([\d.]+) s with a stage at work", said)
    if found is None:
        raise SystemExit(said)
    work = float(found[2])
    return {"wall": wall, "work": work, "first": first, "around_share": round(1 - work / wall, 2)}


CASES: dict[str, Callable[[], dict[str, object]]] = {"load": load, "warm_run": warm_run}

if __name__ == "__main__":
    main()
