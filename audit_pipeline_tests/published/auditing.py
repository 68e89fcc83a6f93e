"""Audits of the published data sets: real ones, every stage, in this process and in a folder."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import yaml

from audit_pipeline.audits.home import Home
from audit_pipeline.stages import work
from audit_pipeline.stages.reading import read_results
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.stages.vocabulary import load_audit_file

DAY = "DATE '2024-01-01'"
"""The day of rows that have no time of their own: the audit's one window, where there is one."""
ONE_DAY = {"every": "day", "start": "2024-01-01", "end": "2024-01-02"}
THE_DAY = "2024-01-01"


@dataclass(frozen=True)
class Record:
    """The sealed record of one window."""

    record: dict[str, Any]

    def outcome(self, name: str, subject: str = "all rows") -> dict[str, Any]:
        """Return the one outcome of a metric."""
        checks = ((o["check"], o) for o in self.outcomes)
        return next(o for c, o in checks if (c["name"], c["subject"]) == (name, subject))

    def rule(self, name: str) -> dict[str, Any]:
        """Return the one outcome of a rule."""
        return next(o for o in self.outcomes if o["check"]["name"] == name)

    def value(self, name: str, subject: str = "all rows") -> float:
        """Return the number a metric came to."""
        return float(self.outcome(name, subject)["measurement"]["value"])

    def detail(self, name: str, subject: str = "all rows") -> dict[str, Any]:
        """Return what belongs to the number."""
        detail: dict[str, Any] = self.outcome(name, subject)["measurement"]["detail"]
        return detail

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """Every outcome."""
        listed: list[dict[str, Any]] = self.record["outcomes"]
        return listed


def write_table(path: Path, query: str) -> Path:
    """Write the rows of a query to a Parquet file; a set without times or ids gets them so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.sql(query).write_parquet(str(path))
    return path


def audits(
    folder: Path, name: str, about: Mapping[str, Any], windows: Iterable[str]
) -> Iterator[tuple[str, Record]]:
    """Audit windows and yield the sealed record of each.

    `about` is what the audit file says of tables, columns, windows and rules; tables are Parquet
    files in `folder`.
    """
    home = Home(folder / f"home_{name}")
    home.audits.mkdir(parents=True)
    said = {
        "format": 1,
        "name": name,
        "purpose": "A published example, audited to compare the figures.",
        "owner": "examples@example.org",
        "risk": "low",
        "task": "binary",
        "window": ONE_DAY,
        **about,
    }
    (home.audits / f"{name}.yaml").write_text(
        yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
    )
    for window in windows:
        yield window, _audit(home, name, window)


def parquet(path: Path) -> dict[str, Any]:
    """Return how an audit file names a Parquet file."""
    return {"table": {"kind": "parquet", "path": str(path)}}


def _audit(home: Home, name: str, window: str) -> Record:
    file = load_audit_file(home, name)
    found = file.audit.window.windows.window(window, datetime.now(UTC))
    run = AuditRun(home=home, file=file, window=found, run_id=uuid4().hex, again=False)
    work.baseline(home, file)
    work.snapshot(run)
    work.profile(run)
    work.rules(run)
    for asset in ("drift", "performance", "fairness"):
        work.metrics(run, asset)
    work.explanations(run)
    for stage in (work.verdicts, work.report, work.evidence):
        stage(run)
    work.raise_if_crashed(run)
    return Record(read_results(home, name, window))
