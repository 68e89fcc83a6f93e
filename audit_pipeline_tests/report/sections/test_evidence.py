import hashlib
import re
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

from audit_pipeline.report.sections.evidence import write_evidence
from audit_pipeline_tests.report.hand_made import report, snapshot


def test_data_baseline_model_and_audit_file_each_have_their_fingerprint() -> None:
    html = write_evidence(report())

    for digest in ("a" * 64, "b" * 64, "5" * 64, "6" * 64, "7" * 64):
        assert digest in html


def test_version_run_engine_and_stages_are_stated() -> None:
    html = write_evidence(report())

    for text in ("run-1", "0.1.0", "duckdb 2.0.0", "xgboost", "drift", "1.2"):
        assert text in html


def test_the_printed_command_really_checks_the_file(tmp_path: Path) -> None:
    data = tmp_path / "people's data.parquet"  # a name that a shell would trip over
    data.write_bytes(b"rows")
    digest = hashlib.sha256(b"rows").hexdigest()
    source = replace(snapshot().sources[0], location=data.name, sha256=digest)
    html = write_evidence(report(snapshot=snapshot(sources=(source,)), model=None))
    printed = re.search(r"<pre>(.*?)</pre>", html, re.DOTALL)
    assert printed is not None
    command = unescape(printed.group(1)).splitlines()[0]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert "OK" in run().stdout
    data.write_bytes(b"other rows")
    assert run().returncode != 0


def test_without_snapshot_and_model_the_audit_file_is_still_there() -> None:
    html = write_evidence(report(snapshot=None, model=None))

    assert "a" * 64 in html
    assert "no snapshot was made" in html
