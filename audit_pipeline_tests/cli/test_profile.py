"""The real command, on a small audit that stands already."""

import json
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline import export_profile
from audit_pipeline.profiles.encoding.codec import content_address, read_profile
from audit_pipeline.stages.missing import MissingError
from audit_pipeline_tests.cli.commands import command
from audit_pipeline_tests.stages.small import FEBRUARY, JANUARY, NAME, audit, people, write_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli_profile")
    months = [people(), people(month=date(2024, 2, 1), seed=2)]
    written = write_home(folder, current=pa.concat_tables(months))
    for window in (JANUARY, FEBRUARY):
        audit(written, window)
    return folder


def kept(home: Path) -> Path:
    return home / "private" / NAME / "windows" / JANUARY / "1" / "profile.parquet"


def test_a_profile_is_shown_with_its_engine_its_address_and_its_columns(home: Path) -> None:
    code, said = command(home, "profile", "show", NAME, "--window", JANUARY)

    assert code == 0, said
    profile = read_profile(kept(home))
    assert f"windows: {JANUARY}" in said
    assert f"engine: {profile.engine}" in said
    assert f"content: {content_address(profile)}" in said
    assert "rows: 1,500" in said
    for name in profile.columns:
        assert name in said
    assert "\u2026" not in said  # a screen of 80 columns cuts nothing off


def test_the_same_is_shown_as_json(home: Path) -> None:
    code, said = command(home, "profile", "show", NAME, "--window", JANUARY, "--json")

    assert code == 0, said
    told = json.loads(said)
    profile = read_profile(kept(home))
    assert set(told["columns"]) == set(profile.columns)
    assert told["columns"]["income"]["kind"] == "numeric"
    assert told["columns"]["income"]["mean"] == profile.columns["income"].mean  # type: ignore[union-attr]


def test_a_profile_is_written_without_its_small_cells_unless_all_is_asked_for(
    home: Path, tmp_path: Path
) -> None:
    masked, full = tmp_path / "masked.parquet", tmp_path / "full.parquet"
    code, said = command(home, "profile", "export", NAME, "-w", JANUARY, "--to", str(masked))
    assert code == 0, said
    assert said.strip() == str(masked)
    assert min(n for n in pq.read_table(masked)["rows"].to_pylist() if n is not None) >= 10

    code, said = command(
        home, "profile", "export", NAME, "-w", JANUARY, "--full", "--to", str(full)
    )
    assert code == 0, said
    assert full.read_bytes() == kept(home).read_bytes()


def test_without_a_file_it_is_printed_as_json(home: Path) -> None:
    code, said = command(home, "profile", "export", NAME)

    assert code == 0, said
    told = json.loads(said)
    assert told["masked"] is True
    assert told["profile"]["rows"] == 1_500
    assert {row["part"] for row in told["rows"]} >= {"bin", "category", "outcome"}


def test_windows_are_counted_together(home: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.parquet"
    code, said = command(
        home, "profile", "export", NAME, "--merge", JANUARY, "--full", "--to", str(both)
    )

    assert code == 0, said
    assert read_profile(both).rows == 3_000
    assert read_profile(both).parts == 2
    from_python = export_profile(
        NAME, tmp_path / "again.parquet", [JANUARY, FEBRUARY], home=home, full=True
    )
    assert from_python.read_bytes() == both.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", NAME, "-w", "2024-03"), "was not audited; audited are: 2024-01, 2024-02"),
        (("export", NAME, "--merge", "2024-02"), "2024-02 is named twice"),
        (("export", NAME, "--to", "profile.csv"), "is written to a .parquet or .json file"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, said = command(home, "profile", *arguments)

    assert code == 2, said
    assert words in said
    assert "Traceback" not in said


def test_a_profile_that_is_gone_or_damaged_is_said_to_be(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "home"
    shutil.copytree(home, other)
    kept(other).write_bytes(b"no profile")
    with pytest.raises(MissingError, match="holds no profile"):
        export_profile(NAME, tmp_path / "x.json", JANUARY, home=other)
    kept(other).unlink()
    with pytest.raises(
        MissingError, match=r"revision 1 of window 2024-01 of 'loans' has no profile"
    ):
        export_profile(NAME, tmp_path / "x.json", JANUARY, home=other)
