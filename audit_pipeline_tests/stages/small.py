"""A small real audit, without a model: rows, a home folder, and all stages in this process."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from markupsafe import escape

from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.stages import work
from audit_pipeline.stages.boundary import Ran
from audit_pipeline.stages.report import CrashedError
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.stages.vocabulary import load_audit_file

NAME = "loans"
JANUARY, FEBRUARY = "2024-01", "2024-02"
ROWS = 1500
FEATURES = ("income", "region")

BASELINE = {"table": {"kind": "parquet", "path": "../baseline.parquet"}}

Outcome = dict[str, Any]


def people(rows: int = ROWS, month: date = date(2024, 1, 1), seed: int = 1) -> pa.Table:
    """Return loans of one month: what the model was told, what it said, what came of them."""
    draw = np.random.default_rng(seed)
    score = draw.uniform(0.01, 0.99, rows).round(6)
    days = np.datetime64(month) + draw.integers(0, 28, rows).astype("timedelta64[D]")
    return pa.table(
        {
            "id": np.arange(rows) + 10_000 * month.month,
            "day": pa.array(days, pa.date32()),
            "income": draw.normal(3000, 400, rows).round(2),
            "region": draw.choice(["north", "south", "west"], rows),
            "sex": draw.integers(1, 3, rows),
            "score": score,
            "approved": (score >= 0.5).astype(np.int64),
            "repaid": (draw.uniform(0, 1, rows) < score).astype(np.int64),
        }
    )


def changed(table: pa.Table, **columns: object) -> pa.Table:
    """Return `table` with columns replaced or added; None takes one out."""
    for name, values in columns.items():
        at = table.column_names.index(name) if name in table.column_names else None
        if at is not None:
            table = table.remove_column(at)
        if values is not None:
            column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
            place = len(table.column_names) if at is None else at
            table = table.add_column(place, name, column)
    return table


def settings(**changes: object) -> dict[str, Any]:
    """Return what the audit file says; `changes` replace whole parts of it, None takes one out."""
    audit: dict[str, Any] = {
        "format": 1,
        "name": NAME,
        "purpose": "Decides on small loans.",
        "owner": "lending@example.org",
        "risk": "high",
        "task": "binary",
        "current": {"table": {"kind": "parquet", "path": "../current.parquet"}},
        "baseline": BASELINE,
        "columns": columns(),
        "window": {"every": "month", "start": "2024-01-01"},
    }
    return {name: value for name, value in (audit | changes).items() if value is not None}


def columns(**changes: object) -> dict[str, Any]:
    """Return the roles of the columns; `changes` replace whole roles, None takes one out."""
    roles: dict[str, Any] = {
        "id": "id",
        "timestamp": "day",
        "features": {"income": "numeric", "region": "categorical"},
        "prediction": {"label": "approved", "score": "score"},
        "target": {"column": "repaid", "positive": 1},
        "groups": ["sex"],
    }
    return {name: value for name, value in (roles | changes).items() if value is not None}


def write_home(
    folder: Path,
    audit: Mapping[str, Any] | None = None,
    *,
    current: pa.Table | None = None,
    baseline: pa.Table | None = None,
) -> Home:
    """Write a home folder with one audit and its two tables; return it."""
    (folder / "audits").mkdir(parents=True, exist_ok=True)
    pq.write_table(people() if current is None else current, folder / "current.parquet")
    if baseline is not None:
        pq.write_table(baseline, folder / "baseline.parquet")
    write_audit(folder, audit or settings())
    return Home(folder)


@functools.cache
def shared() -> Path:
    """Return the folder of the baseline that most tests share, profiled once for all of them."""
    folder = Path(tempfile.mkdtemp(prefix="baseline-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    pq.write_table(people(month=date(2023, 12, 1), seed=0), folder / "rows.parquet")
    return folder


def make_baseline(home: Home, file: AuditFile) -> None:
    """Profile the baseline, or take over the profile that another test has made of the same."""
    kept, own = shared() / "profiled", home.private / NAME / "baselines"
    if str(shared()) not in str(file.audit.baseline.table.settings):
        work.baseline(home, file)
        return
    if kept.exists() and not own.exists():
        shutil.copytree(kept, own)
    work.baseline(home, file)
    shutil.copytree(own, kept, dirs_exist_ok=True)


def write_audit(folder: Path, audit: Mapping[str, Any]) -> None:
    """Write the audit file; without a baseline of its own it takes the shared one."""
    said = dict(audit)
    if said["baseline"] == BASELINE and not (folder / "baseline.parquet").exists():
        said["baseline"] = {"table": {"kind": "parquet", "path": str(shared() / "rows.parquet")}}
    (folder / "audits" / f"{NAME}.yaml").write_text(yaml.safe_dump(said))


@dataclass(frozen=True)
class Audited:
    """What a run left behind."""

    state: str
    revision: int
    record: dict[str, Any]
    folder: Path
    red: str | None
    """What the last step raised, if a stage crashed."""

    @property
    def verdict(self) -> str:
        """The verdict of the whole audit."""
        return str(self.record["verdict"])

    @property
    def headlines(self) -> str:
        """The sentences of a person's first look, one a line."""
        return "\n".join(self.record["headlines"])

    @property
    def report(self) -> str:
        """The report for people."""
        return (self.folder / "report.html").read_text()

    @property
    def measurements(self) -> bytes:
        """The file that must be the same, byte for byte, whenever the audit is made again."""
        return (self.folder / "measurements.json").read_bytes()

    def tells(self, sentence: str) -> bool:
        """Return whether a person finds the sentence, both on the screen and in the report."""
        return sentence in self.headlines and str(escape(sentence)) in self.report

    def outcome(self, name: str, subject: str = "all rows") -> Outcome:
        """Return the one outcome of a check."""
        found = [o for o in self.outcomes if o["check"]["name"] == name]
        return next(o for o in found if o["check"]["subject"] == subject)

    @property
    def outcomes(self) -> list[Outcome]:
        """All outcomes."""
        listed: list[Outcome] = self.record["outcomes"]
        return listed

    def verdicts(self, subject: str) -> dict[str, str]:
        """Return the verdict of each check of one subject."""
        found = [o for o in self.outcomes if o["check"]["subject"] == subject]
        return {o["check"]["name"]: o["verdict"] for o in found}

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the data."""
        noted: list[str] = self.record["snapshot"]["notes"]
        return noted

    def gaps(self) -> set[tuple[str, str]]:
        """Return name and subject of every check that is a gap."""
        checks = [o["check"] for o in self.outcomes if o["verdict"] == "gap"]
        return {(check["name"], check["subject"]) for check in checks}


def begin(home: Home, window: str = JANUARY, *, again: bool = False) -> AuditRun:
    """Return a new run at one window."""
    file = load_audit_file(home, NAME)
    return AuditRun(
        home=home,
        file=file,
        window=file.audit.window.windows.window(window, datetime.now(UTC)),
        run_id=uuid4().hex,
        again=again,
    )


def audit(home: Home, window: str = JANUARY, *, again: bool = False) -> Audited:
    """Run all stages, as Dagster would, and return what they left behind."""
    run = begin(home, window, again=again)
    make_baseline(home, run.file)
    return measured(run, work.snapshot(run))


def measured(run: AuditRun, taken: Ran) -> Audited:
    """Run all stages after the snapshot, and return what they left behind."""
    work.profile(run)
    return judged(run, taken)


def judged(run: AuditRun, taken: Ran) -> Audited:
    """Run all stages after the profile, and return what they left behind."""
    work.rules(run)
    for asset in ("drift", "performance", "fairness"):
        work.metrics(run, asset)
    work.explanations(run)
    return finish(run, taken)


def finish(run: AuditRun, taken: Ran) -> Audited:
    """Run the last three stages and return what stands."""
    for stage in (work.verdicts, work.report, work.evidence):
        stage(run)
    red = None
    try:
        work.raise_if_crashed(run)
    except CrashedError as error:
        red = str(error)
    revision = taken.claim.revision
    sealed = run.store.sealed(NAME, run.window.key)
    audited = Audited(
        state=taken.claim.state,
        revision=revision,
        record=next(s.record for s in sealed if s.revision == revision),
        folder=run.evidence_folder(revision),
        red=red,
    )
    assert audited.report  # whatever came before, it is written
    return audited
