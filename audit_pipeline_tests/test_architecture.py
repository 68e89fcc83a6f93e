"""The shape of the code, held by tests."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import audit_pipeline

PACKAGE = Path(audit_pipeline.__path__[0])
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 200
HEAVY = ("great_expectations", "shap", "xgboost", "ibis", "duckdb", "pandas", "scipy", "sklearn")


def test_the_layer_contracts_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

    # in a process of its own: it silences the loggers of the one it runs in
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_the_core_runs_without_dagster() -> None:
    code = (
        "import sys; sys.modules['dagster'] = None;"
        "import audit_pipeline.stages.report, audit_pipeline.stages.ingest,"
        "audit_pipeline.stages.validate, audit_pipeline.stages.explain, audit_pipeline.cli"
    )

    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, cwd=ROOT)


def test_loading_the_definitions_brings_in_no_heavy_library() -> None:
    code = (
        "import sys; import audit_pipeline.definitions;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", sorted((PACKAGE / "defs").glob("*.py")), ids=lambda p: p.name)
def test_the_dagster_shell_is_thin(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]

    thick = {f.name for f in functions if sum(isinstance(n, ast.stmt) for n in ast.walk(f)) > 24}

    assert not thick


def test_no_room_is_named_after_nothing() -> None:
    vague = {"utils", "util", "lib", "common", "helpers", "manager", "misc"}

    assert not {path.stem for path in MODULES} & vague
    assert not {path.name for path in PACKAGE.rglob("*") if path.is_dir()} & vague
