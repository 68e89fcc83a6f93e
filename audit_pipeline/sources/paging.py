"""How an API hands out its records page by page, and which page comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from pydantic import Field

from audit_pipeline.audits.settings import Settings
from audit_pipeline.sources.base import SourceError

Json = Any
Parameters = Mapping[str, str]


class Cursor(Settings):
    """The body tells a cursor, which is sent back to get the next page."""

    path: str
    """Where the cursor stands in the body: `meta.next_cursor`."""
    parameter: str = "cursor"
    """The query parameter that takes it."""


class Numbered(Settings):
    """Pages are asked for by number."""

    parameter: str = "page"
    """The query parameter that takes the page's number."""
    first: int = Field(default=1, ge=0)
    """The number of the first page."""
    size_parameter: str = "page_size"
    """The query parameter that takes how many records a page has."""
    size: int | None = Field(default=None, ge=1)
    """Records a page; the API's own choice when left out."""


class Offset(Settings):
    """Pages are asked for by how many records come before them."""

    parameter: str = "offset"
    """The query parameter that takes the number of records before the page."""
    size_parameter: str = "limit"
    """The query parameter that takes how many records a page has."""
    size: int = Field(default=1000, ge=1)
    """Records a page."""


class Paging(Settings):
    """How pages follow one another; nothing said: there is one."""

    next: str | None = None
    """Where the address of the next page stands in the body (`paging.next`), or `Link` for the
    header of that name."""
    cursor: Cursor | None = None
    page: Numbered | None = None
    offset: Offset | None = None

    @property
    def ways(self) -> list[str]:
        """The ways that are set."""
        every = ("next", "cursor", "page", "offset")
        return [name for name in every if getattr(self, name) is not None]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came."""

    address: str
    body: Json
    links: Mapping[str, str]
    """Addresses of the `Link` header, by their relation."""
    records: int
    before: int
    """Records of the pages before it."""
    number: int
    """How many pages came before it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for: an address, and what is added to its query."""

    address: str
    parameters: tuple[tuple[str, str], ...] = ()


def first_request(paging: Paging, address: str) -> Request:
    """Return what asks for the first page."""
    if paging.page is not None:
        return Request(address, _numbered(paging.page, paging.page.first))
    if paging.offset is not None:
        return Request(address, _offset(paging.offset, 0))
    return Request(address)


def next_request(paging: Paging, address: str, page: Page) -> Request | None:
    """Return what asks for the page after `page`; None if it was the last.

    Where pages are counted, only an empty one is the last: an API may hand out fewer records a
    page than it was asked for.

    Raises:
        SourceError: The next page is said to be on another host.
    """
    if paging.next is not None:
        link = page.links.get("next") if paging.next == "Link" else at(page.body, paging.next)
        return Request(_same_host(page.address, str(link))) if link else None
    if paging.cursor is not None:
        cursor = at(page.body, paging.cursor.path)
        told = ((paging.cursor.parameter, str(cursor)),)
        return None if cursor in {None, "", False} else Request(address, told)
    if paging.page is not None:
        number = paging.page.first + page.number + 1
        return Request(address, _numbered(paging.page, number)) if page.records else None
    if paging.offset is not None:
        before = page.before + page.records
        return Request(address, _offset(paging.offset, before)) if page.records else None
    return None


def at(body: Json, path: str) -> Json:
    """Return what stands at a path of keys in a body; None where it does not exist.

    >>> at({"data": {"items": [1]}}, "data.items")
    [1]
    >>> at([1], "")
    [1]
    """
    for key in path.split(".") if path else ():
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _numbered(page: Numbered, number: int) -> tuple[tuple[str, str], ...]:
    size = ((page.size_parameter, str(page.size)),) if page.size else ()
    return ((page.parameter, str(number)), *size)


def _offset(offset: Offset, before: int) -> tuple[tuple[str, str], ...]:
    return ((offset.parameter, str(before)), (offset.size_parameter, str(offset.size)))


def _same_host(address: str, link: str) -> str:
    whole = urljoin(address, link)
    here, there = urlsplit(address), urlsplit(whole)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise SourceError(
            f"the next page is said to be at another address ({there.scheme}://{there.hostname}):"
            f" only {here.scheme}://{here.netloc} is asked, for the token is its own"
        )
    return whole
