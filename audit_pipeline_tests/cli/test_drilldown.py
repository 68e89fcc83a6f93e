"""The real command, on a small audit that stands already."""

import re
from pathlib import Path

import pytest

from audit_pipeline_tests.cli.commands import command
from audit_pipeline_tests.stages.small import JANUARY, NAME, audit, write_home

PAGE = f"private/{NAME}/drilldown/{JANUARY}/revision-1.html"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli_drilldown")
    audit(write_home(folder), JANUARY)
    return folder


def test_the_last_line_is_the_path_of_the_page(home: Path) -> None:
    code, said = command(home, "drilldown", NAME, "--rows", "300")

    assert code == 0, said
    lines = said.strip().splitlines()
    assert lines[-1] == str(home / PAGE)
    assert "sampled of the window: 300 of 1,500 rows" in lines
    assert "seed: 0" in lines
    assert "columns drawn: 6" in lines
    assert "Warning" not in said
    page = (home / PAGE).read_text(encoding="utf-8")
    assert re.search(r"Drill-down: loans 2024-01", page)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lones",), "no window of 'lones' was audited yet: audit-pipeline run lones"),
        ((NAME, "-w", "2024-02"), "was not audited; audited are: 2024-01"),
        ((NAME, "--rows", "5"), "Invalid value for '--rows'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, said = command(home, "drilldown", *arguments)

    assert code == 2, said
    assert words in said
    assert "Traceback" not in said


def test_an_evidently_that_breaks_ends_with_code_4(home: Path, tmp_path: Path) -> None:
    (tmp_path / "evidently").mkdir()
    (tmp_path / "evidently" / "__init__.py").write_text("import no_such_module")
    (tmp_path / "audit_pipeline").symlink_to(Path(__file__).parents[2] / "audit_pipeline")

    code, said = command(home, "drilldown", NAME, root=tmp_path)

    assert code == 4, said
    assert "Evidently could not draw the page: it raised ModuleNotFoundError" in said
    assert "The audit and its report are untouched" in said
    assert "Traceback" not in said
