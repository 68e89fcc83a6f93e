"""A new metric, report section or model format is one new file each: nothing else is edited."""

import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parent.parent

ASK = """
import json
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.report.catalog import SECTIONS
from audit_pipeline.stages.planning import check_names
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.audits.reader import read_audit
from pathlib import Path
audit = read_audit(Path("dagster_home/audits/employment_ma.yaml"), VOCABULARY).audit
print(json.dumps([sorted(METRICS), sorted(SECTIONS), sorted(check_names(audit, "drift"))]))
"""

AUDIT = """
import json
from datetime import datetime, UTC
from pathlib import Path
from audit_pipeline.audits.home import Home
from audit_pipeline.stages import work
from audit_pipeline.stages.reading import read_results
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.stages.vocabulary import load_audit_file

home = Home(Path("home").absolute())
file = load_audit_file(home, "loans")
window = file.audit.window.windows.window("2026-01", datetime.now(UTC))
run = AuditRun(home=home, file=file, window=window, run_id="one", again=False)
work.baseline(home, file)
work.snapshot(run)
work.profile(run)
work.rules(run)
for asset in ("drift", "performance", "fairness"):
    work.metrics(run, asset)
work.explanations(run)
for stage in (work.verdicts, work.report, work.evidence):
    stage(run)
work.raise_if_crashed(run)
print(json.dumps(read_results(home, "loans")))
"""

LOANS = """
format: 1
name: loans
purpose: Decides on loans.
owner: lending@example.org
risk: low
task: binary
current: {table: {kind: parquet, path: ../../loans.parquet}}
baseline: {table: {kind: parquet, path: ../../loans.parquet}}
columns: {id: id, timestamp: day, features: {income: numeric, children: numeric}}
window: {every: month, start: 2026-01-01}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "audit_pipeline", tmp_path / "audit_pipeline")
    shutil.copytree(ROOT / "dagster_home" / "audits", tmp_path / "dagster_home" / "audits")
    return tmp_path


def test_a_new_metric_is_one_new_file(copy: Path) -> None:
    code = _block("add-a-metric.md")
    (copy / "audit_pipeline/metrics/drift/mean_shift.py").write_text(code, encoding="utf-8")

    metrics, _, checks = _ask(copy)

    assert "mean_shift" in metrics
    assert "mean_shift" in checks


def test_a_new_report_section_is_one_new_file(copy: Path) -> None:
    code = _block("add-a-report-section.md")
    (copy / "audit_pipeline/report/sections/contact.py").write_text(code, encoding="utf-8")

    _, sections, _ = _ask(copy)

    assert "contact" in sections


def test_a_new_model_format_is_one_new_file(copy: Path) -> None:
    """The weighted sums of four loans are 3, 0 and -2.5; the last lacks a feature. Five of each."""
    page = "add-a-model-format.md"
    (copy / "audit_pipeline/models/formats/linear_json.py").write_text(_block(page))
    (copy / "home/audits").mkdir(parents=True)
    (copy / "home/audits/loans.json").write_text(_block(page, "json"))
    digest = hashlib.sha256((copy / "home/audits/loans.json").read_bytes()).hexdigest()
    model = _block(page, "yaml")
    told = next(line.split()[-1] for line in model.splitlines() if "sha256" in line)
    (copy / "home/audits/loans.yaml").write_text(LOANS + model.replace(told, digest))
    _write_loans(copy / "loans.parquet")

    record = _audit(copy)

    scored = pq.read_table(next((copy / "home/private").rglob("windows/*/*/snapshot.parquet")))
    expected = [1 / (1 + math.exp(-3)), 0.5, 1 / (1 + math.exp(2.5)), None]
    assert scored["score"].to_pylist() == pytest.approx(expected * 5)
    assert scored["prediction"].to_pylist() == [1, 1, 0, None] * 5
    assert record["snapshot"]["notes"] == ["5 rows were not scored: a feature is missing"]
    explained = next(s for s in record["stages"] if s["asset"] == "explanations")
    assert explained["status"] == "missing"
    assert "explanations are available for ensembles of trees" in explained["reason"]


def _write_loans(path: Path) -> None:
    loans = {
        "id": list(range(20)),
        "day": [date(2026, 1, 5)] * 20,
        "income": [5000.0, 3000.0, 0.0, None] * 5,
        "children": [0.0, 2.0, 1.0, 0.0] * 5,
    }
    pq.write_table(pa.table(loans), path)


def _audit(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", AUDIT],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    record: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return record


def _ask(folder: Path) -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{ASK}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


def _block(page: str, language: str = "python") -> str:
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    return text.split(f"```{language}\n")[1].split("```")[0]
