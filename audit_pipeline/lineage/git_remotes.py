"""The address of a git remote as others may see it: a URI, without user, password and token."""

import re
from pathlib import Path
from urllib.parse import quote

SHORT = re.compile(r"^(?:(?P<user>[^@/:]+)@)?(?P<host>\[[^\]]+\]|[^/:@]+):(?P<path>[^:].*)$")
"""What git reads as ssh: `git@host:org/repository.git`."""
URL = re.compile(r"^(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?P<place>[^/?#]*)(?P<path>[^?#]*)")
KNOWN = frozenset({"https", "http", "ssh", "git", "file"})
USUAL_USER = "git"
"""The one user that everybody is on ssh, and without which the address leads nowhere."""


def public_remote(remote: str, root: Path) -> str:
    """Return a remote's address as a URI without credentials; empty if it cannot be one.

    A path is one of this machine, relative to the repository's `root`.

    >>> public_remote("git@example.org:risk/audits.git", Path("/work"))
    'ssh://git@example.org/risk/audits.git'
    >>> public_remote("https://jane:token@example.org/risk/audits.git?x=1", Path("/work"))
    'https://example.org/risk/audits.git'
    """
    if found := URL.match(remote):
        return _of_url(found["scheme"].lower(), found["place"], found["path"])
    if found := SHORT.match(remote):
        user = "git@" if found["user"] == USUAL_USER else ""
        return f"ssh://{user}{found['host'].lower()}/{_quoted(found['path'].lstrip('/'))}"
    if "::" in remote:  # git hands it to a program of its own
        return ""
    return (root / remote).resolve().as_uri()


def _of_url(scheme: str, place: str, path: str) -> str:
    scheme = scheme.removeprefix("git+")
    if scheme not in KNOWN:
        return ""
    user, at, host = place.rpartition("@")
    kept = f"{user}@" if at and scheme == "ssh" and user == USUAL_USER else ""
    return f"{scheme}://{kept}{host.lower()}{_quoted(path)}"


def _quoted(path: str) -> str:
    return quote(path, safe="/~%+:@!$&'()*,;=")
