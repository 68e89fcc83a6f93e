"""What an audit leaves behind: the facts of its data, its stages, and all its outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BeforeValidator

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """One table that was read: its role, where it is, and the SHA-256 of its file.

    `columns` are those that the audit has from it, each with its type; empty in records made before
    they were kept.
    """

    role: str
    kind: str
    location: str
    sha256: str
    rows: int
    columns: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """The rows of one version of the model: how many, and their first and last time.

    `place` counts the versions in the order they appeared, from 1. `first` and `last` are ISO
    timestamps, None where no time is known. `together` is None for one version; where the name is
    none of the model's, it says how many versions are counted under it: 0 for rows that log none.
    `rows` is None only in evidence, where it would tell of few.
    """

    rows: int | None
    place: int
    first: str | None = None
    last: str | None = None
    together: int | None = None


def _as_kept_now(versions: object) -> object:
    """Return versions as records have them now: at first they had their rows alone."""
    if not isinstance(versions, Mapping):
        return versions
    return {
        name: {"rows": of, "place": place} if isinstance(of, int) else of
        for place, (name, of) in enumerate(versions.items(), start=1)
    }


Versions = Annotated[Mapping[str, VersionRecord], BeforeValidator(_as_kept_now)]
"""The versions of the model that a log names, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRecord:
    """The facts of a snapshot: rows as they were when the audit read them.

    `kept` says what of them: all `rows`, copied; or a `sample`, while the rows stay where they are.
    `fingerprint` is the SHA-256 of the rows' file before the model scored them, or of the content
    that an engine read of rows which stay where they are: the same rows have the same one, so that
    it tells whether a window was audited already. `file_sha256` is that of the stored
    `snapshot.parquet`, predictions included, or of the `reference.json` that stands in its place:
    it tells whether the file is still the one that was made with what was measured; empty in
    records made before it was kept. `predictions` says where they came
    from: the `log`, the pinned `model`, or `none`; `versions` are those of the
    model that the log names, by name, long ones cut, rare ones folded; `unscored` why the model
    could not score.
    `notes` are things a reader must know, such as rows left out of a join. `first` and `last` are
    ISO timestamps, None where there is no row.
    """

    fingerprint: str
    file_sha256: str = ""
    rows: int
    columns: Mapping[str, str]
    first: str | None
    last: str | None
    labelled: int
    predictions: Literal["log", "model", "none"]
    sources: tuple[SourceRecord, ...]
    engine: str
    missing_columns: tuple[str, ...] = ()
    versions: Versions = field(default_factory=dict[str, VersionRecord])
    unscored: str | None = None
    scoring_broke: bool = False
    notes: tuple[str, ...] = ()
    kept: Literal["rows", "sample"] = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """How one stage asset ended. `reason` is given when it crashed, in words for a person.

    `seconds` is what the stage's own work took; `waited` what it stood still for, while a process
    of ours was still importing its libraries.
    """

    asset: str
    status: Literal["done", "crashed", "missing"]
    reason: str | None = None
    seconds: float = 0.0
    waited: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved a baseline, when (ISO, UTC) and why; `number` counts the audit's approvals.

    `digest` is that of its source where it has one, `fingerprint` that of its rows.
    """

    number: int
    digest: str
    fingerprint: str
    rows: int
    by: str
    reason: str
    at: str

    @property
    def content(self) -> str:
        """What it is about: the digest of the source, or else the fingerprint of the rows."""
        return self.digest or self.fingerprint

    @property
    def who_and_when(self) -> str:
        """Who approved it and when, in words such as `by Ann on 2026-11-22 (approval 3)`."""
        return f"by {self.by} on {self.at[:10]} (approval {self.number})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVerdict:
    """The verdict of an earlier window, for the trend.

    `new_baseline` says that it was compared with another baseline than the window before it:
    numbers against the baseline before and after it measure different things.
    """

    window: str
    revision: int
    verdict: Verdict
    new_baseline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One audit of one window, whole: what `results --json` prints and the report shows.

    `headlines` are the sentences that explain the verdict, worst first. `not_applicable` names the
    metrics this audit cannot have and why. `approval` is that of the baseline, None if nobody
    approved it. `new_baseline` says that the window before was compared with another one, and
    `changes` are sentences on what else than the data differs from that window: another baseline,
    another version of the model. `explanations` is the explain stage's result, if any. `history`
    are the verdicts of the windows right before, the oldest first.
    """

    audit: str
    purpose: str
    owner: str
    risk: str
    window: Window
    revision: int
    run_id: str
    audit_file_sha256: str
    version: str
    created: str
    verdict: Verdict
    headlines: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    stages: tuple[StageRecord, ...]
    snapshot: SnapshotRecord | None
    baseline: SnapshotRecord | None
    model: Mapping[str, Json] | None
    approval: Approval | None = None
    new_baseline: bool = False
    changes: tuple[str, ...] = ()
    explanations: Mapping[str, Json] | None = None
    not_applicable: Mapping[str, str] = field(default_factory=dict[str, str])
    history: tuple[PastVerdict, ...] = ()
