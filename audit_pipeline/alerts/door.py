"""The one door to Apprise, in a process of its own: what hangs there ends with it.

It reads messages, one JSON line each, sends all of them at once, and answers each with one line.
Addresses come from the environment and go nowhere but to Apprise: what it says of a failure is
told without any part of the address.
"""

import json
import logging
import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from audit_pipeline.alerts.incidents import is_of_incidents, is_silent, prepare
from audit_pipeline.audits.home import SecretError, secret

if TYPE_CHECKING:
    from apprise import Apprise, NotifyBase

# ruff: noqa: PLC0415 (Apprise is imported when something is to be sent, after it was silenced)

LONGEST_PROBLEM = 200
ROOM_FOR_A_PAGE = 20_000
"""Characters that a service must take to get a whole page of HTML, as mail does."""
PIECES = re.compile(r"[/:@?&=,;#\s]+")
SHORTEST_PIECE = 3
KINDS = {
    "critical": "failure",
    "high": "failure",
    "medium": "warning",
    "low": "info",
    "resolved": "success",
}
"""What Apprise calls a message, by how bad it is."""


def main() -> None:
    """Send what is read until nothing more comes; the parent's end is ours."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody else answers
    logging.disable(logging.NOTSET)
    logging.getLogger().handlers = [logging.NullHandler()]
    lock = threading.Lock()

    def work(message: dict[str, Any]) -> None:
        said = send(message)
        with lock:
            answers.write(json.dumps({"id": message["id"]} | said) + "\n")
            answers.flush()

    for line in sys.stdin:
        threading.Thread(target=work, args=(json.loads(line),), daemon=True).start()
    os._exit(0)  # threads that hang are not waited for


def send(message: dict[str, Any]) -> dict[str, Any]:
    """Send one message to the address that a variable holds.

    Return what went wrong as `problem`, None if nothing did; as `partly` if some recipients took
    it; and whether it began an `incident`.
    """
    try:
        address = secret(message["channel"]).strip()
    except SecretError:
        what = "set it where alerts are sent from, to an address in Apprise's form"
        return {"problem": f"the environment has no {message['channel']}: {what}"}
    try:
        return _send(address, message)
    except Exception as error:  # noqa: BLE001 (of any plugin; its words may hold the address)
        return {"problem": f"broke with {type(error).__name__}"}


def _send(address: str, message: dict[str, Any]) -> dict[str, Any]:
    from apprise import Apprise, OverflowMode

    service = Apprise.instantiate(address, asset=_asset())
    if service is None:
        return {"problem": f"{message['channel']} holds no address that Apprise knows"}
    if is_silent(service, message):
        return {"problem": None}
    prepare(service, message)
    service.overflow_mode = OverflowMode.TRUNCATE
    body, form = _body(service, message)
    door = Apprise(asset=service.asset)
    door.add(service)
    taken = _who_took_it(service)
    problem = _notify(door, address, message, body, form)
    if problem is not None and taken:  # once more, and they would get it once more
        return {"problem": None, "partly": f"not all of its recipients took it: {problem}"}
    begun = problem is None and is_of_incidents(service) and not message["closes"]
    return {"problem": problem, "incident": begun}


def _notify(
    door: "Apprise", address: str, message: dict[str, Any], body: str, form: str
) -> str | None:
    kind: Any = KINDS.get(message["severity"], "info")
    done = door.notify(body=body, title=message["title"], notify_type=kind, body_format=form)
    if done:
        return None
    said = [entry.message for entry in done.logs()]
    return without_address(said[-1] if said else "the message was not taken", address)


def _who_took_it(service: "NotifyBase") -> list[object]:
    """Return what fills with the recipients that take the message: Apprise keeps no such list."""
    taken: list[object] = []
    known: Any = service
    known.mark_delivered = lambda key, per_message=False: taken.append((key, per_message))
    return taken


def _asset() -> Any:  # noqa: ANN401 (Apprise's)
    """Return what Apprise is told of us: nothing is kept, and no picture comes from anywhere."""
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="audit-pipeline",
        app_desc="Audit Pipeline",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        interpret_emojis=False,
        async_mode=False,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
        allow_templates=False,
        service_timeout=0,  # the parent's patience ends it
        language="en",
    )


def _body(service: "NotifyBase", message: dict[str, Any]) -> tuple[str, str]:
    """Return the form of a message that suits a service, and which it is."""
    form = str(service.resolve_format(None).value)
    most = service.body_maxlen
    if form == "html" and most < ROOM_FOR_A_PAGE:
        form = "text"
    body = str(message[form])
    room = most - len(message["title"])
    return (body, form) if len(body) <= room else (str(message["short"]), "text")


def without_address(said: str, address: str) -> str:
    """Return a sentence in which no part of an address stands.

    >>> without_address("cannot reach hooks.example.org: error=500", "json://u:pw@hooks.example.org")
    'cannot reach …: error=500'
    """
    _, _, rest = address.partition("://")
    pieces = {rest, *PIECES.split(rest)}
    pieces |= {unquote(piece) for piece in pieces}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= SHORTEST_PIECE:
            said = re.sub(re.escape(piece), "…", said, flags=re.IGNORECASE)
    return " ".join(said.split())[:LONGEST_PROBLEM]


if __name__ == "__main__":
    main()
