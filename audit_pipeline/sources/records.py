"""All records that an HTTP API has, page after page, within limits."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.paging import Json, Page, Paging, at, first_request, next_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """An API, and how much is asked of it."""

    name: str
    """What messages call it: its address without a query."""
    url: str
    records: str
    paging: Paging
    token: str | None
    timeout_seconds: float
    max_pages: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one page."""

    records: list[dict[str, Any]]
    tag: str | None
    """The page's ETag or time of change, where the API gives one."""


def record_pages(api: Api) -> Iterator[Records]:
    """Yield the records of each page, in the order they come.

    Raises:
        SourceError: The API cannot be asked, says something else, or says too much.
    """
    from audit_pipeline.sources.http_pages import Client, NothingThereError  # noqa: PLC0415 (brings in requests)

    client = Client(name=api.name, token=api.token, timeout_seconds=api.timeout_seconds)
    request, room, before, number = first_request(api.paging, api.url), api.max_bytes, 0, 0
    asked, seen = {request}, set[str]()
    while True:
        try:
            answer = client.get(request, room)
        except NothingThereError:
            if api.paging.page is None or not number:
                raise
            return  # some say so of the page after the last
        records = _records(api, answer.body)
        _need_new(api, records, seen)
        yield Records(records, answer.tag)
        page = Page(request.address, answer.body, answer.links, len(records), before, number)
        following = next_request(api.paging, api.url, page)
        if following is None:
            return
        if following in asked:
            raise SourceError(f"{api.name}: its pages go round in a circle: one follows itself")
        request, room = following, room - answer.size
        before, number = before + len(records), number + 1
        asked.add(request)
        if number >= api.max_pages:
            raise SourceError(f"{api.name} has more than {number:,} pages, which is `max_pages`")


def _records(api: Api, body: Json) -> list[dict[str, Any]]:
    found = at(body, api.records)
    if not isinstance(found, list):
        where = f"at {api.records!r}" if api.records else "as the whole answer (set `records`)"
        raise SourceError(
            f"{api.name}: a list of records was expected {where}, found {_kind(found)}"
        )
    for number, record in enumerate(found, start=1):
        if not isinstance(record, dict):
            raise SourceError(
                f"{api.name}: record {number} of a page is {_kind(record)}, an object was expected"
            )
    return found


def _need_new(api: Api, records: list[dict[str, Any]], seen: set[str]) -> None:
    """Let a page pass that was not sent before.

    Raises:
        SourceError: It was: the API does not know the parameter that asks for the next.
    """
    digest = hashlib.sha256(json.dumps(records).encode()).hexdigest()
    if records and digest in seen:
        raise SourceError(
            f"{api.name} sent the same page twice: does it know the parameters under `paging`?"
        )
    seen.add(digest)


def _kind(found: Json) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a truth value"}
    return "nothing" if found is None else names.get(type(found), "a number")
