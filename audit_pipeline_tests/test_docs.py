"""The documentation is true: what is made from code is up to date, and its code runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit_pipeline.audits.reader import read_audit
from audit_pipeline.cli.app import app
from audit_pipeline.cli.exits import Exit
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline_tests.documents import REFERENCE, documents

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_page_made_from_code_is_up_to_date(name: str) -> None:
    written = (REFERENCE / name).read_bytes()

    assert written == documents()[name], "run python -m audit_pipeline_tests.documents"


def test_every_metric_is_described() -> None:
    page = documents()["metrics.md"].decode()

    assert [name for name in METRICS if f"### `{name}`" not in page] == []


def test_every_command_and_exit_code_is_described() -> None:
    page = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    commands = [
        c.name or (c.callback.__name__ if c.callback else "") for c in app.registered_commands
    ]

    assert [name for name in commands if f"| `{name}" not in page] == []
    assert [code for code in Exit if f"| {int(code)} |" not in page] == []


def test_the_tutorials_audit_file_is_right(tmp_path: Path) -> None:
    path = tmp_path / "loans.yaml"
    path.write_text(next(_blocks(DOCS / "tutorial.md", "yaml")), encoding="utf-8")

    assert read_audit(path, VOCABULARY).audit.task == "binary"


def test_no_link_in_the_documentation_is_dead() -> None:
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    ]

    assert [f"{p.name}: {link}" for p, link in links if not (p.parent / link).exists()] == []


def _blocks(page: Path, language: str) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    yield from re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)
