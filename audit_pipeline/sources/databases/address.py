"""Where a database is: its URL, its password from the environment, and what of it may be shown."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

EXAMPLE = "postgresql://reader@db.example.org:5432/loans"
ALIASES = {"postgres": "postgresql"}
ONLY_OURS = frozenset({"postgresql", "redshift"})
"""Schemes that Ibis does not know by these names."""
NO_SERVERS = frozenset({"datafusion", "duckdb", "flink", "polars", "pyspark"})
"""What Ibis can also connect to, and is no server: most hold no tables until they are loaded, and
of DuckDB 2 Ibis 12 hands out no rows piece by piece."""
FILE = "sqlite"
SECRET = re.compile(r"(?!passfile$|sslkey$)(.*(pass|pwd|token|secret)|.*key$)", re.IGNORECASE)
"""Options that are one; two of PostgreSQL's name files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database that can be reached."""

    scheme: str
    url: str = field(repr=False)
    """As it is connected to; it may hold a password if it came from the environment."""
    password: str | None = field(default=None, repr=False)
    """Given apart from the URL."""

    @property
    def shown(self) -> str:
        """The URL without user, password and options."""
        parts = urlsplit(self.url)
        return f"{self.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def file(self) -> Path:
        """The file of a database that is one."""
        return file_of(self.url)


def scheme_of(url: str) -> str:
    """Return the kind of database a URL names, such as `postgresql`.

    Raises:
        ValueError: It names none, or none that is known.

    >>> scheme_of("postgres://db/loans"), scheme_of("postgresql+psycopg2://db/loans")
    ('postgresql', 'postgresql')
    """
    name, found, _ = url.partition("://")
    if not found:
        raise ValueError(f"the URL names no kind of database: write it like {EXAMPLE}")
    scheme = name.partition("+")[0].lower()  # SQLAlchemy's way to name a driver
    scheme = ALIASES.get(scheme, scheme)
    known = _known()
    if scheme not in known:
        names = ", ".join(sorted(known - set(ALIASES)))
        raise ValueError(f"unknown kind of database {scheme!r} in the URL: there are {names}")
    return scheme


@cache  # it looks at all packages that are installed
def _known() -> frozenset[str]:
    found = {each.name for each in entry_points(group="ibis.backends")}
    return frozenset(found - NO_SERVERS | ONLY_OURS)


def need_clear(url: str) -> None:
    """Let a URL pass of which it is clear where its password ends.

    Raises:
        ValueError: A password with a sign such as / would make host and database of its parts, and
            then be shown with them. The message quotes nothing of the URL.
    """
    _, _, rest = url.partition("://")
    if scheme_of(url) != FILE and "@" in "".join(re.split("([/?#])", rest, maxsplit=1)[1:]):
        raise ValueError(
            "the URL has an @ behind its first /, ? or #, as when a password holds one of these:"
            " write them percent-encoded (/ is %2F, ? is %3F, # is %23, @ is %40), or give the"
            " password apart with `password_env: NAME`"
        )


def need_no_password(url: str) -> None:
    """Let a URL pass that may stand in a file.

    Raises:
        ValueError: It holds a password, clearly or not. The message quotes nothing of it.
    """
    need_clear(url)
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.password or any(SECRET.match(name) for name in options):
        raise ValueError(
            "the URL holds a password: take it out, put it into an environment variable and name"
            " that one with `password_env: NAME` (or the whole URL with `url_env: NAME`)"
        )


def file_of(url: str) -> Path:
    """Return the file that a URL of SQLite names, as SQLAlchemy reads it.

    >>> [str(file_of(url)) for url in ("sqlite:///a/b.db", "sqlite:////a/b.db", "sqlite://b.db")]
    ['a/b.db', '/a/b.db', 'b.db']
    """
    parts = urlsplit(url)
    return Path(unquote(parts.netloc + parts.path.removeprefix("/")))


def beside(url: str, folder: Path) -> str:
    """Return the URL, a file in it that is not absolute taken as relative to `folder`."""
    if scheme_of(url) != FILE:
        return url
    return f"{FILE}:///{(folder / file_of(url)).resolve()}"
