from pathlib import Path

from audit_pipeline_tests.cli.commands import command
from audit_pipeline_tests.stages import small


def test_the_command_writes_the_site_and_says_where(tmp_path: Path) -> None:
    small.write_home(tmp_path)
    code, said = command(tmp_path, "site")
    assert code == 0
    assert "2 pages, 2 of them new or changed" in said
    assert said.splitlines()[-1] == str(tmp_path / "evidence" / "index.html")

    code, said = command(tmp_path, "site", "--to", str(tmp_path / "pages"))
    assert code == 0
    assert "never audited" in (tmp_path / "pages" / "index.html").read_text()


def test_a_folder_that_cannot_be_written_is_refused_with_its_reason(tmp_path: Path) -> None:
    small.write_home(tmp_path)
    (tmp_path / "file").write_text("")
    code, said = command(tmp_path, "site", "--to", str(tmp_path / "file"))
    assert code == 2
    assert "the site was not written" in said
    assert "Traceback" not in said
