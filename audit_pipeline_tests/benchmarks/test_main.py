"""The cases of the benchmarks run, and print figures; how large they are is not for tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline_tests.benchmarks.__main__ import main
from audit_pipeline_tests.benchmarks.children import child
from audit_pipeline_tests.benchmarks.drift import growth_exponent


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    main(words)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_drift_is_measured_beside_a_bare_scan_and_is_exact(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (told,) = printed(capsys, "drift", "--rows", "3000", "--data", str(tmp_path))

    assert told["case"] == "drift"
    assert told["rows"] == 3000
    assert told["seconds"] > told["seconds_after_imports"] > 0
    assert told["ratio_to_bare_scan"] > 0
    assert told["peak_mb"] > 0
    # by column: 21 numbers and 12 codes, 5 metrics each at least
    assert told["numbers"] >= 33 * 5
    assert told["accuracy"]["kolmogorov_smirnov"] <= 0.001
    assert told["accuracy"]["wasserstein_relative"] <= 0.01
    assert told["accuracy"]["beyond_bound"] == []
    assert told["accuracy"]["counts_wrong"] == []
    assert (tmp_path / "3000" / "current.parquet").exists()


def test_outputs_are_measured_and_exact(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (told,) = printed(capsys, "outputs", "--rows", "3000", "--data", str(tmp_path))

    assert told["rows"] == 3000
    assert told["bare_scan_seconds"] > 0
    assert told["accuracy"]["roc_auc"] <= 1e-4
    assert told["accuracy"]["correlation"] <= 1e-3
    assert told["accuracy"]["cells_wrong"] == []


def test_growth_is_the_exponent_between_the_smallest_and_the_largest_size() -> None:
    def size(rows: int, seconds: float) -> dict[str, Any]:
        names = ("seconds", "seconds_after_imports", "bare_scan_seconds")
        return {"rows": rows} | dict.fromkeys(names, seconds)

    found = growth_exponent([size(1000, 1.0), size(10_000, 10.0), size(100_000, 1000.0)])

    assert found["exponent_of_seconds"] == 1.5


def test_help_tells_of_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    said = capsys.readouterr().out
    cases = "drift outputs audit wide lineage alerted idle load warm_run"
    for case in cases.split():
        assert f"\n    {case} " in said


def test_a_case_that_breaks_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="bare_scan ended with exit code 1"):
        child("bare_scan", tmp_path, "duckdb", "")
