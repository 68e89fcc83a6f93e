"""The example, audited for real, for the tests that compare or read its results."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline_tests.cli.commands import ROOT, command

NAME, WINDOW = "employment_ma", "2018"


def example_folder(folder: Path) -> Path:
    """Write a home with the example, which reads its rows and model from the package."""
    (folder / "audits").mkdir(parents=True)
    told = (ROOT / "dagster_home" / "audits" / f"{NAME}.yaml").read_text()
    (folder / "audits" / f"{NAME}.yaml").write_text(told.replace("../../", f"{ROOT}/"))
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", folder / "dagster.yaml")
    return folder


@pytest.fixture(scope="session")
def example_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which the example's window 2018 is audited; made once per session."""
    folder = tmp_path_factory.getbasetemp() / "example_home"
    if not folder.exists():  # pytest makes a fixture anew for each module that imports it
        code, said = command(example_folder(folder), "run", NAME, "-w", WINDOW)
        assert code in {0, 1}, said
    return folder


@pytest.fixture(scope="session")
def example_record(example_home: Path) -> dict[str, Any]:
    """Return what `results --json` prints of the example."""
    code, said = command(example_home, "results", NAME, "--json")
    assert code == 0, said
    record: dict[str, Any] = json.loads(said)
    return record
