"""Approving a baseline: what is about to be approved, how it differs, and the approval itself."""

from dataclasses import dataclass
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.domain.record import Approval, SnapshotRecord
from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.stages.baseline import ensure_baseline
from audit_pipeline.stages.baseline_folders import (
    drafted,
    is_approved,
    origin_of,
    place_of,
    put,
    rows_of,
    source_digest,
)
from audit_pipeline.stages.baseline_in_force import approval_in_force
from audit_pipeline.stages.baseline_rows import count_rows, profile_of, take_rows
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.planning import plan_of
from audit_pipeline.stages.revision import load_profile, open_store, read_snapshot
from audit_pipeline.store.approvals import add_approval, approvals_of

STABILITY = "population_stability_index"
LONGEST = {"by": 200, "reason": 2000}
"""Characters of an approver's name, and of the reason given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a baseline differs from the one that is in force, column by column.

    `moved` are the columns whose population stability index is above `beyond`, largest first.
    `untold` says of the other columns that could not be compared why not; `reason` why none could.
    """

    beyond: float
    moved: dict[str, float]
    compared: int
    untold: dict[str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A baseline as the audit file has it now, read and counted, to be approved or not."""

    audit: str
    digest: str
    record: SnapshotRecord
    in_force: Approval | None
    difference: Difference | None
    """None where nothing was approved before, or it is the same content."""

    @property
    def affirms(self) -> bool:
        """Whether the same content is in force already."""
        return self.in_force is not None and is_approved(
            self.in_force, self.digest, self.record.fingerprint
        )


def read_candidate(home: Home, file: AuditFile) -> Candidate:
    """Return the baseline as the audit file has it now. It is kept, whether it is approved or not.

    A source that cannot tell by a digest whether its rows are the same is always read again.

    Raises:
        SourceError: It cannot be read.
        EngineError: The engine that measures it cannot be used.
        MissingError: It cannot be approved: it has no rows, or its model could not score them.
        ProfileError: It cannot be counted.
    """
    audit, folder = file.audit, home.private / file.audit.name
    has_digest = bool(source_digest(audit))
    place = ensure_baseline(audit, folder)[0] if has_digest else _read_again(audit, folder)
    record, origin = read_snapshot(place), origin_of(place)
    if record is None or not record.rows:
        raise MissingError("the baseline has no rows: there is nothing to approve")
    if record.unscored:
        raise MissingError(f"{record.unscored}: a baseline without predictions is not approved")
    digest = origin.digest if origin else ""
    in_force = approval_in_force(home, audit.name)
    same = in_force and is_approved(in_force, digest, record.fingerprint)
    difference = _difference(audit, folder, place, in_force) if in_force and not same else None
    return Candidate(
        audit=audit.name, digest=digest, record=record, in_force=in_force, difference=difference
    )


def approve(home: Home, candidate: Candidate, by: str, reason: str) -> Approval:
    """Write down that somebody approves a baseline: from here on windows are compared with it.

    Raises:
        ValueError: Name or reason are empty or too long.
        OvertakenError: Somebody else approved one since the candidate was looked at.
    """
    given = Approval(
        number=0,
        digest=candidate.digest,
        fingerprint=candidate.record.fingerprint,
        rows=candidate.record.rows,
        by=said("by", by),
        reason=said("reason", reason),
        at="",
    )
    last = candidate.in_force.number if candidate.in_force else 0
    return add_approval(open_store(home.store_url).engine, candidate.audit, given, after=last)


def approvals(home: Home, name: str) -> list[Approval]:
    """Return all approvals of an audit's baselines, newest first."""
    return approvals_of(open_store(home.store_url).engine, name)


def said(what: str, text: str) -> str:
    """Return a name or a reason as one line.

    Raises:
        ValueError: It is empty or too long.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not line:
        raise ValueError(f"--{what} is empty: say {'who approves' if what == 'by' else 'why'}")
    if len(line) > LONGEST[what]:
        raise ValueError(f"--{what} has {len(line)} characters; {LONGEST[what]} will do")
    return line


def _read_again(audit: Audit, folder: Path) -> Path:
    with drafted(folder) as draft:
        record = take_rows(audit, draft)
        if record.unscored:
            raise MissingError(f"{record.unscored}: a baseline without predictions is not approved")
        count_rows(audit, draft)
        place = place_of(audit, folder, record.fingerprint)
        put(draft, place)
        return place


def _difference(audit: Audit, folder: Path, place: Path, in_force: Approval) -> Difference:
    """Return how far each column moved from the approved rows, both counted in their way."""
    limit = METRICS[STABILITY].limit.warn or 0.0
    kept = next((load_profile(path) for path, _ in rows_of(folder, in_force)), None)
    if kept is None:
        why = "the rows approved before are no longer kept here"
        return Difference(beyond=limit, moved={}, compared=0, untold={}, reason=why)
    with drafted(folder) as spill:
        spill.mkdir(parents=True)
        now = profile_of(audit, place, spill / "spill", plan_of(kept))
    found: dict[str, float] = {}
    untold: dict[str, str] = {}
    for name in dict.fromkeys([*kept.columns, *now.columns, *now.unreadable]):
        try:
            found[name] = METRICS[STABILITY].measure.read(name, kept, now)[0].value
        except UnmeasurableError as error:
            untold[name] = str(error)
    moved = sorted((n for n in found if found[n] > limit), key=lambda n: (-found[n], n))
    return Difference(
        beyond=limit, moved={n: found[n] for n in moved}, compared=len(found), untold=untold
    )
