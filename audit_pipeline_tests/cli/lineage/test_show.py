"""The real command, on a small audit that ran, on one that did not, and on a wide one."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit_pipeline.cli.app import app
from audit_pipeline.domain.lineage import Dataset, Edge, Field, Transformation
from audit_pipeline.stages.lineage.edges import origins_of
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.known_edges import put_edges
from audit_pipeline_tests.cli.commands import command
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.small import NAME, columns, settings, write_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli_lineage")
    rows = small.changed(small.people(), score=None)
    small.audit(write_home(folder, current=rows))
    return folder


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "/nowhere")  # the command sets it: put back afterwards
    monkeypatch.setenv("COLUMNS", "80")


def lineage(home: Path, *arguments: str, code: int = 0) -> str:
    """Return what `audit-pipeline lineage …` prints, in this process."""
    done = CliRunner().invoke(app, ["lineage", *arguments, "--home", str(home)])
    assert done.exit_code == code, done.output
    return done.output


def flat(said: str) -> str:
    """Return what was said without the lines of the tree and of the screen."""
    return " ".join(said.translate(dict.fromkeys(map(ord, "│├└─"), " ")).split())


def test_a_steward_sees_which_verdicts_rest_on_a_column(home: Path) -> None:
    said = lineage(home, NAME, "--column", "income")

    assert "loans 2024-01, revision 1: ○ gap" in said
    assert "What rests on the column income:" in said
    assert "table: income" in said
    assert "├── snapshot: income" in said or "└── snapshot: income" in said
    assert "✓ pass  population_stability_index of income" in said
    assert "drift: 8 checks, shown above" in said
    assert "rest on this" in said.splitlines()[-1]


def test_an_examiner_sees_what_a_verdict_rests_on(home: Path) -> None:
    said = lineage(home, NAME)

    assert "verdict: ○ gap, made from" in said
    assert "[filter: rows of the window; only decides which rows count]" in flat(said)
    assert "roc_auc" in said


def test_a_gap_says_why_and_the_missing_column_is_named(home: Path) -> None:
    said = lineage(home, NAME, "--metric", "roc_auc")
    column = lineage(home, NAME, "--column", "score")

    assert "○ gap roc_auc of all rows: the column 'score' is missing" in flat(said)
    assert "note: the column 'score' was missing in this window" in column


def test_no_line_is_wider_than_the_screen(home: Path) -> None:
    assert max(len(line) for line in lineage(home, NAME).splitlines()) <= 80


def test_a_real_process_writes_no_colour_into_a_pipe_and_is_quick(home: Path) -> None:
    begun = time.monotonic()

    code, said = command(home, "lineage", NAME)

    assert code == 0, said
    assert "\x1b" not in said
    assert time.monotonic() - begun < 6  # 1 s alone; where tests run, others work too


def test_what_other_tools_told_reaches_back_before_our_tables_and_is_marked(
    tmp_path: Path,
) -> None:
    home = write_home(tmp_path)
    of = load_audit_file(home, NAME).audit
    (ours,) = origins_of(of, of.current)["table"].datasets
    gross = Field(Dataset("dbt", "raw.salaries"), "gross")
    how = Transformation(subtype="TRANSFORMATION", description="net of tax")
    with open_store(home.store_url).engine.begin() as connection:
        put_edges(
            connection, "nightly.pay", [Edge(gross, Field(ours, "income"), how)], datetime.now(UTC)
        )

    back = flat(lineage(tmp_path, NAME, "--column", "income", "--upstream"))
    onward = flat(lineage(tmp_path, NAME, "--column", "gross"))

    assert "raw.salaries: gross [net of tax] [told by another tool] dbt raw.salaries" in back
    assert "made by nightly.pay" in back
    assert "raw.salaries: gross" in onward
    assert "planned population_stability_index of income" in onward


def test_the_long_form_says_the_same(home: Path) -> None:
    assert lineage(home, "show", NAME) == lineage(home, NAME)
    column = ("--column", "income")
    assert lineage(home, *column, NAME) == lineage(home, NAME, *column)


def test_all_unfolds_every_check(home: Path) -> None:
    folded, whole = lineage(home, NAME), lineage(home, NAME, "--all")

    assert "population_stability_index of income" not in folded
    assert "population_stability_index of income" in whole
    assert "more" not in whole.split("verdict:", 1)[1]


def test_json_has_the_whole_graph(home: Path) -> None:
    told = json.loads(lineage(home, NAME, "--metric", "roc_auc", "--json"))

    assert told["asked"]["about"] == "metric"
    assert told["asked"]["direction"] == "upstream"
    assert (told["window"], told["revision"], told["verdict"]) == ("2024-01", 1, "gap")
    assert {node["field"] for node in told["nodes"]} >= {"repaid", "score", "day"}


def test_what_was_not_audited_yet_is_planned_and_says_so(tmp_path: Path) -> None:
    write_home(tmp_path)

    said = lineage(tmp_path, NAME, "--column", "income")

    assert "loans: planned" in said
    assert "note: nothing was audited yet" in said
    assert "· planned  population_stability_index of income" in said
    assert said.rstrip().endswith("will rest on it.")


def test_hundreds_of_columns_stay_readable(tmp_path: Path) -> None:
    features = {f"column_{n:03}": "numeric" if n % 2 else "categorical" for n in range(150)}
    write_home(tmp_path, settings(columns=columns(features=features)))

    said = lineage(tmp_path, NAME)
    whole = lineage(tmp_path, NAME, "--all")

    assert len(said.splitlines()) < 100
    assert "column_001" in said
    assert "column_149" not in said
    assert "column_149" in whole


@pytest.mark.parametrize("name", ["a/b", "two words", "money 💶", "[red]", "\x1b[31mred"])
def test_strange_names_of_columns_are_shown_as_they_are_and_steer_nothing(
    tmp_path: Path, name: str
) -> None:
    write_home(tmp_path, settings(columns=columns(features={name: "numeric"})))

    said = lineage(tmp_path, NAME, "--column", name)

    assert f"table: {name}".replace("\x1b", "\N{REPLACEMENT CHARACTER}") in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("laons",), "did you mean 'loans'?"),
        (("../loans",), "there is no audit '../loans'"),
        ((NAME, "--column", "incme"), "did you mean 'income'?"),
        ((NAME, "--column", "shoe size/💶"), "does not read a column 'shoe size/💶'"),
        ((NAME, "--metric", "roc"), "has no metric or rule 'roc'"),
        ((NAME, "--model"), "names no model"),
        ((NAME, "--column", "income", "--model"), "--column and --model were given together"),
        ((NAME, "--column", "x", "--metric", "y"), "--column and --metric were given together"),
        ((NAME, "--upstream", "--downstream"), "--upstream and --downstream were given together"),
        ((NAME, "--window", "2024-02"), "audited are: 2024-01"),
        ((NAME, "--revision", "4"), "has no revision 4"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_to_do(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in lineage(home, *arguments, code=2)


def test_a_broken_audit_file_is_refused_with_its_line(tmp_path: Path) -> None:
    write_home(tmp_path)
    (tmp_path / "audits" / f"{NAME}.yaml").write_text("broken: [")

    assert "loans.yaml:1" in lineage(tmp_path, NAME, code=2)
