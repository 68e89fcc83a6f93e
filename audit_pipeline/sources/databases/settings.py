"""What an audit file says of a table in a database."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from audit_pipeline.audits.home import SecretError, secret
from audit_pipeline.audits.settings import Settings
from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.address import (
    FILE,
    Address,
    beside,
    file_of,
    need_clear,
    need_no_password,
    scheme_of,
)


def _may_stand_in_a_file(url: str, info: ValidationInfo) -> str:
    scheme_of(url)
    need_no_password(url)
    folder = (info.context or {}).get("folder")
    return beside(url, folder) if folder else url


Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable."""


class SqlTable(Settings):
    """A table, a view, or what a query gives, in a database."""

    url: Annotated[str, AfterValidator(_may_stand_in_a_file)] | None = None
    """The database, without a password: `postgresql://reader@db.example.org:5432/loans`. A file
    of SQLite is relative to the audit file: `sqlite:///loans.db`; absolute with four slashes."""
    url_env: Variable | None = None
    """Environment variable that holds the whole URL, in place of `url`."""
    password_env: Variable | None = None
    """Environment variable that holds the password."""
    table: str | None = Field(default=None, min_length=1)
    """A table or view, as the database spells it: `loans` or `lending.loans`."""
    query: str | None = Field(default=None, min_length=1)
    """One SELECT, in place of `table`."""
    watermark: str | None = None
    """Column that only grows, such as the time of loading. Once it reaches a window's end anywhere
    in the table, the window is complete; when it grows, the rows may have changed."""
    timeout_seconds: float = Field(default=600, gt=0, le=86_400)
    """How long the database may work on one statement."""
    max_rows: int = Field(default=50_000_000, ge=1)
    """More rows than this are not copied: an error says so, none is cut off."""

    @model_validator(mode="after")
    def _one_place_one_table(self) -> "SqlTable":
        if (self.url is None) == (self.url_env is None):
            raise ValueError("say where the database is: with `url`, or with `url_env`, not both")
        if (self.table is None) == (self.query is None):
            raise ValueError("say what to read: a `table`, or a `query`, not both")
        return self

    @property
    def named(self) -> str:
        """What is read, in a word."""
        return f"table {self.table}" if self.table is not None else "query"


def address_of(settings: SqlTable) -> Address:
    """Return where the database is, what the environment says included.

    Raises:
        SourceError: A variable is not set, or the URL in it cannot be understood.
    """
    try:
        url = settings.url if settings.url is not None else secret(str(settings.url_env))
        password = secret(settings.password_env) if settings.password_env else None
    except SecretError as error:
        raise SourceError(str(error)) from error
    url = url.strip()
    try:
        scheme = scheme_of(url)
        need_clear(url)
    except ValueError as error:
        raise SourceError(f"{settings.url_env}: {error}") from None
    if settings.url is None and scheme == FILE and not file_of(url).is_absolute():
        raise SourceError(
            f"{settings.url_env} names a file that is not absolute: write it with four slashes,"
            " sqlite:////folder/file"
        )
    return Address(scheme=scheme, url=scheme + url[url.index("://") :], password=password)
