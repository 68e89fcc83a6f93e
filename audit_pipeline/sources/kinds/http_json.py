"""Tables behind an HTTP API that hands out JSON records page by page."""

import hashlib
import ipaddress
import json
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit

from pydantic import Field, field_validator, model_validator

from audit_pipeline.audits.home import SecretError, secret
from audit_pipeline.audits.settings import Settings
from audit_pipeline.domain.window import Window
from audit_pipeline.sources.base import IbisBackend, Read, Source, SourceError, State, Wanted
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.sources.origins.paths import origin_of_address
from audit_pipeline.sources.paging import Paging
from audit_pipeline.sources.records import Api, record_pages

SECRET = re.compile(r"[?&][^=&]*(token|secret|password|api_?key|signature|sig)=", re.IGNORECASE)
PLACE = re.compile(r"\{(.*?)\}")
ALL_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class HttpJson(Settings):
    """An API whose answers are JSON, with a list of records in each."""

    url: str
    """Its address; `{start}` and `{end}` stand for the beginning and end of the window, as in
    `2024-01-01T00:00:00+01:00`. Where all windows are asked for, they are 1970 and 2100."""
    records: str = ""
    """Where the list of records stands in an answer: `data.items`. The answer is the list itself
    when left out."""
    paging: Paging = Paging()
    token_env: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """Name of the environment variable with the token, sent as `Authorization: Bearer`."""
    timeout_seconds: float = Field(default=60, gt=0)
    """How long a page may take."""
    max_pages: int = Field(default=10_000, ge=1)
    """More pages than this are an error: such an API may never end."""
    max_megabytes: float = Field(default=2000, gt=0)
    """Of all pages together."""

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("write an address that begins with https:// or http://")
        if "@" in parts.netloc or SECRET.search(value):
            raise ValueError(
                "the address holds a password or token: take it out, and name the environment"
                " variable that holds the token as `token_env`"
            )
        if unknown := [name for name in PLACE.findall(value) if name not in {"start", "end"}]:
            raise ValueError(f"found {{{unknown[0]}}}; only {{start}} and {{end}} are filled in")
        return value

    @model_validator(mode="after")
    def _sure(self) -> Self:
        if len(self.paging.ways) > 1:
            raise ValueError(f"`paging` has {' and '.join(self.paging.ways)}; take one way")
        parts = urlsplit(self.url)
        if self.token_env and parts.scheme == "http" and not _is_here(parts.hostname or ""):
            raise ValueError("a token is sent over https:// only; over http:// anybody could read")
        return self


def read_http(settings: HttpJson, backend: IbisBackend, wanted: Wanted) -> Read:
    """Return the records of all pages, from a copy as JSON lines."""
    from audit_pipeline.sources.json_text import scan_json  # noqa: PLC0415 (brings in Ibis)

    api = _api(settings, wanted.window)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    copy = Path(tempfile.mkdtemp(prefix="pages-", dir=wanted.folder)) / "records.jsonl"
    rows = 0
    with copy.open("w", encoding="utf-8") as lines:
        for page in record_pages(api):
            lines.writelines(json.dumps(record) + "\n" for record in page.records)
            rows += len(page.records)
            if wanted.limit is not None and rows >= wanted.limit:
                break
    if not rows:
        of = f" for the window {wanted.window.key}" if wanted.window else ""
        raise SourceError(f"{api.name} has no records{of}")
    return Read(
        table=scan_json(api.name, [copy], backend),
        location=api.name,
        sha256=file_sha256(copy),
        whole=wanted.window is None or not PLACE.search(settings.url),
    )


def http_state(settings: HttpJson, wanted: Wanted) -> State:
    """Return how the API stands, by its first page alone: later ones may change unseen.

    Its ETag or time of change tells, where the API gives one; else its records do.
    """
    page = next(record_pages(_api(settings, wanted.window)))
    seen = page.tag or hashlib.sha256(json.dumps(page.records).encode()).hexdigest()
    return State(mark=seen, landed=bool(page.records))


def _api(settings: HttpJson, window: Window | None) -> Api:
    start, end = (window.start, window.end) if window else ALL_TIME
    filled = {"start": quote(start.isoformat(), safe=""), "end": quote(end.isoformat(), safe="")}
    try:
        token = secret(settings.token_env) if settings.token_env else None
    except SecretError as error:
        raise SourceError(str(error)) from error
    parts = urlsplit(settings.url)
    return Api(
        name=f"{parts.scheme}://{parts.netloc}{parts.path}",
        url=PLACE.sub(lambda place: filled[place[1]], settings.url),
        records=settings.records,
        paging=settings.paging,
        token=token,
        timeout_seconds=settings.timeout_seconds,
        max_pages=settings.max_pages,
        max_bytes=int(settings.max_megabytes * 1_000_000),
    )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


SOURCE = Source(
    settings=HttpJson,
    read=read_http,
    state=http_state,
    digest=lambda _: None,
    origin=lambda s: origin_of_address(s.url),
)
