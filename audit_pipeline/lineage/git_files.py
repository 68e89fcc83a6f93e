"""Git's own files: which commit and branch are checked out, and where the remote is."""

import re
from collections.abc import Iterator
from pathlib import Path

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
SECTION = re.compile(
    r'^\[\s*(?P<kind>[^\s"\]]+)(?:\s+"(?P<name>(?:[^"\\]|\\.)*)")?\s*\](?P<more>.*)$'
)
REF = "ref: "
HEADS = "refs/heads/"
ORIGIN = "origin"


def git_folder(start: Path) -> tuple[Path, Path] | None:
    """Return the root of the repository that a folder is in, and git's own folder of it.

    That is `.git`; of a further worktree or a submodule, the folder that a file `.git` names.

    Raises:
        OSError: A folder cannot be read.
    """
    for folder in (start, *start.parents):
        git = folder / ".git"
        if git.is_file():
            _, _, named = git.read_text(encoding="utf-8").strip().partition("gitdir: ")
            return (folder, (folder / named).resolve()) if named else None
        if (git / "HEAD").exists():
            return folder, git
    return None


def commit_of(git: Path) -> str:
    """Return the commit that is checked out; empty if there is none yet."""
    head = _text(git / "HEAD")
    if not head.startswith(REF):
        return _checked(head)
    ref = head.removeprefix(REF)
    places = dict.fromkeys((git, _shared(git)))
    loose = (_checked(_text(place / ref)) for place in places)
    return next((found for found in loose if found), "") or _packed(_shared(git), ref)


def branch_of(git: Path) -> str:
    """Return the branch that is checked out; empty if it is a commit by itself."""
    head = _text(git / "HEAD")
    return head.removeprefix(REF + HEADS) if head.startswith(REF + HEADS) else ""


def remote_of(git: Path) -> str:
    """Return the address of `origin`, else of the first remote; empty if there is none.

    What the configuration includes, and addresses that it abbreviates, are not looked up.
    """
    remotes: dict[str, str] = {}
    for kind, name, key, value in _settings(_text(_shared(git) / "config")):
        if (kind, key) == ("remote", "url"):
            remotes.setdefault(name, value)
    return remotes.get(ORIGIN, "") or next(iter(remotes.values()), "")


def _shared(git: Path) -> Path:
    """Return the folder that all worktrees share."""
    named = _text(git / "commondir")
    return (git / named).resolve() if named else git


def _packed(git: Path, ref: str) -> str:
    try:
        with (git / "packed-refs").open(encoding="utf-8") as lines:
            for line in lines:
                commit, _, name = line.rstrip("\n").partition(" ")
                if name == ref:
                    return _checked(commit)
    except FileNotFoundError:
        pass
    return ""


def _settings(config: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield what git's configuration says: section, its name, key and value."""
    kind = name = ""
    for line in config.splitlines():
        text = line.strip()
        if section := SECTION.match(text):
            kind, name = section["kind"].lower(), section["name"] or ""
            text = section["more"].strip()
        key, equals, value = text.partition("=")
        if equals and not text.startswith(("#", ";")):
            yield kind, name, key.strip().lower(), _value(value)


def _value(text: str) -> str:
    """Return a value as it is meant: without quotes, and what is remarked behind it."""
    text = text.strip()
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:].partition('"')[0])
    return re.split(r"\s[#;]", text, maxsplit=1)[0].strip()


def _checked(commit: str) -> str:
    return commit if COMMIT.fullmatch(commit) else ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
