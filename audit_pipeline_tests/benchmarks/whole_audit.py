"""A whole audit through the command line: of the made windows, or of a very wide table."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audit_pipeline_tests.benchmarks.audits import NAME, files_audit
from audit_pipeline_tests.benchmarks.runs import AuditRun, run_audit, write_home
from audit_pipeline_tests.benchmarks.windows import CATEGORICAL, ID, NUMERIC, SCORE, SIDES, VALUES

Rule = dict[str, Any]


def whole_audit(folder: Path, rows: int) -> dict[str, Any]:
    """Return the figures of an audit with 50 rules of the windows that stand in `folder`."""
    settings = files_audit(folder) | {"rules": list(rules(rows))}
    with TemporaryDirectory() as place:
        run = run_audit(write_home(Path(place), settings), NAME, SIDES["current"])
    return {"rows": rows, "rules": len(settings["rules"]), **figures_of(run)}


def figures_of(run: AuditRun) -> dict[str, Any]:
    """Return what is told of a run."""
    return {
        "seconds": round(run.seconds, 1),
        "stages_at_work_seconds": run.work_seconds,
        "stages": run.stages,
        "peak_mb_of_largest_process": round(run.largest_mb),
        "peak_mb_of_all_processes": round(run.together_mb),
    }


def rules(rows: int) -> Iterator[Rule]:
    """Yield fifty rules of the usual kinds."""
    for name in NUMERIC:
        yield _rule("column_values_to_be_between", name, min_value=-1e6, max_value=1e6)
        yield _rule("column_values_to_not_be_null", name, mostly=0.9)
    for name, values in list(zip(CATEGORICAL, VALUES, strict=True))[:7]:
        yield _rule(
            "column_values_to_be_in_set", name, value_set=[f"v{i:04d}" for i in range(values)]
        )
    yield _rule("column_values_to_be_between", SCORE, min_value=0, max_value=1)
    yield _rule("column_values_to_be_unique", ID)
    yield {
        "expect": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": rows, "max_value": rows},
        "name": "all_rows_are_there",
    }


def _rule(expectation: str, column: str, **kwargs: object) -> Rule:
    return {
        "expect": f"expect_{expectation}",
        "kwargs": {"column": column, **kwargs},
        "name": f"{column}_{expectation.removeprefix('column_values_to_')}",
    }
