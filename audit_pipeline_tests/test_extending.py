"""A new metric and a new report section are each one new file: nothing else is edited."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

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


def _block(page: str) -> str:
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    return text.split("```python\n")[1].split("```")[0]
