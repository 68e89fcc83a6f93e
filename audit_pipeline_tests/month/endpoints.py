"""Who is told, on loopback: two addresses for alerts, and a catalogue of lineage."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from audit_pipeline.alerts.words import WORDS
from audit_pipeline_tests.alerts.services import Web, web
from audit_pipeline_tests.lineage.backends import Backend, Manner, Request, answer, backend
from audit_pipeline_tests.lineage.backends import drop as hang_up
from audit_pipeline_tests.lineage.backends import hang as say_nothing
from audit_pipeline_tests.servers import free_port

DUTY, SECOND = "MONTH_ALERTS_DUTY", "MONTH_ALERTS_SECOND"
ENDED = {"COMPLETE", "FAIL", "ABORT"}
WHYS = {words: why.value for why, words in WORDS.items()}
"""What happened, by the words that messages have for it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that arrived: where, in which round of delivery, and how many findings for what."""

    channel: str
    round: int
    counts: Counter[str]


@dataclass(slots=True)
class Catalogue:
    """What a lineage backend has taken: keys as often as they came, and the ends of runs."""

    keys: dict[str, int] = field(default_factory=dict[str, int])
    runs: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    excused: Counter[str] = field(default_factory=Counter)
    """How often each key came in a round that was killed: so often it may come again."""
    _now: list[str] = field(default_factory=list[str])

    def take(self, key: str, event: dict[str, Any]) -> None:
        """Take an event."""
        self.keys[key] = self.keys.get(key, 0) + 1
        self._now.append(key)
        self.runs.setdefault(event["run"]["runId"], set()).add(event["eventType"])

    def end_round(self, *, killed: bool) -> None:
        """Note that a round of delivery has ended, and whether it was killed."""
        self.excused.update(self._now if killed else ())
        self._now.clear()


@dataclass(slots=True)
class Endpoints:
    """Who is told, how they behave, and what they were told."""

    home: Path
    hooks: dict[str, Web]
    server: Backend
    catalogue: Catalogue
    round: int = 0
    got: list[Message] = field(default_factory=list[Message])
    _read: Counter[str] = field(default_factory=Counter)
    dead_port: int = field(default_factory=free_port)

    def environment(self, manner: str) -> dict[str, str]:
        """Return the addresses for alerts; nobody listens at the first if it is `refused`."""
        there = {name: hook.url for name, hook in self.hooks.items()}
        if manner == "refused":
            there[DUTY] = f"json://127.0.0.1:{self.dead_port}"
        return there

    def let_alerts(self, manner: str) -> None:
        """Let the first address take alerts (``""``), fail with `500`, or `hang`."""
        hook = self.hooks[DUTY]
        hook.status = 500 if manner == "500" else 200
        (hook.hangs.set if manner == "hang" else hook.hangs.clear)()
        os.environ.update(self.environment(manner))

    def let_lineage(self, manner: str) -> None:
        """Let the catalogue take events (``""``), fail with `500`, `drop` them, or `hang`."""
        manners: dict[str, Manner] = {
            "": self._accept,
            "500": answer(503),
            "drop": hang_up,
            "hang": say_nothing,
        }
        self.server.manner = manners[manner]
        # a machine that is busy answers late, which is another thing than never
        transport = {"type": "http", "url": self.server.url, "timeout": 0.5 if manner else 15}
        (self.home / "openlineage.yml").write_text(yaml.safe_dump({"transport": transport}))

    def _accept(self, request: Request, body: bytes) -> None:
        with self.server.lock:
            self.catalogue.take(request.headers["Idempotency-Key"], json.loads(body))
        request.send_response(201)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def hear(self) -> int:
        """Note what arrived in the round that ends now; return how many messages."""
        before = len(self.got)
        for channel, hook in self.hooks.items():
            for said in hook.got[self._read[channel] :]:
                self.got.append(Message(channel, self.round, counts_of(said["message"])))
                self._read[channel] += 1
        self.round += 1
        return len(self.got) - before


def counts_of(text: str) -> Counter[str]:
    """Return how many findings a message tells of, by what happened to them.

    >>> counts_of("12 findings: 11 new, 1 resolved.")
    Counter({'opened': 11, 'resolved': 1})
    """
    _, _, lead = text.splitlines()[0].removesuffix(".").partition(": ")
    parts = [part.split(" ", 1) for part in lead.split(", ")]
    return Counter({WHYS[words]: int(many) for many, words in parts})


@contextmanager
def open_endpoints(home: Path) -> Iterator[Endpoints]:
    """Run them, with the settings that lead there; the environment is as it was afterwards."""
    before = dict(os.environ)
    with ExitStack() as stack:
        hooks = {name: stack.enter_context(web()) for name in (DUTY, SECOND)}
        server = stack.enter_context(backend())
        there = Endpoints(home, hooks, server, Catalogue())
        route = {"name": "duty", "to_env": [DUTY], "severity": "low", "fallback_env": [SECOND]}
        said = {"routes": [route], "remind_after_days": None, "findings_shown": 50}
        (home / "alerts.yml").write_text(yaml.safe_dump(said))
        for name in ("AUDIT_PIPELINE_STORE_URL", "AUDIT_PIPELINE_AUDITS", "OPENLINEAGE_URL"):
            os.environ.pop(name, None)
        os.environ["DAGSTER_HOME"] = str(home)
        there.let_alerts("")
        there.let_lineage("")
        try:
            yield there
        finally:
            os.environ.clear()
            os.environ.update(before)
