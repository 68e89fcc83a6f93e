"""Where an audit file stands in version control: what a job's `sourceCodeLocation` tells.

Git's own files are read, so that no `git` is needed and none is started on every event.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from audit_pipeline.lineage.git_files import branch_of, commit_of, git_folder, remote_of
from audit_pipeline.lineage.git_remotes import public_remote
from audit_pipeline.lineage.told import CodeLocation


@dataclass(frozen=True, slots=True)
class Site:
    """How a site of repositories shows a file as it was in a commit."""

    name: str
    """In the host: `gitlab` is `gitlab.example.org`, too."""
    between: str
    """What stands between the repository and the commit."""


SITES = (Site("github", "blob"), Site("gitlab", "-/blob"), Site("bitbucket.org", "src"))


def code_location(file: Path) -> CodeLocation | None:
    """Return where a file stands in git, by the commit that is checked out.

    None where it is in no repository, there is no commit yet, or no remote from which others could
    have it. Whether the file was changed since, or is not in the commit at all, is not looked at:
    the digest of an audit file stands in the evidence.

    Never raises; takes well below a millisecond. `url` leads to the file where the host is known to
    show files (GitHub, GitLab, Bitbucket), else to the repository.
    """
    try:
        return _found(file)
    except (OSError, ValueError, RuntimeError):  # not readable, no text, a circle of links
        return None


def _found(file: Path) -> CodeLocation | None:
    path = file.resolve()
    found = git_folder(path.parent)
    if found is None:
        return None
    root, folder = found
    commit, remote = commit_of(folder), remote_of(folder)
    repository = public_remote(remote, root) if remote else ""
    if not commit or not repository:
        return None
    relative = path.relative_to(root).as_posix()
    return CodeLocation(
        url=_url(repository, commit, relative),
        repository=repository,
        path=relative,
        version=commit,
        branch=branch_of(folder),
    )


def _url(repository: str, commit: str, path: str) -> str:
    scheme, _, rest = repository.partition("://")
    host, _, project = rest.partition("/")
    host = host.rpartition("@")[2]
    if scheme == "ssh":
        host = host.partition(":")[0]  # the port is that of ssh
    site = next((s for s in SITES if s.name in host), None)
    if site is None or scheme not in {"https", "http", "ssh"}:
        return repository
    shown = "http" if scheme == "http" else "https"
    project = project.removesuffix("/").removesuffix(".git")
    return f"{shown}://{host}/{project}/{site.between}/{commit}/{quote(path)}"
