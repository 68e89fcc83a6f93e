import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from audit_pipeline.cli.app import app
from audit_pipeline_tests.cli.commands import command
from audit_pipeline_tests.stages.revised import revised


@pytest.fixture(scope="module")
def home() -> Path:
    return revised()[0].path


def diff(home: Path, *arguments: str) -> Result:
    """Run `audit-pipeline diff loans …` in this process, on a terminal of 100 columns."""
    command = ["diff", "loans", *arguments, "--home", str(home)]
    environment = {"COLUMNS": "100", "DAGSTER_HOME": str(home)}
    return CliRunner().invoke(app, command, env=environment)


def words(line: str) -> str:
    """Return a line with its columns drawn together."""
    return " ".join(line.split())


def test_verdicts_and_numbers_stand_side_by_side_within_100_columns(home: Path) -> None:
    code, said = command(home, "diff", "loans", "2024-02@1", "2024-02@2")
    assert code == 0, said
    lines = said.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("change"))
    end = next(n for n, line in enumerate(lines) if line.startswith("61 checks: "))
    table = lines[start:end]
    assert words(lines[0]) == "loans 2024-02 revision 1 ✗ fail → 2024-02 revision 2 ✓ pass"
    assert "2024-02 revision 1: 1,500 rows, 1,000 with a known outcome" in lines[1]
    assert words(table[0]) == "change check revision 1 revision 2 difference"
    assert words(table[1]) == "better missing_share_change of repaid ✗ fail 0.3333 ✓ pass 0 -0.3333"
    assert max(map(len, table)) <= 100
    assert "unchanged are left out; --all lists them too." in said
    assert "intervals cannot tell their difference from chance" in said


def test_all_lists_what_did_not_change_too(home: Path) -> None:
    said = diff(home, "2024-02@1", "2024-02@2", "--all").output
    assert len(re.findall(r"^unchanged ", said, flags=re.MULTILINE)) == 42
    assert "left out" not in said


def test_as_json_the_revisions_are_those_asked_for(home: Path) -> None:
    ended = diff(home, "2024-01", "2024-02", "--revision2", "1", "--json")
    assert ended.exit_code == 0
    told = json.loads(ended.stdout)
    assert [told[side]["revision"] for side in ("before", "after")] == [1, 1]
    assert told["counts"]["worse"] >= 1


def test_a_worse_window_still_ends_with_code_0_and_the_worst_first(home: Path) -> None:
    ended = diff(home, "2024-01", "2024-02@1")
    assert ended.exit_code == 0
    rows = re.findall(r"^(worse|gone|new|better|moved) ", ended.output, flags=re.MULTILINE)
    assert rows[0] == "worse"
    assert rows == sorted(rows, key=("worse", "gone", "new", "better", "moved").index)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("2024-07", "2024-01"), "window '2024-07' of 'loans' was not audited; audited are: 2024"),
        (("2024-01", "2024-02@9"), "window 2024-02 of 'loans' has no revision 9; it has: 1, 2"),
        (("2024-01", "2024-01"), "both are revision 1 of window 2024-01 of 'loans'"),
        (("2024-01@one", "2024-02"), "'2024-01@one' names no revision"),
        (("2024-01@1", "2024-02", "--revision1", "2"), "contradict each other"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_can(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    ended = diff(home, *arguments)
    assert ended.exit_code == 2
    assert words in ended.output
