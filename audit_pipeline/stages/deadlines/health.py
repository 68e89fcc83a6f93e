"""Whether all that should run does: what is late, stuck, waits, is full, or cannot be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.deadlines.files import Files, lost_files, lost_results, read_files
from audit_pipeline.stages.deadlines.finding import late_words
from audit_pipeline.stages.deadlines.surroundings import (
    disk_problems,
    outbox_problems,
    stuck_problems,
)
from audit_pipeline.stages.deadlines.watching import check_deadlines
from audit_pipeline.store.atomic import write_json
from audit_pipeline.store.engine import StoreError

Kind = Literal["late", "daemon", "stuck", "outbox", "disk", "audit_file", "store", "heartbeat"]


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
    files = read_files(home)
    problems = [*_of_files(home, files), *_found_in_store(home, files, at)]
    problems += [Problem(kind="disk", words=words) for words in disk_problems(home)]
    said = daemon() if daemon is not None else None
    if said is not None:
        problems.append(Problem(kind="daemon", words=said))
    return Health(
        at=at,
        audits=len(files.audits),
        paused={each.name: each.schedule.paused for each in files.audits if each.schedule.paused},
        problems=tuple(problems),
    )


def _of_files(home: Home, files: Files) -> Iterator[Problem]:
    if not home.audits.is_dir():
        yield Problem(kind="audit_file", words=f"no folder of audits at {home.audits}")
    for name, why in files.broken.items():
        yield Problem(kind="audit_file", audit=name, words=f"its file cannot be used: {why}")


def _found_in_store(home: Home, files: Files, at: datetime) -> list[Problem]:
    try:
        return list(_of_store(home, files, at))
    except StoreError as error:
        return [Problem(kind="store", words=str(error))]


def _of_store(home: Home, files: Files, at: datetime) -> Iterator[Problem]:
    lost = lost_files(home) if home.audits.is_dir() and not files.audits + files.before else None
    if lost is not None:
        yield Problem(kind="audit_file", words=lost)
    lost = lost_results(home)
    if lost is not None:
        yield Problem(kind="store", words=lost)
    for watched in check_deadlines(home, [*files.audits, *files.before], at):
        if watched.found.late:
            words = late_words(watched.found.late)
            yield Problem(kind="late", audit=watched.audit, words=words)
    for audit, words in stuck_problems(home, files.audits, at):
        yield Problem(kind="stuck", audit=audit, words=words)
    for words in outbox_problems(home, at):
        yield Problem(kind="outbox", words=words)


def write_heartbeat(path: Path, health: Health) -> Health:
    """Write a file whose age tells when somebody last looked; it is whole or not there.

    It holds the time and whether all was well, as JSON. Returns what was found, and that the file
    cannot be written if it cannot.
    """
    told = health.as_json()
    try:
        write_json(path, {name: told[name] for name in ("at", "healthy", "audits")})
    except OSError as error:
        words = f"the heartbeat {path} cannot be written: {error.strerror}"
        problem = Problem(kind="heartbeat", words=words)
        return replace(health, problems=(*health.problems, problem))
    return health
