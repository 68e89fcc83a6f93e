"""The documentation is true: what is made from code is up to date, and all of its code works."""

import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import BaseModel

from audit_pipeline.audits import home
from audit_pipeline.audits.alerting_reader import FILE_NAME as ALERTS
from audit_pipeline.audits.alerting_reader import read_alerting
from audit_pipeline.audits.audit import Audit, Table
from audit_pipeline.audits.destination_reader import FILE_NAME, read_destination
from audit_pipeline.audits.home import Home
from audit_pipeline.cli.exits import Exit
from audit_pipeline.lineage.receiver.checking import read_event
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.models.catalog import MODEL_FORMATS
from audit_pipeline.rules.names import check_rules
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline_tests.documents import REFERENCE, documents
from audit_pipeline_tests.documents.blocks import ROOT, Block, blocks, pages
from audit_pipeline_tests.documents.command_line import (
    Parameter,
    commands,
    exit_codes,
    parameters,
)
from audit_pipeline_tests.documents.fragments import read_fragment
from audit_pipeline_tests.documents.settings import meaning_of, models_in
from audit_pipeline_tests.documents.typed import mistake, typed_lines
from audit_pipeline_tests.example import example_home

__all__ = ["example_home"]

INTERNAL = {home.PROGRESS_PIPE, *home.QUIET}
"""Variables that the program sets itself."""
SETTING = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$")

WITHOUT_CODE = {"text", "mermaid"}
"""Languages of blocks that show what a program prints, or a drawing: there is nothing to run."""
OF_OTHERS = {
    ("docs/how-to/add-a-model-format.md", "model:"): "read in test_extending: it names a new format"
}
"""Blocks that cannot be run or read here, by page and first line, each with the reason."""


# ---------------------------------------------------------------- what is made from code


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_page_made_from_code_is_up_to_date(name: str) -> None:
    written = (REFERENCE / name).read_bytes() if (REFERENCE / name).exists() else b""

    assert written == documents()[name], "run python -m audit_pipeline_tests.documents"


def test_every_metric_is_described() -> None:
    page = documents()["metrics.md"].decode()

    assert [name for name in METRICS if f"### `{name}`" not in page] == []


def test_every_command_option_and_exit_code_is_described() -> None:
    page = documents()["command-line.md"].decode()
    parts = dict(re.findall(r"^## `([^`]+)`\n(.*?)(?=^## )", page, re.DOTALL | re.MULTILINE))

    assert list(parts) == [path for path, _ in commands()]
    undescribed = [
        f"{path} {parameter.name}"
        for path, command in commands()
        for parameter in parameters(command)
        if not parameter.help or not _is_told(parameter, parts[path])
    ]
    assert undescribed == []
    assert [path for path, command in commands() if not command.help] == []
    assert set(exit_codes()) == set(Exit)
    assert [code for code in Exit if f"| {int(code)} |" not in page] == []


def _is_told(parameter: Parameter, part: str) -> bool:
    names = [*parameter.opts, parameter.metavar, parameter.name.upper()]
    return any(f"| `{name}`" in part for name in names)


def test_every_environment_variable_is_described() -> None:
    page = documents()["command-line.md"].decode()
    code = (ROOT / "audit_pipeline" / "audits" / "home.py").read_text(encoding="utf-8")
    production = (ROOT / "dagster_home" / "production" / "dagster.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r'"([A-Z_]+)"', code)) | set(re.findall(r"env: ([A-Z_]+)", production))
    told = set(re.findall(r"`([A-Z_]+)`", page))
    told |= {f"DAGSTER_POSTGRES{each}" for each in told if each.startswith("_")}

    assert {n for n in named if SETTING.match(n)} - INTERNAL - told == set()


def test_every_key_of_the_audit_file_is_described_with_its_meaning() -> None:
    page = documents()["audit-file.md"].decode()
    models = _all_models(Audit, *VOCABULARY.sources.values())
    keys = [
        (model.__name__, key, meaning_of(field))
        for model in models
        for key, field in model.model_fields.items()
        if (model, key) != (Table, "settings")
    ]

    assert [f"{name}.{key}" for name, key, meaning in keys if not meaning] == []
    assert [f"{n}.{k}" for n, k, meaning in keys if not _line(page, k, meaning)] == []
    assert [kind for kind in VOCABULARY.sources if f"### `kind: {kind}`" not in page] == []
    assert [name for name in MODEL_FORMATS if f"| `{name}` |" not in page] == []


def _all_models(*roots: type[BaseModel]) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    left = list(roots)
    while left:
        model = left.pop()
        if model not in found:
            found.add(model)
            left += [m for f in model.model_fields.values() for m in models_in(f.annotation)]
    return {model for model in found if model.model_fields}


def _line(page: str, key: str, meaning: str) -> bool:
    return any(
        line.startswith(f"| `{key}` |") and meaning.replace("|", "&#124;") in line
        for line in page.splitlines()
    )


# ---------------------------------------------------------------- all code in all pages


def test_every_block_of_code_says_its_language_and_is_looked_at() -> None:
    known = {*READERS, *FURTHER, *WITHOUT_CODE}
    unread = [
        f"{block.place}: {block.language or 'no language'}"
        for block in blocks()
        if block.language not in known and _first(block) not in OF_OTHERS
    ]

    assert unread == [], "say the language, or why it cannot be read in OF_OTHERS"


def test_no_reason_is_left_of_a_block_that_is_gone() -> None:
    assert set(OF_OTHERS) - {_first(block) for block in blocks()} == set()


def _first(block: Block) -> tuple[str, str]:
    return block.path, block.code.strip().partition("\n")[0].strip()


def _readable(*languages: str) -> list[Block]:
    return [block for block in blocks(*languages) if _first(block) not in OF_OTHERS]


def _check_yaml(block: Block, folder: Path) -> None:
    if block.code.startswith("transport:"):
        (folder / FILE_NAME).write_text(block.code, encoding="utf-8")
        assert read_destination(Home(folder)) is not None
        return
    if block.code.startswith("routes:"):
        (folder / ALERTS).write_text(block.code, encoding="utf-8")
        assert read_alerting(Home(folder)) is not None
        return
    audit = read_fragment(block.code, folder)
    assert check_rules(audit.named_rules) == []


def _check_json(block: Block, folder: Path) -> None:
    if '"eventType"' in block.code:
        assert read_event(block.code.encode()).ignored == ()
    json.loads(block.code)


def _check_json_lines(block: Block, folder: Path) -> None:
    for line in block.code.splitlines():
        json.loads(line)


def _check_toml(block: Block, folder: Path) -> None:
    tomllib.loads(block.code)


def _check_console(block: Block, folder: Path) -> None:
    mistakes = {line: mistake(line) for line in typed_lines(block.code)}
    assert {line: what for line, what in mistakes.items() if what} == {}
    modules = re.findall(r"python\S* -m (?P<module>[\w.]+)", block.code)
    ours = [name for name in modules if name.startswith("audit_pipeline")]
    assert [name for name in ours if importlib.util.find_spec(name) is None] == []


READERS: dict[str, Callable[[Block, Path], None]] = {
    "yaml": _check_yaml,
    "json": _check_json,
    "jsonl": _check_json_lines,
    "toml": _check_toml,
    "console": _check_console,
}
FURTHER = {"python", "sql"}
"""Languages that have a test of their own, below."""


@pytest.mark.parametrize("block", _readable(*READERS), ids=lambda block: block.place)
def test_what_a_page_shows_can_be_read(block: Block, tmp_path: Path) -> None:
    READERS[block.language](block, tmp_path)


@pytest.mark.parametrize("block", _readable("sql"), ids=lambda block: block.place)
def test_the_sql_of_a_page_is_postgresqls(block: Block, postgres_url: str) -> None:
    """It is compiled as a body that returns before it: PostgreSQL checks it and runs none of it."""
    with psycopg.connect(postgres_url) as connection:
        body: Any = f"DO $page$ BEGIN RETURN; {block.code} END $page$"
        connection.execute(body)
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute(
                "DO $page$ BEGIN RETURN; GRANT SELECT IN loans TO auditor; END $page$"
            )


@pytest.mark.parametrize("block", _readable("python"), ids=lambda block: block.place)
def test_the_python_of_a_page_runs(
    block: Block,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """What reads results finds the example audited; what is a module is imported."""
    if "from audit_pipeline import" in block.code:
        monkeypatch.setenv("DAGSTER_HOME", str(request.getfixturevalue("example_home")))
    name = f"block_of_{block.page.stem.replace('-', '_')}_{block.line}"
    path = tmp_path / f"{name}.py"
    path.write_text(block.code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)

    spec.loader.exec_module(module)


def test_a_wrong_line_in_a_page_would_be_found() -> None:
    assert mistake("run loans --window 2026-01-31 --again") is None
    assert mistake("baseline show loans") is None
    assert mistake("run --help") is None
    assert mistake("run NAME [--window WINDOW]… [--again]") is None
    assert mistake("rum loans") is not None
    assert mistake("baseline") is not None
    assert mistake("run loans --windows 2026") is not None
    assert mistake("run loans --window") is not None
    assert mistake("run") is not None
    assert mistake("version loans") is not None


def test_lines_are_found_as_people_type_them() -> None:
    code = (
        "$ .venv/bin/audit-pipeline check a && audit-pipeline run a \\\n"
        "  --again  # anew\n"
        "# audit-pipeline no\n"
    )

    assert list(typed_lines(code)) == ["check a", "run a --again"]


def test_no_link_in_the_documentation_is_dead() -> None:
    links = [
        (page, link)
        for page in pages()
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    ]

    assert [f"{p.name}: {link}" for p, link in links if not (p.parent / link).exists()] == []
