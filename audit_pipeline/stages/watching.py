"""Look at the sources of all audits, as many as there is time for, without waiting for any one."""

import threading
import time
from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.domain.window import Window
from audit_pipeline.stages.arrivals import Seen, judge
from audit_pipeline.stages.looking import Looked, look
from audit_pipeline.stages.memory import Memory
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.arrivals import known

AT_A_LOOK, LOOKS = 40, 6
"""Audits that are looked at each time; of more, so many that all have had their turn after six
times. Twenty or two hundred cost the same then, and what just landed is looked at each time."""
LOOKERS = 4
"""Audits that are looked at side by side: most of the time goes into waiting for their sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A window that is to be audited, as its sources stood when they were looked at.

    `since` is when it was last audited as they stood otherwise; None if it never was.
    """

    audit: Audit
    window: Window
    mark: str
    since: datetime | None = None


@dataclass(slots=True)
class Watched:
    """What a look at all audits came to."""

    memory: Memory
    due: list[Due] = field(default_factory=list[Due])
    """By audit, each from its newest window on."""
    said: list[str] = field(default_factory=list[str])
    """Sentences for people: what is waited for, and what could not be looked at."""


Key = tuple[Path, str]
_begun: dict[Key, Future[Looked]] = {}


def watch(home: Home, files: Sequence[AuditFile], cursor: str | None, seconds: float) -> Watched:
    """Return the windows that are due, of as many audits as could be looked at within `seconds`.

    `cursor` is what the last look remembered. A source that is slow to answer holds nobody up: its
    answer is taken the next time.
    """
    store, memory = open_store(home.store_url), Memory.read(cursor)
    memory.only({file.audit.name for file in files})
    first = next((n for n, file in enumerate(files) if file.audit.name >= memory.begin_with), 0)
    order = [*files[first:], *files[:first]]
    left = _whose_turn(order, memory, clock.now().timestamp())
    answers = _look_at_all(home, left, time.monotonic() + seconds)
    memory.begin_with = _next_turn(order, {file.audit.name for file in left})
    watched = Watched(memory)
    silent = {name for of, name in _begun if of == home.path}
    watched.said += [f"{name}: its sources have not answered yet" for name in sorted(silent)]
    claims = store.open_claims()
    busy = {(claim.audit, claim.window) for claim, alive in claims if alive}
    for name in (file.audit.name for file in order):
        if name in answers:
            _judge(home, answers[name], busy, watched)
    return watched


def _share(order: Sequence[AuditFile]) -> int:
    return max(AT_A_LOOK, -(-len(order) // LOOKS))


def _whose_turn(order: Sequence[AuditFile], memory: Memory, at: float) -> deque[AuditFile]:
    """Return whom to look at: those whose turn it is, then those whose data is to stand still."""
    share = _share(order)
    waiting = (file for file in order[share:] if memory.waits(file.audit.name, at))
    chosen = (*order[:share], *waiting)
    return deque(file for file in chosen if not memory.rests(file.audit.name, at))


def _next_turn(order: Sequence[AuditFile], left: set[str]) -> str:
    """Return with whom to begin next time: who was not asked in its turn, else whose turn comes."""
    share = _share(order)
    names = [file.audit.name for file in order]
    after = [*(name for name in names[:share] if name in left), *names[share:]]
    return after[0] if after else ""


def _look_at_all(home: Home, left: deque[AuditFile], deadline: float) -> dict[str, Looked]:
    """Return the answers that came before the deadline; in `left` stays who was not asked."""
    answers: dict[str, Looked] = {}
    waiting: set[Future[Looked]] = set()
    while (left or waiting) and (remaining := deadline - time.monotonic()) > 0:
        while left and len(waiting) < LOOKERS:
            looking = _begin(home, left.popleft())
            waiting |= {looking} if looking is not None else set()
        done, waiting = wait(waiting, timeout=remaining, return_when=FIRST_COMPLETED)
        answers |= {future.result().audit.name: future.result() for future in done}
    for name in answers:
        _begun.pop((home.path, name), None)
    return answers


def _begin(home: Home, file: AuditFile) -> Future[Looked] | None:
    """Begin a look in a thread that ends with the process, whatever it waits for.

    One begun earlier is taken up if it has ended; None if it has not.
    """
    key = (home.path, file.audit.name)
    if key in _begun:
        return _begun[key] if _begun[key].done() else None
    future = _begun[key] = Future[Looked]()
    threading.Thread(
        target=lambda: future.set_result(look(home, file)), name="arrivals", daemon=True
    ).start()
    return future


def _judge(home: Home, looked: Looked, busy: Collection[tuple[str, str]], watched: Watched) -> None:
    audit, memory = looked.audit, watched.memory
    memory.looked(audit.name, looked.at.timestamp(), looked.seconds)
    if looked.trouble is not None:  # what was seen of it before stands
        watched.said.append(f"{audit.name}: {looked.trouble}")
        return
    seen: dict[str, Seen] = {}
    due: list[Due] = []
    for arrival in looked.arrivals:
        key, stable = arrival.window.key, audit.schedule.stable_seconds
        judged = judge(arrival, looked.known, memory.of(audit.name, key), looked.at, stable)
        if judged.seen is not None:
            seen[key] = judged.seen
        if judged.act == "audit" and (audit.name, key) not in busy:
            due.append(Due(audit=audit, window=arrival.window, mark=arrival.mark))
        elif judged.act != "nothing":
            being = ", and is being audited" if judged.act == "audit" else ""
            watched.said.append(f"{audit.name}: {judged.why}{being}")
    memory.keep(audit.name, seen)
    watched.due += _still(home, due)


def _still(home: Home, due: list[Due]) -> list[Due]:
    """Return what is due of an audit, without what came to its end while we looked."""
    if not due:
        return []
    noted = known(open_store(home.store_url).engine, due[0].audit.name).noted
    now = [(each, noted.get(each.window.key)) for each in due]
    return [
        replace(each, since=None if before is None else before.at)
        for each, before in now
        if before is None or before.mark != each.mark
    ]
