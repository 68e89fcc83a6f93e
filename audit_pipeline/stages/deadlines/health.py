"""Whether all that should run does: what is late, stuck, waits, is full, or cannot be read."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError, read_audit
from audit_pipeline.stages.deadlines.finding import late_words
from audit_pipeline.stages.deadlines.surroundings import (
    disk_problems,
    outbox_problems,
    stuck_problems,
)
from audit_pipeline.stages.deadlines.watching import check_deadlines
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.store.atomic import write_json
from audit_pipeline.store.engine import StoreError

Kind = Literal["late", "daemon", "stuck", "outbox", "disk", "audit_file", "store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong: `words` say what was found and what to do; `audit` whose it is, if one's."""

    kind: Kind
    words: str
    audit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a look at everything found. `paused` has the reason of each audit that is paused."""

    at: datetime
    audits: int
    paused: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def told(self) -> str:
        """All of it, a line each."""
        lines = [f"{p.audit}: {p.words}" if p.audit else p.words for p in self.problems]
        lines += [f"{name}: paused: {reason}" for name, reason in sorted(self.paused.items())]
        found = f"{self.audits} audit{'s' * (self.audits != 1)}"
        return "\n".join([f"unhealthy: {found}" if lines and self.problems else found, *lines])

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON can say it; the time is ISO 8601 in UTC."""
        said = {"at": self.at.isoformat(timespec="seconds"), "healthy": self.healthy}
        problems = [asdict(problem) for problem in self.problems]
        return said | {"audits": self.audits, "paused": dict(self.paused), "problems": problems}


def look_at_health(
    home: Home, at: datetime, daemon: Callable[[], str | None] | None = None
) -> Health:
    """Return what is wrong in a home at a time; windows that are late become findings.

    `daemon` tells what is wrong with Dagster's daemon, None for nothing; without it nobody asks.
    """
    audits, problems = _read_audits(home)
    problems += _found_in_store(home, audits, at)
    problems += [Problem(kind="disk", words=words) for words in disk_problems(home)]
    said = daemon() if daemon is not None else None
    if said is not None:
        problems.append(Problem(kind="daemon", words=said))
    return Health(
        at=at,
        audits=len(audits),
        paused={each.name: each.schedule.paused for each in audits if each.schedule.paused},
        problems=tuple(problems),
    )


def _read_audits(home: Home) -> tuple[list[Audit], list[Problem]]:
    """Return the audits of a home, and what is wrong with the files that cannot be read."""
    if not home.audits.is_dir():
        return [], [Problem(kind="audit_file", words=f"no folder of audits at {home.audits}")]
    audits: list[Audit] = []
    broken: list[Problem] = []
    for path in home.audit_paths():
        try:
            audits.append(_read(path, path.read_bytes()))
        except (AuditFileError, OSError) as error:
            words = f"its file cannot be used: {str(error).splitlines()[0]}"
            broken.append(Problem(kind="audit_file", audit=path.stem, words=words))
    return audits, broken


@functools.lru_cache(maxsize=2048)
def _read(path: Path, raw: bytes) -> Audit:
    """Return an audit, read once for each content of its file: the daemon looks every minute."""
    return read_audit(path, VOCABULARY, raw).audit


def _found_in_store(home: Home, audits: Sequence[Audit], at: datetime) -> list[Problem]:
    try:
        return list(_of_store(home, audits, at))
    except StoreError as error:
        return [Problem(kind="store", words=str(error))]


def _of_store(home: Home, audits: Sequence[Audit], at: datetime) -> Iterator[Problem]:
    for watched in check_deadlines(home, audits, at):
        if watched.found.late:
            words = late_words(watched.found.late)
            yield Problem(kind="late", audit=watched.audit, words=words)
    for audit, words in stuck_problems(home, audits, at):
        yield Problem(kind="stuck", audit=audit, words=words)
    for words in outbox_problems(home, at):
        yield Problem(kind="outbox", words=words)


def write_heartbeat(path: Path, health: Health) -> None:
    """Write a file whose age tells when somebody last looked; it is whole or not there.

    It holds the time and whether all was well, as JSON.
    """
    told = health.as_json()
    write_json(path, {name: told[name] for name in ("at", "healthy", "audits")})
