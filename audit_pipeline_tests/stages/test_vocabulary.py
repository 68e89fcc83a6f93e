"""The audit files of a home: one broken one does not take the others down."""

from pathlib import Path

import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file, load_audit_files
from audit_pipeline_tests.stages.small import NAME, settings, write_home


def test_files_that_can_be_used_and_those_that_cannot_are_told_apart(tmp_path: Path) -> None:
    home = write_home(tmp_path, settings())
    (home.audits / "torn.yaml").write_text("name: [")
    (home.audits / "gone.yaml").symlink_to(home.audits / "nothing")
    (home.audits / ".half.yaml").write_text("written just now")

    found = load_audit_files(home)

    assert home.audit_names() == ["gone", NAME, "torn"]
    assert [(file.audit.name, file.path.name) for file in found.usable] == [(NAME, f"{NAME}.yaml")]
    gone, torn = found.broken
    assert str(gone) == "gone.yaml:1: cannot be read: No such file or directory"
    assert str(torn).startswith("torn.yaml:1: is no valid YAML")


def test_a_file_is_read_anew_once_it_says_something_else(tmp_path: Path) -> None:
    home = write_home(tmp_path, settings())
    (first,) = load_audit_files(home).usable
    assert load_audit_files(home).usable[0] is first
    first.path.write_bytes(first.raw + b"\n# another\n")

    (second,) = load_audit_files(home).usable

    assert second.sha256 != first.sha256
    assert second.raw.endswith(b"# another\n")


def test_a_home_without_a_folder_of_audits_has_none(tmp_path: Path) -> None:
    home = Home(tmp_path)

    assert (home.audit_names(), load_audit_files(home).usable) == ([], [])
    with pytest.raises(UnknownAuditError, match=r"no audit 'loans' in .*; there are: none"):
        load_audit_file(home, "loans")
