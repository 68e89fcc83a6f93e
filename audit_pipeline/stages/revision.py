"""One run at one window, and the folder in which its stages leave their files."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile, read_audit
from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.record import SnapshotRecord, StageRecord
from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.encoding.codec import read_profile, write_profile
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.store.atomic import atomic_write, read_json, write_json
from audit_pipeline.store.claims import Claim
from audit_pipeline.store.owner import this_process
from audit_pipeline.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """What a stage asset leaves behind: how it ended, what became of its checks, facts to show."""

    record: StageRecord
    outcomes: tuple[Outcome, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])


RESULT = TypeAdapter(StageResult)
SNAPSHOT = TypeAdapter(SnapshotRecord)
AUDIT_FILE = "audit.yaml"
BASELINE = "baseline_folder.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRun:
    """One run's work on one window of one audit."""

    home: Home
    file: AuditFile
    window: Window
    run_id: str
    again: bool = False

    @property
    def audit(self) -> Audit:
        """The audit."""
        return self.file.audit

    @property
    def store(self) -> Store:
        """The results store, opened once per process."""
        return open_store(self.home.store_url)

    @property
    def folder(self) -> Path:
        """Where the audit keeps what must not leave the house."""
        return self.home.private / self.audit.name

    def adopt(self) -> Claim | None:
        """Return the claim this run works under, if its window was ever claimed."""
        return self.store.adopt(self.audit.name, self.window.key, this_process(self.run_id))

    def as_claimed(self) -> "AuditRun":
        """Return this run with the audit file as it was when the window was claimed.

        Whoever finishes an audit judges it by the limits it began with, not by today's.
        """
        claim = self.adopt()
        path = self.revision(claim).audit_file if claim is not None else None
        raw = path.read_bytes() if path is not None and path.exists() else self.file.raw
        if raw == self.file.raw:
            return self
        return replace(self, file=read_audit(self.file.path, VOCABULARY, raw))

    def revision(self, claim: Claim) -> "Revision":
        """Return the folder of a claimed revision."""
        return Revision(self.folder / "windows" / self.window.key / str(claim.revision), claim)

    def evidence_folder(self, revision: int) -> Path:
        """Return where the report and manifest of a revision are handed out."""
        key = f"revision-{revision}"
        return self.home.evidence / self.audit.name / self.window.key / key


@dataclass(frozen=True, slots=True)
class Revision:
    """The private folder of one revision of one window."""

    path: Path
    claim: Claim

    @property
    def rows(self) -> Path:
        """The snapshot's rows, as Parquet."""
        return self.path / "snapshot.parquet"

    @property
    def audit_file(self) -> Path:
        """The audit file as it was when the window was claimed."""
        return self.path / AUDIT_FILE

    @property
    def report(self) -> Path:
        """The report, before it is sealed."""
        return self.path / "report.html"

    def snapshot(self) -> SnapshotRecord | None:
        """Return the facts of the snapshot, if it was taken."""
        return read_snapshot(self.path)

    def baseline_folder(self) -> Path | None:
        """Return the folder of the baseline this revision is compared with, if there is one."""
        path = self.path / BASELINE
        if not path.exists():
            return None
        folder = Path(read_json(path)["folder"])
        # by its name: the home may have been moved since
        return self.path.parents[2] / folder.parent.name / folder.name

    def baseline(self) -> SnapshotRecord | None:
        """Return the facts of the baseline, if there is one."""
        folder = self.baseline_folder()
        return read_snapshot(folder) if folder else None

    def profile(self) -> Profile | None:
        """Return the window's profile, if it was made."""
        return load_profile(self.path)

    def baseline_profile(self) -> Profile | None:
        """Return the baseline's profile, if there is one."""
        folder = self.baseline_folder()
        return load_profile(folder) if folder else None

    def result(self, asset: str) -> StageResult | None:
        """Return what a stage asset left behind, if it got so far."""
        path = self.path / f"{asset}.json"
        return RESULT.validate_python(read_json(path)) if path.exists() else None

    def write_result(self, result: StageResult) -> None:
        """Keep what a stage asset leaves behind."""
        path = self.path / f"{result.record.asset}.json"
        write_json(path, RESULT.dump_python(result, mode="json"))


def read_snapshot(folder: Path) -> SnapshotRecord | None:
    """Return the facts of the snapshot in `folder`, None if there is none."""
    path = folder / "snapshot_record.json"
    return SNAPSHOT.validate_python(read_json(path)) if path.exists() else None


def write_snapshot(folder: Path, record: SnapshotRecord) -> None:
    """Keep the facts of a snapshot in `folder`."""
    write_json(folder / "snapshot_record.json", SNAPSHOT.dump_python(record, mode="json"))


def load_profile(folder: Path) -> Profile | None:
    """Return the profile in `folder`, None if there is none."""
    path = folder / "profile.parquet"
    return _profile(path, written(path)) if path.exists() else None


@functools.lru_cache(maxsize=2)
def _profile(path: Path, which: tuple[int, int]) -> Profile:  # noqa: ARG001 (tells files apart)
    """Return the profile of a file, which all stages of a run read: baseline and window."""
    return read_profile(path)


def written(path: Path) -> tuple[int, int]:
    """Return what tells a file from one that was put in its place, however soon."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def save_profile(folder: Path, profile: Profile) -> None:
    """Keep a profile in `folder`."""
    with atomic_write(folder / "profile.parquet") as sink:
        write_profile(profile, sink)


@functools.cache
def open_store(url: str) -> Store:
    """Return the store at `url`; one per process."""
    return Store(url)
