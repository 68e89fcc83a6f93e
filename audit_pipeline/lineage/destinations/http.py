"""Events by HTTP: to Marquez, and to what takes the same events."""

import gzip
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from audit_pipeline import __version__, clock
from audit_pipeline.audits.destination import HttpTransport
from audit_pipeline.lineage.destinations.base import Allowed, Answer, Refused, Unreachable
from audit_pipeline.lineage.destinations.post import Answered, Poster
from audit_pipeline.lineage.destinations.work import TOO_LATE, Work
from audit_pipeline.store.outbox import Waiting

LANES = 4
"""Streams that are delivered at the same time."""
TOLD = 200
"""Letters of its words that are told."""
TRY_AGAIN = {408, 425, 429}
SETTINGS = {
    401: "it wants a key: see `auth` in openlineage.yml, and that the key is still good",
    403: "the key may not write there",
    404: "it knows no such address: see `url` and `endpoint`",
    405: "it takes no POST there: see `url` and `endpoint`",
    407: "a proxy wants to know who we are",
}
"""Answers that say something about our settings, and nothing about the event."""


class Http:
    """A backend that takes one event a request."""

    def __init__(self, transport: HttpTransport, key: str | None) -> None:
        self.transport, self.key = transport, _as_header(key)
        self.context = _context(transport)
        self.posters = [self._poster() for _ in range(LANES)]
        self.headers = {
            "Content-Type": "application/json",
            "User-Agent": f"audit-pipeline/{__version__}",
        }
        if self.key:
            self.headers["Authorization"] = f"Bearer {self.key}"
        if transport.compression:
            self.headers["Content-Encoding"] = transport.compression

    def deliver(self, entries: Sequence[Waiting], allowed: Allowed) -> dict[int, Answer]:
        """Deliver entries, a few streams at a time, until too many fail in a row."""
        work = Work(entries, allowed)
        lanes = [
            threading.Thread(target=self._lane, args=(poster, work), daemon=True)
            for poster in self.posters[: len(work.streams)]
        ]
        for lane in lanes:
            lane.start()
        try:
            for lane in lanes:
                lane.join(max(0.0, allowed.end - time.monotonic()) + TOO_LATE)
        finally:
            answers = work.ended()
            # looking up a name cannot be hurried, and Ctrl-C waits for nobody
            busy = [place for place, lane in enumerate(lanes) if lane.is_alive()]
            for place in busy:
                self.posters[place] = self._poster()
        return answers

    def close(self) -> None:
        """Close all connections."""
        for poster in self.posters:
            poster.close()

    def _poster(self) -> Poster:
        return Poster(self.transport.place, self.transport.timeout, self.context)

    def _lane(self, poster: Poster, work: Work) -> None:
        while (stream := work.next()) is not None:
            for entry in stream:
                if not work.goes_on():
                    return
                answer = self._post(poster, entry, work.allowed.end)
                work.note(entry, answer)
                if isinstance(answer, Unreachable):
                    break

    def _post(self, poster: Poster, entry: Waiting, end: float) -> Answer:
        body = gzip.compress(entry.body, 5) if self.transport.compression else entry.body
        headers = self.headers | {"Idempotency-Key": entry.key}
        begun = time.monotonic()
        whole = 2 * self.transport.timeout
        try:
            answered = poster.post(body, headers, min(end, begun + whole))
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            cut_short = end - begun < whole and time.monotonic() >= end
            return Unreachable(self._why(error), cut_short=cut_short)
        return self._judged(answered)

    def _judged(self, answered: Answered) -> Answer:
        status = answered.status
        if 200 <= status < 300:  # noqa: PLR2004 (HTTP's)
            return None
        why = f"{self.transport.place} answered {status}"
        if 300 <= status < 400:  # noqa: PLR2004
            to = self._shown(_pointed_to(answered.location))
            return Unreachable(f"{why}: it points to {to}; if that is right, write it as `url`")
        if status in SETTINGS:
            return Unreachable(f"{why}: {SETTINGS[status]}")
        said = self._shown(answered.said)
        why = f"{why}: {said}" if said else why
        if 400 <= status < 500 and status not in TRY_AGAIN:  # noqa: PLR2004
            return Refused(why)
        return Unreachable(why, retry_after=_seconds(answered.retry_after))

    def _shown(self, said: str) -> str:
        """Return a server's words as they may be shown: printable, and our key masked first."""
        told = said.replace(self.key, "…") if self.key else said
        return "".join(c for c in told if c.isprintable())[:TOLD]

    def _why(self, error: Exception) -> str:
        place, seconds = self.transport.place, self.transport.timeout
        if isinstance(error, ssl.SSLCertVerificationError):
            said = error.verify_message
            advice = "name the file of its authority with `verify`"
            return f"{place}: its certificate is not trusted ({said}); {advice}"
        words: dict[type[Exception], str] = {
            ssl.SSLError: f"TLS failed ({getattr(error, 'reason', None) or 'no reason given'})",
            socket.gaierror: "no such name is known",
            UnicodeError: "no name can be like that",
            TimeoutError: f"no whole answer within {seconds:g} s a step",
            ConnectionRefusedError: "nobody listens there",
            ConnectionError: "it dropped the connection",
            http.client.HTTPException: "it does not answer in HTTP",
        }
        said = next((w for kind, w in words.items() if isinstance(error, kind)), "")
        return f"{place}: {said or getattr(error, 'strerror', None) or type(error).__name__}"


def _pointed_to(location: str) -> str:
    """Return where a redirect points to, without a user, a password or a query."""
    try:
        to = urlsplit(location)
        port = f":{to.port}" if to.port else ""
    except ValueError:
        return "what is no address"
    return f"{to.scheme}://{to.hostname}{port}{to.path}" if to.hostname else to.path or "nowhere"


def _context(transport: HttpTransport) -> ssl.SSLContext | None:
    if urlsplit(transport.url).scheme != "https":  # which knows HTTPS: as well
        return None
    authorities = transport.verify if isinstance(transport.verify, str) else None
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as error:  # ssl.SSLError is one
        said = error.strerror or "it holds no certificate"
        raise Unreachable(f"the file {authorities} of `verify` cannot be used: {said}") from None


def _as_header(key: str | None) -> str:
    key = (key or "").strip()  # a file of secrets often ends with a line break
    if not (key.isascii() and key.isprintable()):
        raise Unreachable("the backend's key holds a character that no header may have")
    return key


def _seconds(retry_after: str) -> float | None:
    """Return for how long a server wants to be left alone; it may have said a number, or a time.

    >>> _seconds("120"), _seconds(""), _seconds("soon")
    (120.0, None, None)
    """
    if retry_after.strip().isascii() and retry_after.strip().isdigit():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
        left = until.replace(tzinfo=until.tzinfo or UTC) - clock.now()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, left.total_seconds())
