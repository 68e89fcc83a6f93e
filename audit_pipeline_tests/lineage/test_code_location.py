"""Where an audit file stands in version control, of real repositories that real git made."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from audit_pipeline.lineage.code_location import code_location
from audit_pipeline.lineage.git_remotes import public_remote

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
REMOTE = "https://github.com/bank/audits.git"


def git(folder: Path, *words: str) -> str:
    """Run git as nobody in particular, whatever this machine's configuration says."""
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_GLOBAL": "/dev/null"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, a remote, and an audit file in a folder."""
    root = tmp_path / "audits"
    (root / "home/audits").mkdir(parents=True)
    (root / "home/audits/loans.yaml").write_text("name: loans\n")
    git(root, "init", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-m", "one")
    git(root, "remote", "add", "origin", REMOTE)
    return root


def audit_of(root: Path) -> Path:
    return root / "home/audits/loans.yaml"


def test_a_file_is_found_with_its_commit_and_branch(repository: Path) -> None:
    found = code_location(audit_of(repository))
    commit = git(repository, "rev-parse", "HEAD")

    assert found is not None
    assert found.version == commit
    assert (found.branch, found.path) == ("main", "home/audits/loans.yaml")
    assert found.repository == REMOTE
    assert found.url == f"https://github.com/bank/audits/blob/{commit}/home/audits/loans.yaml"


def test_packed_references_are_read(repository: Path) -> None:
    git(repository, "checkout", "-b", "team/más")
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git/refs/heads/team").exists()

    found = code_location(audit_of(repository))

    assert found is not None
    assert (found.version, found.branch) == (git(repository, "rev-parse", "HEAD"), "team/más")


def test_a_commit_that_is_no_branch_has_none(repository: Path) -> None:
    git(repository, "checkout", "--detach")

    found = code_location(audit_of(repository))

    assert found is not None
    assert (found.version, found.branch) == (git(repository, "rev-parse", "HEAD"), "")


def test_a_further_worktree_has_its_own_branch(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", str(tmp_path / "other"), "-b", "other")
    git(tmp_path / "other", "commit", "--allow-empty", "-m", "two")

    found = code_location(audit_of(tmp_path / "other"))

    assert found is not None
    assert found.version == git(tmp_path / "other", "rev-parse", "HEAD")
    assert found.version != git(repository, "rev-parse", "HEAD")
    assert (found.branch, found.repository) == ("other", REMOTE)


def test_a_submodule_is_a_repository_of_its_own(repository: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-b", "main")
    allowed = ("-c", "protocol.file.allow=always")
    git(outer, *allowed, "submodule", "add", str(repository), "inner")

    found = code_location(audit_of(outer / "inner"))

    assert found is not None
    assert found.path == "home/audits/loans.yaml"
    assert found.version == git(repository, "rev-parse", "HEAD")
    assert found.repository == repository.as_uri()


def test_a_link_to_the_file_leads_to_where_it_stands(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to(audit_of(repository))

    found = code_location(tmp_path / "link.yaml")

    assert found is not None
    assert found.path == "home/audits/loans.yaml"


def test_odd_names_are_written_as_a_uri_has_them(repository: Path) -> None:
    odd = repository / "a b#é?🐈.yaml"
    odd.write_text("")

    found = code_location(odd)

    assert found is not None
    assert found.path == odd.name
    assert found.url.endswith("/a%20b%23%C3%A9%3F%F0%9F%90%88.yaml")


@pytest.mark.parametrize(
    ("remote", "repository", "url"),
    [
        (
            "git@gitlab.example.org:risk/audits.git",
            "ssh://git@gitlab.example.org/risk/audits.git",
            "https://gitlab.example.org/risk/audits/-/blob/{commit}/home/audits/loans.yaml",
        ),
        (
            "ssh://git@bitbucket.org:2222/risk/audits",
            "ssh://git@bitbucket.org:2222/risk/audits",
            "https://bitbucket.org/risk/audits/src/{commit}/home/audits/loans.yaml",
        ),
        (
            "https://jane:token@example.org/risk/audits.git?key=token#token",
            "https://example.org/risk/audits.git",
            "https://example.org/risk/audits.git",
        ),
    ],
)
def test_a_remote_is_a_uri_without_credentials(
    tmp_path: Path, remote: str, repository: str, url: str
) -> None:
    git(tmp_path, "init", "-b", "main")
    git(tmp_path, "commit", "--allow-empty", "-m", "one")
    git(tmp_path, "remote", "add", "origin", remote)

    found = code_location(audit_of(tmp_path))

    assert found is not None
    assert found.repository == repository
    assert found.url == url.format(commit=git(tmp_path, "rev-parse", "HEAD"))


@pytest.mark.parametrize(
    ("remote", "public"),
    [
        ("/srv/audits.git", "file:///srv/audits.git"),
        ("../audits", "file:///srv/audits"),
        ("jane@example.org:audits", "ssh://example.org/audits"),
        ("ssh://jane@example.org/audits", "ssh://example.org/audits"),
        ("git@[::1]:audits", "ssh://git@[::1]/audits"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://jane:p@ss@example.org/audits", "https://example.org/audits"),
        ("ext::sh -c anything", ""),
        ("s3://bank/audits", ""),
    ],
)
def test_every_way_to_write_a_remote_is_understood(remote: str, public: str) -> None:
    assert public_remote(remote, Path("/srv/here")) == public


def test_the_configuration_is_read_as_git_reads_it(repository: Path) -> None:
    config = repository / ".git/config"
    git(repository, "remote", "remove", "origin")
    for said in ('url = "https://e.org/a#b.git" ; no', "URL=https://e.org/a ; no", "url = h.org:a"):
        config.write_text(
            f'[core]\n\turl = no\n[remote "up"] {said}\n# [remote "x"]\n[branch "main"]\nurl = no\n'
        )
        told = git(repository, "config", "--get", "remote.up.url")

        found = code_location(audit_of(repository))

        assert found is not None
        assert found.repository == public_remote(told, repository)


def test_there_is_none_without_repository_commit_or_remote(tmp_path: Path) -> None:
    file = tmp_path / "loans.yaml"
    file.write_text("")
    assert code_location(file) is None

    git(tmp_path, "init", "-b", "main")
    git(tmp_path, "remote", "add", "origin", REMOTE)
    assert code_location(file) is None

    git(tmp_path, "commit", "--allow-empty", "-m", "one")
    assert code_location(file) is not None
    git(tmp_path, "remote", "remove", "origin")
    assert code_location(file) is None


@pytest.mark.parametrize("broken", ["HEAD", "config", "refs/heads/main"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"ref: ../../../etc/passwd", b"\n\n["])
def test_a_broken_repository_is_none(
    repository: Path, broken: str, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    (repository / ".git" / broken).write_bytes(content)

    assert code_location(audit_of(repository)) is None
    assert capfd.readouterr() == ("", "")


def test_whatever_is_asked_for_nothing_is_raised(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")

    for file in (tmp_path / "x", tmp_path / "circle" / "x", Path("\x00"), Path("/"), Path()):
        assert file is not None
        code_location(file)
    assert code_location(tmp_path / "loans.yaml") is None


def test_it_takes_less_than_five_milliseconds(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    packed = repository / ".git/packed-refs"
    tags = "".join(f"{number:040x} refs/tags/t{number}\n" for number in range(500))
    packed.write_text(f"{tags}{packed.read_text()}")
    file, times = audit_of(repository), []
    for _ in range(20):
        start = time.perf_counter()
        code_location(file)
        times.append(time.perf_counter() - start)

    assert min(times) < 0.005
