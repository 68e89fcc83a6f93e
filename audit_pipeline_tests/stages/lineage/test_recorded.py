"""The lineage of a home as it stands: planned, audited, and when something of it is gone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit_pipeline.audits.audit import Tables
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError
from audit_pipeline.domain.lineage import Dataset, Edge, Field, LineageGraph
from audit_pipeline.stages.lineage.edges import origins_of
from audit_pipeline.stages.lineage.names import made_by
from audit_pipeline.stages.lineage.recorded import PLANNED, TODAYS, recorded_lineage, renamed
from audit_pipeline.stages.reading import NoResultsError
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file
from audit_pipeline.store.engine import StoreError
from audit_pipeline.store.known_edges import put_edges
from audit_pipeline_tests.stages import small

WITHOUT_INCOME = small.settings(columns=small.columns(features=["region"]))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = small.write_home(tmp_path_factory.mktemp("recorded"))
    small.audit(home)
    return home


@pytest.fixture
def file(home: Home) -> Iterator[Path]:
    """Put the audit file back as it was, whatever a test did to it."""
    path = home.audits / f"{small.NAME}.yaml"
    kept = path.read_bytes()
    yield path
    path.write_bytes(kept)


def names(graph: LineageGraph) -> set[str]:
    return {at.name for at in graph.fields}


def test_a_home_in_which_nothing_ran_has_a_planned_lineage(tmp_path: Path) -> None:
    known = recorded_lineage(small.write_home(tmp_path), small.NAME)

    assert known.record is None
    assert known.notes == (PLANNED,)
    assert "population_stability_index(income)" in names(known.ours)


def test_what_is_planned_says_that_kinds_are_not_declared(tmp_path: Path) -> None:
    undeclared = small.settings(columns=small.columns(features=["income", "region"]))

    known = recorded_lineage(small.write_home(tmp_path, undeclared), small.NAME)

    assert "the kind of 2 columns is not declared" in known.notes[1]


def test_an_audited_window_has_the_lineage_of_its_record(home: Home) -> None:
    known = recorded_lineage(home, small.NAME)

    assert known.record is not None
    assert known.record.window.key == small.JANUARY
    assert known.notes == ()


def test_a_window_is_shown_by_the_audit_file_it_was_claimed_with(home: Home, file: Path) -> None:
    small.write_audit(home.path, WITHOUT_INCOME)

    known = recorded_lineage(home, small.NAME, small.JANUARY)

    assert "income" in known.audit.columns.features
    assert known.notes == ()


def test_a_window_is_shown_whatever_became_of_the_audit_file(home: Home, file: Path) -> None:
    file.write_text("broken: [")
    assert "income" in names(recorded_lineage(home, small.NAME).ours)
    file.unlink()
    assert "income" in names(recorded_lineage(home, small.NAME).ours)


def test_without_the_kept_file_it_is_read_by_todays_and_says_so(home: Home, file: Path) -> None:
    (kept,) = home.private.rglob("windows/*/1/audit.yaml")
    aside = kept.rename(kept.with_suffix(".aside"))
    try:
        assert recorded_lineage(home, small.NAME).notes == ()  # it is the same file still
        small.write_audit(home.path, WITHOUT_INCOME)
        assert recorded_lineage(home, small.NAME).notes == (TODAYS,)
    finally:
        aside.rename(kept)


def test_a_broken_audit_file_of_which_nothing_ran_is_refused(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    (home.audits / f"{small.NAME}.yaml").write_text("broken: [")

    with pytest.raises(AuditFileError, match="no valid YAML"):
        recorded_lineage(home, small.NAME)


@pytest.mark.parametrize("name", ["laons", "../loans", "loans/x", "two words", "💶", ""])
def test_an_unknown_audit_is_refused(home: Home, name: str) -> None:
    with pytest.raises(UnknownAuditError, match="there are: loans") as caught:
        recorded_lineage(home, name)

    assert ("did you mean 'loans'" in str(caught.value)) == (
        name in {"laons", "../loans", "loans/x"}
    )


def test_a_window_or_revision_that_was_not_audited_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NoResultsError, match="audited are: 2024-01"):
        recorded_lineage(home, small.NAME, small.FEBRUARY)
    with pytest.raises(NoResultsError, match="has no revision 9; it has: 1"):
        recorded_lineage(home, small.NAME, small.JANUARY, 9)
    with pytest.raises(NoResultsError, match="no window of 'loans' was audited yet"):
        recorded_lineage(small.write_home(tmp_path), small.NAME, small.JANUARY)


def test_a_store_that_is_none_is_refused(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    (tmp_path / "results.db").write_text("no database at all, whatever its name")

    with pytest.raises(StoreError, match="cannot be used"):
        recorded_lineage(home, small.NAME)


def test_what_other_tools_told_of_the_tables_is_joined_to_it(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    (ours,) = origins_of(load_audit_file(home, small.NAME).audit, _tables(home))["table"].datasets
    before = Edge(Field(Dataset("dbt", "raw.salaries"), "gross"), Field(ours, "income"))
    with open_store(home.store_url).engine.begin() as connection:
        put_edges(connection, "nightly.salaries", [before], datetime.now(UTC))

    known = recorded_lineage(home, small.NAME)

    assert known.theirs.edges == (before,)
    assert known.graph.titles[ours] == "table"
    back = known.graph.upstream([Field(made_by(small.NAME, "profile"), "income")])
    assert before in back.edges


def _tables(home: Home) -> Tables:
    return load_audit_file(home, small.NAME).audit.current


def test_tables_that_others_call_otherwise_go_by_our_names() -> None:
    ours, theirs, raw = (Dataset("n", name) for name in ("ours", "theirs", "raw"))
    told = Edge(Field(raw, "gross"), Field(theirs, "income"))
    alias = Edge(Field(theirs, "income"), Field(ours, "income"))

    graph = renamed(LineageGraph((told, alias)), {theirs: ours})

    assert graph.edges == (Edge(Field(raw, "gross"), Field(ours, "income")),)
