"""The door to HTTP APIs: asks for one page, and once more if the connection drops."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.paging import Json, Request

CONNECT_SECONDS = 10
CHUNK = 1 << 16
MEBIBYTE = 1 << 20
SERVER_ERROR = 500
GOOD = 200
MEANINGS = {
    401: "the API asks who we are: is `token_env` set, and the token still valid?",
    403: "the API refuses this token: it must allow to read these records",
    404: "there is nothing at this address: is the `url` right?",
}


class NothingThereError(SourceError):
    """There is nothing at an address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an API answered."""

    body: Json
    size: int
    tag: str | None
    """Its ETag, or when it was changed, where it says so."""
    links: dict[str, str]


class _TransientError(Exception):
    """It may go well the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One API as it is asked: with a token or without, and how long it may take."""

    name: str
    """What messages call it."""
    token: str | None
    timeout_seconds: float

    def get(self, request: Request, room: int) -> Answer:
        """Return one page of at most `room` bytes.

        Raises:
            SourceError: It cannot be had, is too large or no JSON.
        """
        try:
            return self._once(request, room)
        except _TransientError:
            try:
                return self._once(request, room)
            except _TransientError as error:
                raise SourceError(f"{self.name}: {error}, twice") from error

    def _once(self, request: Request, room: int) -> Answer:
        end = time.monotonic() + self.timeout_seconds
        try:
            with requests.get(
                request.address,
                params=list(request.parameters),
                headers={"Accept": "application/json"},
                auth=self._signed(),
                timeout=(min(CONNECT_SECONDS, self.timeout_seconds), self.timeout_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                self._need_good(response)
                content = self._content(response, room, end)
        except requests.Timeout as error:
            raise SourceError(f"{self.name}: {self._late()}") from error
        except requests.RequestException as error:
            # what is raised names the address, which may hold somebody's name or id
            raise _TransientError(f"the connection failed ({type(error).__name__})") from error
        links = {relation: link["url"] for relation, link in response.links.items()}
        tag = response.headers.get("ETag") or response.headers.get("Last-Modified")
        return Answer(body=self._json(content), size=len(content), tag=tag, links=links)

    def _signed(self) -> Callable[[Any], Any]:
        """Return what adds the token: given even without one, for else `.netrc` is asked."""

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            if self.token:
                request.headers["Authorization"] = f"Bearer {self.token}"
            return request

        return sign

    def _need_good(self, response: requests.Response) -> None:
        status = response.status_code
        if status == GOOD:
            return
        if status >= SERVER_ERROR:
            raise _TransientError(f"the API failed with status {status}")
        if status in MEANINGS:
            kind = NothingThereError if status == requests.codes.not_found else SourceError
            raise kind(f"{self.name}: {MEANINGS[status]} (status {status})")
        if status == requests.codes.too_many_requests:
            wait = response.headers.get("Retry-After", "")
            after = f" for {wait} s" if wait.isdigit() else ""
            raise SourceError(f"{self.name}: the API asks to wait{after}: too many requests (429)")
        if response.is_redirect:
            raise SourceError(f"{self.name}: the API has moved: correct the `url` ({status})")
        raise SourceError(f"{self.name}: the API refused the request with status {status}")

    def _content(self, response: requests.Response, room: int, end: float) -> bytes:
        pieces, size = list[bytes](), 0
        for piece in response.iter_content(CHUNK):
            size += len(piece)
            pieces.append(piece)
            if size > room:
                raise SourceError(
                    f"{self.name}: there is more than `max_megabytes` allows: ask for less, or"
                    " raise it"
                )
            if time.monotonic() > end:
                raise SourceError(f"{self.name}: {self._late()}")
        return b"".join(pieces)

    def _late(self) -> str:
        return f"a page took longer than {self.timeout_seconds:g} s (`timeout_seconds`)"

    def _json(self, content: bytes) -> Json:
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            kind = "a page of HTML" if content.lstrip()[:1] == b"<" else "no JSON"
            raise SourceError(f"{self.name}: the API sent {kind}, JSON was expected") from error
